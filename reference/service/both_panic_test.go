package service_test

import (
	gocontext "context"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/service"
)

func TestAndThenPanics(t *testing.T) {
	later := func(nctx) error { panic("later") }
	onWait := func(ctx nctx) error {
		if ctx.Err() == nil {
			panic("waiting")
		}
		return ctx.Err()
	}
	calls := func(nctx, string) (string, error) { panic("call") }
	tests := map[string]struct {
		set  func(*pair)
		want string
	}{
		"first's check":                    {func(p *pair) { p.a.ready = later }, "later"},
		"second's check":                   {func(p *pair) { p.b.ready = later }, "later"},
		"first's check while second waits": {func(p *pair) { p.a.ready, p.b.ready = onWait, make(gate).wait }, "waiting"},
		"second's check while first waits": {func(p *pair) { p.a.ready, p.b.ready = make(gate).wait, onWait }, "waiting"},
		"both checks, each on its own":     {func(p *pair) { p.a.ready, p.b.ready = onWait, onWait }, "waiting"},
		"first's call":                     {func(p *pair) { p.a.call = calls }, "call"},
		"second's call":                    {func(p *pair) { p.b.call = calls }, "call"},
		"second's check after first's response": {func(p *pair) {
			p.a.call = func(_ nctx, req string) (string, error) { p.b.ready = later; return req, nil }
		}, "later"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair()
				test.set(p)
				value := panicOf(func() { _, _ = piped(p.joined).Call(background(), "r") })
				if value != test.want {
					t.Errorf("panic %v, want %s", value, test.want)
				}
				p.a.call, p.b.call = nil, nil
				p.expectFree(t)
			})
		})
	}
}

func TestAndThenPanicLeavesNoCheckBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair()
		p.a.ready = func(ctx nctx) error {
			if ctx.Err() == nil {
				time.Sleep(time.Second)
				panic("waiting")
			}
			return ctx.Err()
		}
		p.b.ready = func(ctx nctx) error {
			if ctx.Err() == nil {
				<-ctx.Done()
				time.Sleep(time.Second)
				p.log.add("over")
			}
			return ctx.Err()
		}
		if v := panicOf(func() { _, _ = piped(p.joined).Call(background(), "r") }); v != "waiting" {
			t.Errorf("panic %v, want waiting", v)
		}
		if p.log.count("over") != 1 {
			t.Error("second's check is not over")
		}
		p.expectFree(t)
	})
}

func TestAndThenGoexitWhileBothWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair()
		p.a.ready = make(gate).wait
		p.b.ready = func(ctx nctx) error {
			if ctx.Err() == nil {
				runtime.Goexit()
			}
			return ctx.Err()
		}
		returned := false
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = piped(p.joined).Call(background(), "r")
			returned = true
		}()
		<-done
		if returned {
			t.Error("the end of the goroutine was swallowed")
		}
		p.expectFree(t)
	})
}

func TestAndThenInParallel(t *testing.T) {
	busy := func(_ nctx, req string) (string, error) {
		runtime.Gosched()
		switch rand.IntN(20) {
		case 0:
			panic(errBoom)
		case 1:
			return "", errBoom
		}
		return req, nil
	}
	var log journal
	first := limit(3, text(&double[string]{name: "a", log: &log, call: busy}))
	second := limit(2, text(&double[string]{name: "b", log: &log, call: busy}))
	pipeline := piped(must(service.NewAndThen(first, second)))
	once := func() {
		defer func() {
			if v := recover(); v != nil && v != errBoom {
				panic(v)
			}
		}()
		ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Duration(rand.IntN(300))*time.Microsecond)
		defer cancel()
		if rand.IntN(2) == 0 {
			_, _ = pipeline.Call(background().With(ctx), "r")
			return
		}
		b := pipeline.Bind()
		defer b.Close()
		var wait sync.WaitGroup
		for range rand.IntN(3) {
			wait.Go(func() { _ = b.Ready(background().With(ctx)) })
		}
		defer wait.Wait()
		_, _ = b.CallNow(background().With(ctx), "r")
	}
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for range 200 {
				once()
			}
		})
	}
	wait.Wait()
	expectRoom(t, first, 3)
	expectRoom(t, second, 2)
	// It still works, and no claim is left over.
	for {
		var got string
		var err error
		if panicOf(func() { got, err = pipeline.Call(background(), "r") }) == nil && err == nil {
			expectAnswer(t, got, err, "r")
			return
		}
	}
}
