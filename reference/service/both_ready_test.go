package service_test

import (
	gocontext "context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/service"
)

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
