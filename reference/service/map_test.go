package service_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func TestMapRunsOncePerResponse(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log}
	s := must(service.NewMap(text(d), func(r string) int { log.add("mapped"); return len(r) }))
	pipeline := must(service.NewPipeline(s))
	got, err := pipeline.Call(background(), "r")
	if got != 3 || err != nil {
		t.Errorf("answer %v, %v, want 3", got, err)
	}
	log.expect(t, "a asked", "a got r", "mapped")
	d.call = fails[string](errBoom)
	_, err = pipeline.Call(background(), "r")
	expectError(t, err, errBoom)
	log.expect(t, "a asked", "a got r")
}

func TestMapForwardsTheRest(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log, poll: errBoom}
	d.ready = func(nctx) error { return errBoom }
	pipeline := piped(must(service.NewMap(text(d), func(r string) string { t.Error("mapped"); return r })))
	_, err := pipeline.Call(background(), "r")
	expectError(t, err, errBoom)
	expectError(t, pipeline.Poll(background()), errBoom)
	expectError(t, pipeline.Shutdown(background()), nil)
	log.expect(t, "a asked", "a polled", "a shut down")
}

func TestMapErrRunsOncePerError(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log}
	pipeline := piped(must(service.NewMapErr(text(d), func(err error) error {
		log.add("mapped")
		return fmt.Errorf("outer: %w", err)
	})))
	expect := func(op string, err error, mapped int) {
		t.Helper()
		if n := log.count("mapped"); n != mapped {
			t.Errorf("%s: mapped %d times, want %d", op, n, mapped)
		}
		log.entries = nil
		if mapped > 0 && (!errors.Is(err, errBoom) || err.Error() != "outer: boom") {
			t.Errorf("%s: error %v", op, err)
		}
	}
	_, err := pipeline.Call(background(), "r")
	expect("response", err, 0)
	expect("poll", pipeline.Poll(background()), 0)

	d.call = fails[string](errBoom)
	_, err = pipeline.Call(background(), "r")
	expect("call", err, 1)
	d.poll = errBoom
	expect("failed poll", pipeline.Poll(background()), 1)
	d.shutdown = func(nctx) error { return nil }
	expect("shutdown", pipeline.Shutdown(background()), 0)

	d.ready = func(nctx) error { return errBoom }
	expect("ready", pipeline.Ready(background()), 1)
	_, err = pipeline.Call(background(), "r")
	expect("ready within a call", err, 1)
}

func TestMapErrLeavesTheEndOfTheContext(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log, ready: make(gate).wait}
	pipeline := piped(must(service.NewMapErr(text(d), func(error) error { return errBoom })))
	expectError(t, pipeline.Ready(background().Now()), context.ErrWouldWait)

	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	cancel()
	expectError(t, pipeline.Ready(background().With(ctx)), gocontext.Canceled)
	d.ready, d.call = nil, func(ctx nctx, _ string) (string, error) { return "", ctx.Err() }
	_, err := pipeline.Call(background().With(ctx), "r")
	expectError(t, err, gocontext.Canceled)

	// An error of the service's own is mapped, although the context has ended,
	// and so is somebody else's cancellation, while it has not.
	d.call = fails[string](errors.New("own"))
	_, err = pipeline.Call(background().With(ctx), "r")
	expectError(t, err, errBoom)
	d.call = fails[string](gocontext.Canceled)
	_, err = pipeline.Call(background(), "r")
	expectError(t, err, errBoom)
}

func TestMapErrToNilKeepsTheError(t *testing.T) {
	var log journal
	d := &double[string]{name: "a", log: &log, call: fails[string](errBoom)}
	_, err := piped(must(service.NewMapErr(text(d), func(error) error { return nil }))).Call(background(), "r")
	expectError(t, err, errBoom)
}

func TestMappersAllocateNothing(t *testing.T) {
	s := must(service.NewMap(plain(t), func(r string) int { n, _ := strconv.Atoi(r); return n }))
	s = must(service.NewMapErr(s, func(err error) error { return err }))
	p := must(service.NewPipeline(s))
	ctx := background()
	if n := testing.AllocsPerRun(1000, func() { _, _ = p.Call(ctx, "1") }); n != 0 {
		t.Errorf("%v allocations a call, want none", n)
	}
}
