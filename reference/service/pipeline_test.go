package service_test

import (
	gocontext "context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type (
	ctx      = context.Context[int]
	pipeline = service.Pipeline[int, string, string]
)

// seat is a service that lets callers reserve, without a limit, and counts.
type seat struct {
	ready, call, shutdown, poll func(ctx) error
	taken, released             atomic.Int64
	shutdowns, calls            atomic.Int64
}

func run(f func(ctx) error, c ctx) error {
	if f == nil {
		return nil
	}
	return f(c)
}

func (s *seat) Release() { s.released.Add(1) }

func (s *seat) Ready(c ctx) error {
	if !c.Reserved(s) {
		s.taken.Add(1)
		if err := c.Reserve(s); err != nil {
			return err
		}
	}
	return run(s.ready, c)
}

func (s *seat) Call(c ctx, req string) (string, error) {
	if !c.Spend(s) {
		return "", service.ErrNotReady
	}
	defer s.Release()
	s.calls.Add(1)
	if err := run(s.call, c); err != nil {
		return "", err
	}
	return req + ">seat", nil
}

func (s *seat) Shutdown(c ctx) error { s.shutdowns.Add(1); return run(s.shutdown, c) }
func (s *seat) Poll(c ctx) error     { return run(s.poll, c) }

func (s *seat) balanced(t *testing.T) {
	t.Helper()
	if s.taken.Load() != s.released.Load() {
		t.Errorf("%d taken, %d released", s.taken.Load(), s.released.Load())
	}
}

func pipe(t *testing.T, s service.Service[int, string, string]) *pipeline {
	t.Helper()
	p, err := service.NewPipeline(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConstructorsNameTheNilParameter(t *testing.T) {
	_, noService := service.NewPipeline[int, string, string](nil)
	_, noFunction := service.NewFunc[int, string, string](nil)
	for name, err := range map[string]error{"service": noService, "f": noFunction} {
		var refused *parameter.Error
		if !errors.As(err, &refused) || refused.Parameter != name || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCallReadiesOnceThenCallsOnce(t *testing.T) {
	s := new(seat)
	res, err := pipe(t, s).Call(ctx{}, "r")
	if res != "r>seat" || err != nil || s.taken.Load() != 1 || s.calls.Load() != 1 {
		t.Fatalf("%q, %v, %d, %d", res, err, s.taken.Load(), s.calls.Load())
	}
	s.balanced(t)
}

func TestAnErrorOfReadinessSkipsTheCallAndDoesNotLatch(t *testing.T) {
	boom := errors.New("boom")
	s := &seat{ready: func(ctx) error { return boom }}
	p := pipe(t, s)
	if _, err := p.Call(ctx{}, "r"); !errors.Is(err, boom) || s.calls.Load() != 0 {
		t.Fatalf("%v, %d calls", err, s.calls.Load())
	}
	if err := p.Ready(ctx{}); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	s.balanced(t)
	s.ready = nil
	if res, err := p.Call(ctx{}, "r"); res != "r>seat" || err != nil {
		t.Fatalf("%q, %v", res, err)
	}
	s.balanced(t)
}

func TestWhatTheCallerHoldsIsGivenBack(t *testing.T) {
	for name, end := range map[string]func(ctx) error{
		"error":  func(ctx) error { return errors.New("boom") },
		"panic":  func(ctx) error { panic("boom") },
		"goexit": func(ctx) error { runtime.Goexit(); return nil },
	} {
		for where, s := range map[string]*seat{"ready": {ready: end}, "call": {call: end}} {
			t.Run(name+" in "+where, func(t *testing.T) {
				p := pipe(t, s)
				done := make(chan any)
				go func() {
					defer func() { done <- recover() }()
					_, _ = p.Call(ctx{}, "r")
				}()
				if got := <-done; (got != nil) != (name == "panic") {
					t.Errorf("recovered %v", got)
				}
				s.balanced(t)
			})
		}
	}
}

func TestBindingSeparatesReadinessFromTheCall(t *testing.T) {
	s := new(seat)
	p := pipe(t, s)
	b, other := p.Bind(), p.Bind()
	defer other.Close()
	if _, err := b.CallNow(ctx{}, "r"); !errors.Is(err, service.ErrNotReady) {
		t.Fatalf("call without readiness: %v", err)
	}
	for range 3 {
		if err := b.Ready(ctx{}); err != nil {
			t.Fatal(err)
		}
	}
	if s.taken.Load() != 1 {
		t.Fatalf("repeated readiness took %d", s.taken.Load())
	}
	if _, err := other.CallNow(ctx{}, "r"); !errors.Is(err, service.ErrNotReady) {
		t.Fatalf("another binding inherited readiness: %v", err)
	}
	if res, err := b.CallNow(ctx{}, "r"); res != "r>seat" || err != nil {
		t.Fatalf("%q, %v", res, err)
	}
	if _, err := b.CallNow(ctx{}, "r"); !errors.Is(err, service.ErrNotReady) {
		t.Fatalf("one readiness allowed two calls: %v", err)
	}
	if err := b.Ready(ctx{}); err != nil {
		t.Fatal(err)
	}
	if res, err := b.Call(ctx{}, "r"); res != "r>seat" || err != nil || s.taken.Load() != 2 {
		t.Fatalf("%q, %v, %d taken", res, err, s.taken.Load())
	}
	if err := b.Ready(ctx{}); err != nil {
		t.Fatal(err)
	}
	b.Close()
	b.Close()
	s.balanced(t)
	_, call := b.Call(ctx{}, "r")
	_, callNow := b.CallNow(ctx{}, "r")
	for what, err := range map[string]error{"ready": b.Ready(ctx{}), "call": call, "call now": callNow} {
		if !errors.Is(err, service.ErrClosed) {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
}

func TestOverlappingCallsOfOneBinding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &seat{call: func(ctx) error { time.Sleep(time.Second); return nil }}
		b := pipe(t, s).Bind()
		start := time.Now()
		var calls sync.WaitGroup
		for range 8 {
			calls.Go(func() {
				if _, err := b.Call(ctx{}, "r"); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if took := time.Since(start); took != time.Second {
			t.Errorf("8 calls took %v, not one second together", took)
		}
		b.Close()
		s.balanced(t)
	})
}

func TestCloseAndShutdownEndPendingReadiness(t *testing.T) {
	for name, end := range map[string]func(*service.Binding[int, string, string]){
		"close":    func(b *service.Binding[int, string, string]) { b.Close() },
		"shutdown": func(b *service.Binding[int, string, string]) { _ = b.Shutdown(ctx{}) },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &seat{ready: func(c ctx) error { <-c.Done(); return c.Err() }}
			b := pipe(t, s).Bind()
			defer b.Close()
			got := make(chan error, 1)
			go func() { got <- b.Ready(ctx{}) }()
			synctest.Wait()
			end(b)
			want := gocontext.Canceled
			if name == "close" {
				want = service.ErrClosed
			}
			if err := <-got; !errors.Is(err, want) {
				t.Errorf("%s: Ready = %v", name, err)
			}
		})
	}
}

func TestShutdownRunsOnceAndTheOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("boom")
		s := &seat{shutdown: func(ctx) error { time.Sleep(time.Second); return boom }}
		p := pipe(t, s)
		if p.IsShutdown() {
			t.Fatal("shut down before anything")
		}
		start := time.Now()
		var waiting sync.WaitGroup
		for range 4 {
			waiting.Go(func() {
				if err := p.Shutdown(ctx{}); !errors.Is(err, boom) || time.Since(start) != time.Second {
					t.Errorf("%v after %v", err, time.Since(start))
				}
			})
		}
		synctest.Wait()
		if !p.IsShutdown() {
			t.Error("not marked when the shutdown started")
		}
		if err := p.Shutdown(ctx{}.Now()); !errors.Is(err, context.ErrWouldWait) {
			t.Errorf("an ended context waited: %v", err)
		}
		waiting.Wait()
		if err := p.Shutdown(ctx{}.Now()); !errors.Is(err, boom) || s.shutdowns.Load() != 1 {
			t.Errorf("%v, %d runs", err, s.shutdowns.Load())
		}
		if res, err := p.Call(ctx{}, "r"); res != "r>seat" || err != nil {
			t.Errorf("call after shutdown: %q, %v", res, err)
		}
	})
}

func TestAPanickingShutdownLeavesNobodyWaiting(t *testing.T) {
	boom := errors.New("boom")
	s := &seat{shutdown: func(ctx) error { panic(boom) }}
	p := pipe(t, s)
	func() {
		defer func() {
			if recover() != boom {
				t.Error("the panic did not go on")
			}
		}()
		_ = p.Shutdown(ctx{})
	}()
	var panicked *service.PanicError
	if err := p.Shutdown(ctx{}); !errors.As(err, &panicked) || !errors.Is(err, boom) || s.shutdowns.Load() != 1 {
		t.Fatalf("%v, %d runs", err, s.shutdowns.Load())
	}
}

func TestPollIsFoundAndNotPartOfReadiness(t *testing.T) {
	boom := errors.New("boom")
	s := &seat{poll: func(ctx) error { return boom }}
	p := pipe(t, s)
	if err := p.Poll(ctx{}); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if _, err := p.Call(ctx{}, "r"); err != nil {
		t.Fatalf("a call polled: %v", err)
	}
	f, err := service.NewFunc(func(ctx, string) (string, error) { return "", nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := pipe(t, f).Poll(ctx{}); err != nil {
		t.Fatalf("a service without Poll: %v", err)
	}
}
