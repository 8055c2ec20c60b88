package layer_test

import (
	gocontext "context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func timed(tb testing.TB, after time.Duration) voidLayer {
	tb.Helper()
	return built(layer.NewTimeout[void, string, string](after))(tb)
}

func limit(tb testing.TB, max int) voidLayer {
	tb.Helper()
	return built(layer.NewConcurrencyLimit[void, string, string](max))(tb)
}

// sleeping answers after a time, or when its context ends, whichever is first.
func sleeping(d time.Duration) func(voidContext, string) (string, error) {
	return func(ctx voidContext, req string) (string, error) {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return req, nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func TestTimeoutRefuses(t *testing.T) {
	for _, after := range []time.Duration{0, -1} {
		_, err := layer.NewTimeout[void, string, string](after)
		refused(t, err, "after")
	}
	_, err := timed(t, time.Second).Layer(nil)
	refused(t, err, "inner")
}

func TestTimeoutAnswersAtDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		p := stacked(t, calling(func(ctx voidContext, req string) (string, error) {
			<-ctx.Done()
			cause = gocontext.Cause(ctx.Go())
			return "", ctx.Err()
		}), timed(t, time.Second))
		start := time.Now()
		fails(t, p, "r", layer.ErrElapsed)
		// One nanosecond: see the tie below.
		if took := time.Since(start); took != time.Second+1 {
			t.Errorf("answered after %v", took)
		}
		synctest.Wait()
		if !errors.Is(cause, layer.ErrElapsed) {
			t.Errorf("the inner call ended with the cause %v", cause)
		}
	})
}

func TestTimeoutTieFavoursResponse(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			p := stacked(t, calling(sleeping(time.Second)), timed(t, time.Second))
			answers(t, p, "r", "r")
		})
	}
}

func TestTimeoutPassesErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("boom")
		p := stacked(t, calling(func(voidContext, string) (string, error) { return "", boom }), timed(t, time.Second))
		if _, err := p.Call(fresh(), "r"); err != boom { //nolint:errorlint // the very error
			t.Error(err)
		}
	})
}

func TestTimeoutDoesNotWaitForTheDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		returned := false
		p := stacked(t, calling(func(voidContext, string) (string, error) {
			time.Sleep(time.Hour)
			returned = true
			panic("nobody left to tell")
		}), timed(t, time.Second))
		start := time.Now()
		fails(t, p, "r", layer.ErrElapsed)
		if took := time.Since(start); took > time.Second+1 {
			t.Errorf("answered after %v", took)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if !returned {
			t.Error("the inner call is still there")
		}
	})
}

func TestTimeoutEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := stacked(t, calling(func(voidContext, string) (string, error) {
			time.Sleep(time.Hour)
			return "", nil
		}), timed(t, time.Minute))
		parent, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := p.Call(context.New(parent, void{}), "r")
		if !errors.Is(err, gocontext.DeadlineExceeded) || errors.Is(err, layer.ErrElapsed) {
			t.Error(err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("answered after %v", took)
		}
		time.Sleep(time.Hour)
	})
}

func TestTimeoutCarriesPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		value := errors.New("boom")
		panics := true
		p := stacked(t, calling(func(voidContext, string) (string, error) {
			if panics {
				panic(value)
			}
			return "ok", nil
		}), timed(t, time.Second), limit(t, 1))
		if got := panicking(func() { _, _ = p.Call(fresh(), "r") }); got != value {
			t.Errorf("panicked with %v", got)
		}
		panics = false
		answers(t, p, "r", "ok")
	})
}

func TestTimeoutCarriesGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := stacked(t, calling(func(voidContext, string) (string, error) {
			runtime.Goexit()
			return "", nil
		}), timed(t, time.Second), limit(t, 1))
		var value any
		answered := false
		var wait sync.WaitGroup
		wait.Go(func() {
			defer func() { value = recover() }()
			_, _ = p.Call(fresh(), "r")
			answered = true
		})
		wait.Wait()
		if value != nil || answered {
			t.Errorf("panicked with %v, answered %v", value, answered)
		}
	})
}

func TestTimeoutDoesNotTimeReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := stacked(t, &double{ready: func(voidContext) error {
			time.Sleep(time.Hour)
			return nil
		}}, timed(t, time.Second))
		answers(t, p, "r", "r")
	})
}

func TestTimeoutFreesPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := stacked(t, calling(func(ctx voidContext, req string) (string, error) {
			if req == "slow" {
				return sleeping(time.Hour)(ctx, req)
			}
			return req, nil
		}), timed(t, time.Second), limit(t, 1))
		fails(t, p, "slow", layer.ErrElapsed)
		start := time.Now()
		answers(t, p, "quick", "quick")
		if took := time.Since(start); took != 0 {
			t.Errorf("the permit came after %v", took)
		}
	})
}

// A late attempt must not spend what its caller reserved for the next one.
func TestTimeoutLateCallHasItsOwnCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := make(chan void)
		inside := built(limit(t, 1).Layer(&double{}))(t)
		late := calling(func(ctx voidContext, req string) (string, error) {
			if req == "late" {
				<-wait // deaf, then spends
			}
			return inside.Call(ctx, req)
		})
		late.ready = inside.Ready
		b := stacked(t, late, timed(t, time.Second)).Bind()
		defer b.Close()
		if err := b.Ready(fresh()); err != nil {
			t.Fatal(err)
		}
		if _, err := b.CallNow(fresh(), "late"); !errors.Is(err, layer.ErrElapsed) {
			t.Fatal(err)
		}
		if err := b.Ready(fresh().Now()); err != nil {
			t.Fatalf("what the late call reserved was not given back: %v", err)
		}
		close(wait)
		synctest.Wait()
		if got, err := b.CallNow(fresh(), "next"); got != "next" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestTimeoutReturnsWhatWasNotSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := built(layer.NewFilter[void, string, string, string](func(string) (string, error) { return "", errors.New("no") }))(t)
		rejects := built(l.Layer(built(limit(t, 1).Layer(&double{}))(t)))(t)
		slow := built(timed(t, time.Second).Layer(rejects))(t)
		caller := context.NewCaller()
		defer caller.Finish()
		ctx := fresh().WithCaller(caller)
		if _, err := service.Invoke(ctx, slow, "r"); err == nil {
			t.Fatal("not rejected")
		}
		other := context.NewCaller()
		defer other.Finish()
		if err := slow.Ready(ctx.WithCaller(other).Now()); !errors.Is(err, context.ErrWouldWait) {
			t.Errorf("the permit is free: %v", err)
		}
		if err := slow.Ready(ctx.Now()); err != nil {
			t.Errorf("the reservation did not come back to its caller: %v", err)
		}
	})
}

// What a call was made of can be collected once it is over, though its deadline
// and its parent are far away.
func TestTimeoutForgets(t *testing.T) {
	l := built(layer.NewTimeout[void, *[64]byte, void](time.Hour))(t)
	leaf := built(service.NewFunc(func(voidContext, *[64]byte) (void, error) { return void{}, nil }))(t)
	p := built(service.NewPipeline(built(l.Layer(leaf))(t)))(t)
	parent, cancel := gocontext.WithCancel(gocontext.Background())
	defer cancel()
	req := new([64]byte)
	gone := weak.Make(req)
	if _, err := p.Call(context.New(parent, void{}), req); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if runtime.GC(); gone.Value() == nil {
			return
		}
	}
	t.Error("the request is still held")
}

// Real time and real parallelism: deadlines that meet answers.
func TestTimeoutStress(t *testing.T) {
	var now, most atomic.Int64
	p := stacked(t, calling(func(ctx voidContext, req string) (string, error) {
		n := now.Add(1)
		defer now.Add(-1)
		for {
			m := most.Load()
			if n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		if rand.IntN(50) == 0 {
			panic("stress")
		}
		return sleeping(time.Duration(rand.IntN(60))*time.Microsecond)(ctx, req)
	}), timed(t, 30*time.Microsecond), limit(t, 4))
	var elapsed, answered, panicked atomic.Int64
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for range 200 {
				value := panicking(func() {
					switch _, err := p.Call(fresh(), "r"); {
					case err == nil:
						answered.Add(1)
					case errors.Is(err, layer.ErrElapsed):
						elapsed.Add(1)
					default:
						t.Error(err)
					}
				})
				if value != nil {
					panicked.Add(1)
				}
			}
		})
	}
	wait.Wait()
	if most.Load() > 4 {
		t.Errorf("%d calls in progress under a limit of 4", most.Load())
	}
	if sum := answered.Load() + elapsed.Load() + panicked.Load(); sum != 16*200 || elapsed.Load() == 0 {
		t.Errorf("answered %d, elapsed %d, panicked %d", answered.Load(), elapsed.Load(), panicked.Load())
	}
	var held []*service.Binding[void, string, string]
	for range 4 { // a late call may still be on its way out: this waits for it
		b := p.Bind()
		held = append(held, b)
		if err := b.Ready(fresh()); err != nil {
			t.Error(err)
		}
	}
	for _, b := range held {
		b.Close()
	}
}
