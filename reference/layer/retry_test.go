package layer_test

import (
	gocontext "context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
)

type stringAttempt = layer.Attempt[string, string]

// policy is a retry policy of functions: without copy every request is copied,
// without decide there is no retry.
type policy struct {
	copy   func(string) (string, bool)
	decide func(*stringAttempt) (time.Duration, bool)
}

func (p *policy) Copy(req string) (string, bool) {
	if p.copy == nil {
		return req, true
	}
	return p.copy(req)
}

func (p *policy) Retry(_ voidContext, a *stringAttempt) (time.Duration, bool) {
	if p.decide == nil {
		return 0, false
	}
	return p.decide(a)
}

func retrying(tb testing.TB, policies func() layer.Policy[void, string, string]) voidLayer {
	tb.Helper()
	return built(layer.NewRetry(policies))(tb)
}

// deciding is a retry whose requests all have the same policy.
func deciding(tb testing.TB, decide func(*stringAttempt) (time.Duration, bool)) voidLayer {
	tb.Helper()
	return retrying(tb, func() layer.Policy[void, string, string] { return &policy{decide: decide} })
}

// atMost retries errors so many times.
func atMost(retries int, delay time.Duration) func(*stringAttempt) (time.Duration, bool) {
	return func(a *stringAttempt) (time.Duration, bool) { return delay, a.Err != nil && a.Number <= retries }
}

var errBoom = errors.New("boom")

func TestRetryRefuses(t *testing.T) {
	_, err := layer.NewRetry[void, string, string](nil)
	refused(t, err, "policy")
	_, err = deciding(t, nil).Layer(nil)
	refused(t, err, "inner")
}

func TestRetryMakesEachAttempt(t *testing.T) {
	var seen []string
	last := errors.New("last")
	p := stacked(t, calling(func(_ voidContext, req string) (string, error) {
		if seen = append(seen, req); len(seen)%3 == 0 {
			return "", last
		}
		return "", errBoom
	}), deciding(t, atMost(2, 0)))
	for call := range 2 { // the second call starts afresh
		fails(t, p, "r", last)
		if want := slices.Repeat([]string{"r"}, 3*(call+1)); !slices.Equal(seen, want) {
			t.Errorf("attempts: %v, want %v", seen, want)
		}
	}
}

func TestRetryWithoutPolicy(t *testing.T) {
	p := stacked(t, &double{}, retrying(t, func() layer.Policy[void, string, string] { return nil }))
	answers(t, p, "r", "r")
}

func TestRetryChangesRequestAndOutcome(t *testing.T) {
	p := stacked(t, &double{}, deciding(t, func(a *stringAttempt) (time.Duration, bool) {
		if a.Number < 3 {
			a.Request += "+"
			return 0, true
		}
		a.Response += "!"
		return 0, false
	}))
	answers(t, p, "r", "r++!")
	p = stacked(t, calling(func(voidContext, string) (string, error) { return "", errBoom }),
		deciding(t, func(a *stringAttempt) (time.Duration, bool) {
			a.Response, a.Err = "recovered", nil
			return 0, false
		}))
	answers(t, p, "r", "recovered")
}

func TestRetryOfUncopyableRequest(t *testing.T) {
	copies, calls, asked := 0, 0, 0
	p := stacked(t, calling(func(voidContext, string) (string, error) { calls++; return "", errBoom }),
		retrying(t, func() layer.Policy[void, string, string] {
			return &policy{
				copy:   func(req string) (string, bool) { copies++; return req, copies < 2 },
				decide: func(*stringAttempt) (time.Duration, bool) { asked++; return 0, true },
			}
		}))
	fails(t, p, "r", errBoom)
	if copies != 2 || calls != 2 || asked != 1 {
		t.Errorf("%d copies, %d calls, policy asked %d times", copies, calls, asked)
	}
}

func TestRetryWaitsThenReadies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var log []string
		note := func(what string) { log = append(log, what+" "+time.Since(start).String()) }
		p := stacked(t, &double{
			ready: func(voidContext) error { note("ready"); time.Sleep(time.Second); return nil },
			call:  func(voidContext, string) (string, error) { note("call"); return "", errBoom },
		}, deciding(t, atMost(1, time.Minute)))
		fails(t, p, "r", errBoom)
		if want := []string{"ready 0s", "call 1s", "ready 1m1s", "call 1m2s"}; !slices.Equal(log, want) {
			t.Errorf("got %v, want %v", log, want)
		}
	})
}

func TestRetryReadinessErrorIsFinal(t *testing.T) {
	calls, asked := 0, 0
	unready := errors.New("unready")
	p := stacked(t, &double{
		ready: func(voidContext) error {
			if calls > 0 {
				return unready
			}
			return nil
		},
		call: func(voidContext, string) (string, error) { calls++; return "", errBoom },
	}, deciding(t, func(*stringAttempt) (time.Duration, bool) { asked++; return 0, true }))
	fails(t, p, "r", unready)
	if calls != 1 || asked != 1 {
		t.Errorf("%d calls, policy asked %d times", calls, asked)
	}
}

func TestRetryHoldsNothingDuringDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := built(limit(t, 1).Layer(&double{}))(t)
		rejects := built(layer.NewFilter[void, string, string, string](func(string) (string, error) { return "", errBoom }))(t)
		p := stacked(t, shared, deciding(t, atMost(1, time.Minute)), rejects)
		other := stacked(t, shared)
		var wait sync.WaitGroup
		wait.Go(func() { fails(t, p, "r", errBoom) })
		synctest.Wait()
		start := time.Now()
		answers(t, other, "r", "r")
		if took := time.Since(start); took != 0 {
			t.Errorf("the permit came after %v", took)
		}
		wait.Wait()
	})
}

func TestRetryCancelledDuringDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		p := stacked(t, calling(func(voidContext, string) (string, error) { calls++; return "", errBoom }),
			deciding(t, atMost(9, time.Hour)), limit(t, 1))
		parent, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := p.Call(context.New(parent, void{}), "r"); !errors.Is(err, gocontext.DeadlineExceeded) {
			t.Error(err)
		}
		if took := time.Since(start); took != time.Second || calls != 1 {
			t.Errorf("answered after %v and %d calls", took, calls)
		}
	})
}

func TestRetryDoesNotAskForTheGone(t *testing.T) {
	parent, cancel := gocontext.WithCancel(gocontext.Background())
	p := stacked(t, calling(func(voidContext, string) (string, error) { cancel(); return "", errBoom }),
		deciding(t, func(*stringAttempt) (time.Duration, bool) { t.Error("asked"); return 0, true }))
	if _, err := p.Call(context.New(parent, void{}), "r"); !errors.Is(err, errBoom) {
		t.Error(err)
	}
}

func TestRetrySurvivesPanics(t *testing.T) {
	panics := ""
	p := stacked(t, calling(func(_ voidContext, req string) (string, error) {
		if panics == "call" {
			panic(panics)
		}
		return req, nil
	}), retrying(t, func() layer.Policy[void, string, string] {
		return &policy{
			copy: func(req string) (string, bool) {
				if panics == "copy" {
					panic(panics)
				}
				return req, true
			},
			decide: func(*stringAttempt) (time.Duration, bool) {
				if panics == "decide" {
					panic(panics)
				}
				return 0, false
			},
		}
	}), limit(t, 1))
	for _, panics = range []string{"call", "copy", "decide"} {
		if got := panicking(func() { _, _ = p.Call(fresh(), "r") }); got != panics {
			t.Errorf("%s: panicked with %v", panics, got)
		}
	}
	panics = ""
	answers(t, p, "r", "r")
}

// Each attempt has a timeout of its own, and all of them together another.
func TestRetryOverTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := calling(sleeping(time.Hour))
		start := time.Now()
		fails(t, stacked(t, slow, deciding(t, atMost(2, 0)), timed(t, time.Second), limit(t, 1)), "r", layer.ErrElapsed)
		if took := time.Since(start).Round(time.Millisecond); took != 3*time.Second {
			t.Errorf("three attempts took %v", took)
		}
		start = time.Now()
		fails(t, stacked(t, slow, timed(t, 2500*time.Millisecond), deciding(t, atMost(9, 0)), timed(t, time.Second)), "r", layer.ErrElapsed)
		if took := time.Since(start).Round(time.Millisecond); took != 2500*time.Millisecond {
			t.Errorf("all attempts took %v", took)
		}
		synctest.Wait()
	})
}

func TestRetryUnderParallelism(t *testing.T) {
	var wait sync.WaitGroup
	b := built(layer.NewBudget(time.Minute, 100, 0))(t)
	var retries sync.Map
	p := stacked(t, calling(func(voidContext, string) (string, error) { return "", errBoom }),
		deciding(t, func(a *stringAttempt) (time.Duration, bool) {
			again := b.Withdraw()
			if again {
				retries.Store(new(int), a.Number)
			}
			return time.Microsecond, again
		}), limit(t, 3))
	for range 32 {
		wait.Go(func() {
			for range 20 {
				if _, err := p.Call(fresh(), "r"); !errors.Is(err, errBoom) {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	count := 0
	retries.Range(func(any, any) bool { count++; return true })
	if count != 6000 {
		t.Errorf("%d retries out of a budget of 6000", count)
	}
}
