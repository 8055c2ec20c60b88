package service_test

import (
	gocontext "context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/service"
)

type handle = service.Handle[none, string, string]

func TestApplyFunctionDecides(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log}
	s := must(service.NewApply(text(d), func(ctx nctx, n int, inner *handle) (bool, error) {
		for range n {
			if _, err := inner.Call(ctx, strconv.Itoa(n)); err != nil {
				return true, nil
			}
		}
		return false, errBoom
	}))
	pipeline := must(service.NewPipeline(s))
	_, err := pipeline.Call(background(), 0)
	expectError(t, err, errBoom)
	log.expect(t, "a asked")
	_, err = pipeline.Call(background(), 2)
	expectError(t, err, errBoom)
	log.expect(t, "a asked", "a asked", "a got 2", "a asked", "a got 2")
	d.call = fails[string](errBoom)
	got, err := pipeline.Call(background(), 2)
	if !got || err != nil {
		t.Errorf("answer %v, %v, want true", got, err)
	}
}

func TestApplyReadinessErrorReachesFunction(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log}
	s := must(service.NewApply(text(d), func(ctx nctx, req string, inner *handle) (string, error) {
		d.ready = func(nctx) error { return errBoom }
		_, err := inner.Call(ctx, req)
		return "", errors.Join(errors.New("seen"), err)
	}))
	_, err := piped(s).Call(background(), "r")
	expectError(t, err, errBoom)
	log.expect(t, "a asked", "a asked")
}

func TestApplyForwardsTheRest(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log, poll: errBoom}
	pipeline := piped(must(service.NewApply(text(d), func(nctx, string, *handle) (string, error) {
		t.Error("the function ran")
		return "", nil
	})))
	expectError(t, pipeline.Ready(background()), nil)
	expectError(t, pipeline.Poll(background()), errBoom)
	expectError(t, pipeline.Shutdown(background()), nil)
	log.expect(t, "a asked", "a polled", "a shut down")
}

// Calls one after the other pass a limit of one: the first by the reservation
// of the call, the second by one of its own.
func TestApplyCallsAreReadiedEach(t *testing.T) {
	var log journal
	inner := limit(1, text(&double[string]{name: "a", log: &log}))
	s := must(service.NewApply(inner, func(ctx nctx, req string, inner *handle) (string, error) {
		one, err := inner.Call(ctx, req)
		if err != nil {
			return "", err
		}
		two, err := inner.Call(ctx, req)
		return one + "+" + two, err
	}))
	got, err := piped(s).Call(background(), "r")
	expectAnswer(t, got, err, "r>a+r>a")
	expectRoom(t, inner, 1)
}

func TestApplyOverlappingCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		d := &double[string]{name: "a", log: &log, call: func(_ nctx, req string) (string, error) {
			time.Sleep(time.Second)
			return req, nil
		}}
		// All four are between readiness and call at the same time.
		d.ready = func(nctx) error { time.Sleep(time.Millisecond); return nil }
		inner := limit(2, text(d))
		s := must(service.NewApply(inner, func(ctx nctx, req string, inner *handle) (string, error) {
			var wait sync.WaitGroup
			for range 4 {
				wait.Go(func() {
					_, err := inner.Call(ctx, req)
					expectError(t, err, nil)
				})
			}
			wait.Wait()
			return "", nil
		}))
		start := time.Now()
		_, err := piped(s).Call(background(), "r")
		expectError(t, err, nil)
		if d := time.Since(start); d != 2*time.Second+3*time.Millisecond {
			t.Errorf("one check, then four calls under a limit of two took %v, want 2.003s", d)
		}
		expectRoom(t, inner, 2)
	})
}

func TestApplyHandleGivesBack(t *testing.T) {
	var log journal
	inner := limit(1, text(&double[string]{name: "a", log: &log}))
	shy := must(service.NewApply(inner, func(nctx, string, *handle) (string, error) { return "", nil }))
	s := must(service.NewApply(shy, func(ctx nctx, req string, shy *handle) (string, error) {
		_, err := shy.Call(ctx, req)
		expectRoom(t, inner, 1)
		return "", err
	}))
	_, err := piped(s).Call(background(), "r")
	expectError(t, err, nil)
}

func TestApplyGivesBack(t *testing.T) {
	tests := map[string]func(ctx nctx, req string, inner *handle) (string, error){
		"without a call": func(nctx, string, *handle) (string, error) { return "", nil },
		"on a panic":     func(nctx, string, *handle) (string, error) { panic("boom") },
		"on a panic inside": func(ctx nctx, _ string, inner *handle) (string, error) {
			return inner.Call(ctx, "panic")
		},
		"when given up": func(ctx nctx, req string, inner *handle) (string, error) {
			ended, cancel := gocontext.WithCancel(ctx.Go())
			cancel()
			return inner.Call(ctx.With(ended), req)
		},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			var log journal
			inner := limit(1, &double[string]{name: "a", log: &log, call: func(ctx nctx, req string) (string, error) {
				if req == "panic" {
					panic("boom")
				}
				return "", ctx.Err()
			}})
			_ = panicOf(func() { _, _ = piped(must(service.NewApply(inner, f))).Call(background(), "r") })
			expectRoom(t, inner, 1)
		})
	}
}
