package service_test

import (
	gocontext "context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// pair is two services in a row and the limits around them.
type pair struct {
	log          journal
	a, b         double[string]
	first, other text // one call at a time each
	joined       text
}

func newPair() *pair {
	p := new(pair)
	p.a = double[string]{name: "a", log: &p.log}
	p.b = double[string]{name: "b", log: &p.log}
	p.first, p.other = limit(1, &p.a), limit(1, &p.b)
	p.joined = must(service.NewAndThen(p.first, p.other))
	return p
}

// expectFree finds out whether anything is still reserved.
func (p *pair) expectFree(t *testing.T) {
	t.Helper()
	p.a.ready, p.b.ready = nil, nil
	expectRoom(t, p.first, 1)
	expectRoom(t, p.other, 1)
}

func TestAndThenFeedsSecond(t *testing.T) {
	p := newPair()
	got, err := piped(p.joined).Call(background(), "r")
	expectAnswer(t, got, err, "r>a>b")
	// Second is checked again after first has answered.
	p.log.expect(t, "a asked", "b asked", "a got r", "b asked", "b got r>a")
	p.expectFree(t)
}

func TestAndThenErrorSkipsSecond(t *testing.T) {
	p := newPair()
	p.a.call = fails[string](errBoom)
	_, err := piped(p.joined).Call(background(), "r")
	expectError(t, err, errBoom)
	if p.log.count("b got r>a") != 0 {
		t.Error("second was called")
	}
	p.expectFree(t)
}

func TestAndThenSecondNotReadyAfterFirst(t *testing.T) {
	p := newPair()
	p.a.call = func(_ nctx, req string) (string, error) {
		p.b.ready = func(nctx) error { return errBoom }
		return req, nil
	}
	_, err := piped(p.joined).Call(background(), "r")
	expectError(t, err, errBoom)
	if p.log.count("b got r") != 0 {
		t.Error("second was called")
	}
	p.expectFree(t)
}

func TestAndThenEndedContextSkipsSecond(t *testing.T) {
	p := newPair()
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	p.a.call = func(_ nctx, req string) (string, error) {
		cancel() // and answers all the same
		return req, nil
	}
	_, err := piped(p.joined).Call(background().With(ctx), "r")
	expectError(t, err, gocontext.Canceled)
	p.log.expect(t, "a asked", "b asked", "a got r")
	p.expectFree(t)
}

func TestAndThenFirstHoldsNothingWhileSecondWorks(t *testing.T) {
	p := newPair()
	// It answers without spending what is reserved further inside.
	shy := must(service.NewApply(p.first, func(_ nctx, req string, _ *service.Handle[none, string, string]) (string, error) {
		return req, nil
	}))
	joined := must(service.NewAndThen(shy, p.other))
	p.b.call = func(nctx, string) (string, error) {
		expectRoom(t, p.first, 1)
		return "done", nil
	}
	got, err := piped(joined).Call(background(), "r")
	expectAnswer(t, got, err, "done")
}

func TestAndThenWaitsForBoth(t *testing.T) {
	for name, order := range map[string][2]int{"first opens first": {0, 1}, "second opens first": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair()
				gates := [2]gate{make(gate), make(gate)}
				p.a.ready, p.b.ready = gates[0].wait, gates[1].wait
				b := piped(p.joined).Bind()
				defer b.Close()
				done := make(chan error, 1)
				go func() { done <- b.Ready(background()) }()
				synctest.Wait()
				if p.log.count("a asked") == 0 || p.log.count("b asked") == 0 {
					t.Fatal("they were not asked together")
				}
				asked := [2]int{p.log.count("a asked"), p.log.count("b asked")}
				for _, i := range order {
					select {
					case err := <-done:
						t.Fatal("ready too early", err)
					default:
					}
					close(gates[i])
					synctest.Wait()
				}
				expectError(t, <-done, nil)
				if asked != [2]int{p.log.count("a asked"), p.log.count("b asked")} {
					t.Error("one that had been asked was asked again")
				}
				got, err := b.CallNow(background(), "r")
				expectAnswer(t, got, err, "r>a>b")
			})
		})
	}
}

func TestAndThenOneOfTwoWaits(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair()
				g := make(gate)
				waits, finished := &p.a, "b asked"
				if name == "b" {
					waits, finished = &p.b, "a asked"
				}
				waits.ready = g.wait
				b := piped(p.joined).Bind()
				defer b.Close()
				done := make(chan error, 1)
				go func() { done <- b.Ready(background()) }()
				synctest.Wait()
				close(g)
				expectError(t, <-done, nil)
				if n := p.log.count(finished); n != 1 {
					t.Errorf("the one that was ready was asked %d times", n)
				}
			})
		})
	}
}

func TestAndThenReadinessErrors(t *testing.T) {
	other := errors.New("other")
	fail := func(err error) func(nctx) error { return func(nctx) error { return err } }
	tests := map[string]struct {
		a, b func(nctx) error
		want error
		asks int // of b
	}{
		"first fails":                     {a: fail(errBoom), want: errBoom, asks: 0},
		"second fails":                    {b: fail(errBoom), want: errBoom, asks: 1},
		"second fails while first waits":  {a: make(gate).wait, b: fail(errBoom), want: errBoom, asks: 1},
		"first fails while second would":  {a: fail(errBoom), b: make(gate).wait, want: errBoom, asks: 0},
		"both fail":                       {a: fail(errBoom), b: fail(other), want: errBoom, asks: 0},
		"not now: first waits":            {a: make(gate).wait, want: context.ErrWouldWait, asks: 1},
		"not now: second waits":           {b: make(gate).wait, want: context.ErrWouldWait, asks: 1},
		"not now: both wait":              {a: make(gate).wait, b: make(gate).wait, want: context.ErrWouldWait, asks: 1},
		"not now, but second fails first": {a: make(gate).wait, b: fail(errBoom), want: errBoom, asks: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPair()
			p.a.ready, p.b.ready = test.a, test.b
			b := piped(p.joined).Bind()
			defer b.Close()
			expectError(t, b.Ready(background().Now()), test.want)
			if n := p.log.count("b asked"); n != test.asks {
				t.Errorf("second was asked %d times, want %d", n, test.asks)
			}
			p.expectFree(t) // although the caller is still there
		})
	}
}

func TestAndThenErrorWhileBothWait(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair()
				after := func(d time.Duration, err error) func(nctx) error {
					return func(ctx nctx) error {
						if ctx.Err() != nil {
							return ctx.Err()
						}
						select {
						case <-time.After(d):
							return err
						case <-ctx.Done():
							p.log.add("called off")
							return ctx.Err()
						}
					}
				}
				p.a.ready, p.b.ready = after(time.Hour, nil), after(time.Hour, nil)
				if name == "a" {
					p.a.ready = after(time.Second, errBoom)
				} else {
					p.b.ready = after(time.Second, errBoom)
				}
				start := time.Now()
				b := piped(p.joined).Bind()
				defer b.Close()
				expectError(t, b.Ready(background()), errBoom)
				if d := time.Since(start); d != time.Second {
					t.Errorf("took %v, want 1s", d)
				}
				if p.log.count("called off") != 1 {
					t.Error("the other check goes on")
				}
				p.expectFree(t)
			})
		})
	}
}

func TestAndThenCancelWhileWaiting(t *testing.T) {
	tests := map[string]struct{ a, b bool }{"first": {a: true}, "second": {b: true}, "both": {true, true}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair()
				if test.a {
					p.a.ready = make(gate).wait
				}
				if test.b {
					p.b.ready = make(gate).wait
				}
				ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
				defer cancel()
				_, err := piped(p.joined).Call(background().With(ctx), "r")
				expectError(t, err, gocontext.DeadlineExceeded)
				p.expectFree(t)
			})
		})
	}
}

func TestAndThenReservesOnce(t *testing.T) {
	p := newPair()
	b := piped(p.joined).Bind()
	for range 3 {
		// With room for one, a second reservation would have to wait.
		expectError(t, b.Ready(background().Now()), nil)
	}
	expectRoom(t, p.first, 0)
	expectRoom(t, p.other, 0)
	b.Close()
	p.expectFree(t)
}

func TestAndThenFailedRecheckGivesBack(t *testing.T) {
	p := newPair()
	b := piped(p.joined).Bind()
	defer b.Close()
	expectError(t, b.Ready(background()), nil)
	p.b.ready = func(nctx) error { return errBoom }
	expectError(t, b.Ready(background()), errBoom)
	p.expectFree(t)
	_, err := b.CallNow(background(), "r")
	expectError(t, err, service.ErrNotReady)
}

func TestAndThenReservationIsOneCallers(t *testing.T) {
	p := newPair()
	pipeline := piped(p.joined)
	ready, other := pipeline.Bind(), pipeline.Bind()
	defer ready.Close()
	defer other.Close()
	expectError(t, ready.Ready(background()), nil)
	_, err := other.CallNow(background(), "r")
	expectError(t, err, service.ErrNotReady)
	got, err := ready.CallNow(background(), "r")
	expectAnswer(t, got, err, "r>a>b")
	_, err = ready.CallNow(background(), "r")
	expectError(t, err, service.ErrNotReady)
	p.expectFree(t)
}

func TestAndThenWithoutCaller(t *testing.T) {
	p := newPair()
	expectError(t, p.joined.Ready(background()), context.ErrCallerGone)
	p.expectFree(t)
}

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

func TestAndThenNested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, q := newPair(), newPair()
		joined := must(service.NewAndThen(p.joined, q.joined))
		g := make(gate)
		p.b.ready, q.a.ready = g.wait, g.wait
		time.AfterFunc(time.Second, func() { close(g) })
		got, err := piped(joined).Call(background(), "r")
		expectAnswer(t, got, err, "r>a>b>a>b")
		p.expectFree(t)
		q.expectFree(t)
	})
}

func TestAndThenPoll(t *testing.T) {
	p := newPair()
	pipeline := piped(p.joined)
	expectError(t, pipeline.Poll(background()), nil)
	p.log.expect(t, "a polled", "b polled")
	p.b.poll = errBoom
	expectError(t, pipeline.Poll(background()), errBoom)
	p.log.expect(t, "a polled", "b polled")
	p.a.poll, p.b.poll = errBoom, nil
	expectError(t, pipeline.Poll(background()), errBoom)
	p.log.expect(t, "a polled")
}

func TestAndThenAllocatesNothing(t *testing.T) {
	p := must(service.NewPipeline(must(service.NewAndThen(plain(t), plain(t)))))
	ctx := background()
	allocs := testing.AllocsPerRun(1000, func() {
		if _, err := p.Call(ctx, "r"); err != nil {
			t.Fatal(err)
		}
	})
	if allocs >= 1 {
		t.Errorf("%v allocations a call, want none", allocs)
	}
}

// plain is a service that answers with the request.
func plain(t *testing.T) text {
	t.Helper()
	return must(service.NewFunc(func(_ nctx, req string) (string, error) { return req, nil }))
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
	first := limit(3, &double[string]{name: "a", log: &log, call: busy})
	second := limit(2, &double[string]{name: "b", log: &log, call: busy})
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
