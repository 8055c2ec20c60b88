package layer_test

import (
	gocontext "context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type plain = context.Context[struct{}]

func refuses(t *testing.T, name string, err error) {
	t.Helper()
	var refused *parameter.Error
	if !errors.As(err, &refused) || refused.Parameter != name {
		t.Errorf("want parameter %s refused, got %v", name, err)
	}
}

func TestCoreLayersRefuseBadParameters(t *testing.T) {
	for _, max := range []int{0, -1} {
		_, err := layer.NewConcurrencyLimit[struct{}, string, string](max)
		refuses(t, "limit", err)
	}
	limit, _ := layer.NewConcurrencyLimit[struct{}, string, string](1)
	_, err := limit.Layer(nil)
	refuses(t, "inner", err)
	_, err = layer.NewMapRequest[struct{}, int, string, string](nil)
	refuses(t, "f", err)
	_, err = layer.NewFunc[int, string](nil)
	refuses(t, "f", err)
}

func TestMapRequestChangesTheType(t *testing.T) {
	m, err := layer.NewMapRequest[struct{}, int, string, string](func(n int) string { return string(rune('a' + n)) })
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.Layer(echo())
	if err != nil {
		t.Fatal(err)
	}
	p, err := service.NewPipeline(s)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := p.Call(plain{}, 2); res != "c" || err != nil {
		t.Fatalf("%q, %v", res, err)
	}
}

// leaf answers by a function and counts who is in it.
type leaf struct {
	ready          func(plain) error
	call           func(plain, string) (string, error)
	inFlight, peak atomic.Int64
	calls, polls   atomic.Int64
}

func (l *leaf) Ready(c plain) error {
	if l.ready == nil {
		return nil
	}
	return l.ready(c)
}

func (l *leaf) Call(c plain, req string) (string, error) {
	n := l.inFlight.Add(1)
	defer l.inFlight.Add(-1)
	l.calls.Add(1)
	for {
		if p := l.peak.Load(); n <= p || l.peak.CompareAndSwap(p, n) {
			break
		}
	}
	return l.call(c, req)
}

func (l *leaf) Shutdown(plain) error { return nil }
func (l *leaf) Poll(plain) error     { l.polls.Add(1); return nil }

func hold(c plain, req string) (string, error) {
	select {
	case <-time.After(time.Second):
		return req, nil
	case <-c.Done():
		return "", c.Err()
	}
}

func TestLimitForwardsPoll(t *testing.T) {
	l := &leaf{call: hold}
	if err := limited(t, 1, l).Poll(plain{}); err != nil || l.polls.Load() != 1 {
		t.Fatalf("%v, %d polls", err, l.polls.Load())
	}
}

func TestLimitServesInOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		l := &leaf{}
		l.call = func(c plain, req string) (string, error) { order = append(order, req); return hold(c, req) }
		p := limited(t, 1, l)
		var all sync.WaitGroup
		for _, name := range []string{"a", "b", "c", "d"} {
			ctx, cancel := gocontext.WithCancel(gocontext.Background())
			all.Go(func() {
				_, err := p.Call(plain{}.With(ctx), name)
				if (name == "c") != errors.Is(err, gocontext.Canceled) {
					t.Errorf("%s: %v", name, err)
				}
			})
			synctest.Wait()
			if name == "c" {
				time.AfterFunc(500*time.Millisecond, cancel)
			} else {
				defer cancel()
			}
		}
		all.Wait()
		if !slices.Equal(order, []string{"a", "b", "d"}) || l.peak.Load() != 1 {
			t.Errorf("order %v, peak %d", order, l.peak.Load())
		}
	})
}

func TestLimitHoldsItsPermitWhileInnerIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		l := &leaf{call: hold, ready: func(c plain) error { asked++; <-c.Done(); return c.Err() }}
		p := limited(t, 1, l)
		ctx, cancel := gocontext.WithCancel(gocontext.Background())
		first := p.Bind()
		defer first.Close()
		got := make(chan error, 1)
		go func() { got <- first.Ready(plain{}.With(ctx)) }()
		synctest.Wait()
		if err := p.Ready(plain{}.Now()); !errors.Is(err, context.ErrWouldWait) || asked != 1 {
			t.Errorf("second caller: %v, inner asked %d times", err, asked)
		}
		cancel()
		if err := <-got; !errors.Is(err, gocontext.Canceled) {
			t.Error(err)
		}
		l.ready = nil
		if err := p.Ready(plain{}.Now()); err != nil {
			t.Errorf("a failed readiness kept its permit: %v", err)
		}
	})
}

func TestLimitTakesWhatIsFreeForAnEndedContext(t *testing.T) {
	p := limited(t, 1, echo())
	b := p.Bind()
	if err := b.Ready(plain{}.Now()); err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(plain{}.Now()); !errors.Is(err, context.ErrWouldWait) {
		t.Fatal(err)
	}
	if err := b.Ready(plain{}.Now()); err != nil {
		t.Fatalf("a caller that is ready waits: %v", err)
	}
	b.Close()
	if err := p.Ready(plain{}.Now()); err != nil {
		t.Fatalf("a caller that left kept its permit: %v", err)
	}
}

func TestTwoServicesOfOneLayerDoNotShareTheirLimit(t *testing.T) {
	l, _ := layer.NewConcurrencyLimit[struct{}, string, string](1)
	for range 2 {
		s, err := l.Layer(echo())
		if err != nil {
			t.Fatal(err)
		}
		p, err := service.NewPipeline(s)
		if err != nil {
			t.Fatal(err)
		}
		b := p.Bind()
		defer b.Close()
		if err := b.Ready(plain{}.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCallOfTheLimitDoesNotAllocate(t *testing.T) {
	p := limited(t, 4, echo())
	ctx := context.New(gocontext.Background(), struct{}{})
	if n := testing.AllocsPerRun(1000, func() { _, _ = p.Call(ctx, "r") }); n != 0 {
		t.Errorf("%v allocations a call", n)
	}
}

// Callers call, bind, cancel and panic in parallel; afterwards every permit
// must be there, and at no time may more than the limit have been in the leaf.
func TestLimitUnderParallelism(t *testing.T) {
	for _, test := range []struct {
		name                   string
		max, goroutines, calls int
	}{
		{"one permit", 1, 16, 400},
		{"four permits", 4, 64, 400},
		{"more permits than callers", 64, 16, 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			boom := errors.New("boom")
			l := &leaf{call: func(_ plain, req string) (string, error) {
				runtime.Gosched()
				switch req {
				case "panic":
					panic(boom)
				case "error":
					return "", boom
				}
				return req, nil
			}}
			p := limited(t, test.max, limitedService(t, test.max, l)) // a limit in a limit
			var all sync.WaitGroup
			for g := range test.goroutines {
				all.Go(func() {
					b := p.Bind()
					defer func() { b.Close() }()
					for i := range test.calls {
						attempt(t, p, &b, (g*7+i)%8, boom)
					}
				})
			}
			all.Wait()
			if peak := l.peak.Load(); peak > int64(test.max) || peak == 0 {
				t.Errorf("%d in flight, limit %d", peak, test.max)
			}
			held := make([]*service.Binding[struct{}, string, string], test.max)
			for i := range held {
				held[i] = p.Bind()
				defer held[i].Close()
				if err := held[i].Ready(plain{}.Now()); err != nil {
					t.Fatalf("permit %d of %d is lost: %v", i+1, test.max, err)
				}
			}
			if err := p.Ready(plain{}.Now()); !errors.Is(err, context.ErrWouldWait) {
				t.Errorf("a permit was doubled: %v", err)
			}
		})
	}
}

func limitedService(t *testing.T, max int, inner stringService) stringService {
	t.Helper()
	l, err := layer.NewConcurrencyLimit[struct{}, string, string](max)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Layer(inner)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type binding = service.Binding[struct{}, string, string]

// attempt is one of eight things a caller may do.
func attempt(t *testing.T, p *service.Pipeline[struct{}, string, string], b **binding, what int, boom error) {
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	defer cancel()
	c := plain{}.With(ctx)
	expect := func(err error, allowed ...error) {
		for _, a := range allowed {
			if errors.Is(err, a) {
				return
			}
		}
		if err != nil {
			t.Errorf("attempt %d: %v", what, err)
		}
	}
	switch what {
	case 0, 1:
		_, err := p.Call(c, "r")
		expect(err)
	case 2:
		_, err := p.Call(c, "error")
		expect(err, boom)
	case 3:
		defer func() {
			if got := recover(); got != boom {
				t.Errorf("recovered %v", got)
			}
		}()
		_, _ = p.Call(c, "panic")
	case 4:
		go cancel()
		_, err := p.Call(c, "r")
		expect(err, gocontext.Canceled)
	case 5:
		expect((*b).Ready(c.Now()), context.ErrWouldWait)
		_, err := (*b).CallNow(c, "r")
		expect(err, service.ErrNotReady)
	case 6:
		go cancel()
		expect((*b).Ready(c), gocontext.Canceled)
		(*b).Close()
		*b = p.Bind()
	case 7:
		_, err := (*b).Call(c, "r")
		expect(err)
	}
}
