package service_test

import (
	gocontext "context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/service"
)

func TestShutdownOfBothTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair()
		a, b := make(gate), make(gate)
		p.a.shutdown, p.b.shutdown = a.wait, b.wait
		done := make(chan error, 1)
		go func() { done <- piped(p.joined).Shutdown(background()) }()
		synctest.Wait()
		p.log.expectInAnyOrder(t, "a shut down", "b shut down")
		for _, g := range []gate{a, b} {
			select {
			case err := <-done:
				t.Fatal("over too early", err)
			default:
			}
			close(g)
			synctest.Wait()
		}
		expectError(t, <-done, nil)
	})
}

func TestShutdownOfBothErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		other := errors.New("other")
		fail := func(err error) func(nctx) error { return func(nctx) error { return err } }
		p := newPair()
		p.a.shutdown = fail(errBoom)
		if err := piped(p.joined).Shutdown(background()); err != errBoom {
			t.Errorf("error %v, want the first's itself", err)
		}
		p.log.expectInAnyOrder(t, "a shut down", "b shut down")
		p.b.shutdown = fail(other)
		err := piped(p.joined).Shutdown(background())
		expectError(t, err, errBoom)
		expectError(t, err, other)
		p.a.shutdown = nil
		if err := piped(p.joined).Shutdown(background()); err != other {
			t.Errorf("error %v, want the second's itself", err)
		}
	})
}

func TestShutdownOfBothPanics(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair()
				slow := func(nctx) error {
					time.Sleep(time.Minute)
					p.log.add("slow one done")
					return nil
				}
				p.a.shutdown, p.b.shutdown = slow, slow
				if name == "a" {
					p.a.shutdown = func(nctx) error { panic("boom") }
				} else {
					p.b.shutdown = func(nctx) error { panic("boom") }
				}
				value := panicOf(func() { _ = piped(p.joined).Shutdown(background()) })
				if value != "boom" {
					t.Errorf("panic %v, want boom", value)
				}
				p.log.expectInAnyOrder(t, "a shut down", "b shut down", "slow one done")
			})
		})
	}
}

func TestShutdownOfBothEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair()
		p.a.shutdown, p.b.shutdown = make(gate).wait, make(gate).wait
		ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		expectError(t, piped(p.joined).Shutdown(background().With(ctx)), gocontext.DeadlineExceeded)
	})
}

func TestShutdownOfNested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair()
		hooks := 0
		hook := must(service.NewShutdownHook[none, string](func(nctx) error { hooks++; return nil }))
		pipeline := piped(must(service.NewAndThen[none, string, string, string](p.joined, hook)))
		for range 2 {
			expectError(t, pipeline.Shutdown(background()), nil)
		}
		p.log.expectInAnyOrder(t, "a shut down", "b shut down")
		if hooks != 1 {
			t.Errorf("the hook ran %d times", hooks)
		}
	})
}
