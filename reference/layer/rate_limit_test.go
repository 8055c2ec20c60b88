package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func rateLimit(limit int, per time.Duration) layer.Layer[stubService, stubService] {
	return sure(layer.NewRateLimit[struct{}, string, string](limit, per))
}

// arrivals notes when calls reach it.
type arrivals struct {
	start time.Time
	mu    sync.Mutex
	at    []time.Duration
}

func (*arrivals) Ready(stubContext) error    { return nil }
func (*arrivals) Shutdown(stubContext) error { return nil }

func (a *arrivals) Call(_ stubContext, req string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = append(a.at, time.Since(a.start)/time.Millisecond)
	return (*stub)(nil).echo(req)
}

func (a *arrivals) were(t *testing.T, want ...time.Duration) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Equal(a.at, want) {
		t.Errorf("calls arrived at %d ms, want %d", a.at, want)
	}
}

func TestRateLimitRefuses(t *testing.T) {
	for _, limit := range []int{0, -1} {
		_, err := layer.NewRateLimit[struct{}, string, string](limit, time.Second)
		refusesParameter(t, "limit", err)
	}
	for _, per := range []time.Duration{0, -1} {
		_, err := layer.NewRateLimit[struct{}, string, string](1, per)
		refusesParameter(t, "per", err)
	}
	_, err := rateLimit(1, 1).Layer(nil)
	refusesParameter(t, "inner", err)
}

func TestRateLimitWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &arrivals{start: time.Now()}
		p := pipe(leaf, rateLimit(3, 200*time.Millisecond))
		time.Sleep(50 * time.Millisecond) // the window opens with the first call
		call := func(n int) {
			for range n {
				if _, err := p.Call(stubContext{}, "a"); err != nil {
					t.Error(err)
				}
			}
		}
		call(1)
		time.Sleep(199 * time.Millisecond)
		call(2)
		time.Sleep(time.Millisecond)
		call(4) // at the very end of the window
		leaf.were(t, 50, 249, 249, 250, 250, 250, 450)
	})
}

func TestRateLimitServesInOrderAndSkipsTheCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		p := pipe(leaf, rateLimit(1, time.Second))
		calls := queued(p, "a", "b", "c", "d", "e")
		calls[1].cancel() // the head of the line
		calls[3].cancel()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		leaf.saw(t, "a", "c", "e")
		calls[1].is(t, "", gocontext.Canceled)
		calls[3].is(t, "", gocontext.Canceled)
		if n := free(t, p); n != 0 {
			t.Errorf("%d calls free in a spent window", n)
		}
		time.Sleep(time.Second)
		if n := free(t, p); n != 1 {
			t.Errorf("%d calls free in a new window, want 1", n)
		}
	})
}

func TestRateLimitSpendsAtTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &arrivals{start: time.Now()}
		p := pipe(leaf, rateLimit(1, 100*time.Millisecond))
		b := p.Bind()
		defer b.Close()
		for range 2 {
			if err := b.Ready(stubContext{}); err != nil {
				t.Fatal(err)
			}
		}
		next := queued(p, "fail")[0] // nothing is left, and no window is open
		time.Sleep(170 * time.Millisecond)
		next.waits(t)
		if _, err := b.CallNow(stubContext{}, "fail"); !errors.Is(err, errStub) {
			t.Error(err)
		}
		if _, err := b.CallNow(stubContext{}, "unready"); !errors.Is(err, service.ErrNotReady) {
			t.Error(err)
		}
		<-next.done
		if _, err := p.Call(stubContext{}, "a"); err != nil {
			t.Error(err)
		}
		leaf.were(t, 170, 270, 370) // failed calls are not refunded
	})
}

func TestRateLimitGivesBackWhatWasNotSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{failure: errStub}
		p := pipe(leaf, rateLimit(2, time.Second))
		if err := p.Bind().Ready(stubContext{}); !errors.Is(err, errStub) {
			t.Fatal(err)
		}
		leaf.settle(nil)
		b := p.Bind()
		if err := b.Ready(stubContext{}); err != nil {
			t.Fatal(err)
		}
		calls := queued(p, "a", "b")
		calls[0].is(t, "a", nil)
		calls[1].waits(t)
		b.Close()
		synctest.Wait()
		calls[1].is(t, "b", nil)
	})
}

func TestExhaustedRateLimitAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		p := pipe(leaf, rateLimit(1, time.Second))
		calls := queued(p, "a", "b")
		if leaf.timesAsked() != 1 {
			t.Errorf("asked %d times, want 1", leaf.timesAsked())
		}
		if err := p.Ready(stubContext{}.Now()); !errors.Is(err, context.ErrWouldWait) {
			t.Error(err)
		}
		calls[1].cancel()
		synctest.Wait()
		calls[1].is(t, "", gocontext.Canceled)
	})
}

// At the instant at which a window ends, the quota is that of the callers who
// wait, whoever looks first.
func TestRateLimitLetsNobodyIntoTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pipe(&stub{}, rateLimit(1, time.Second))
		queued(p, "a")
		for range 50 {
			next := beginCall(p, "b")
			synctest.Wait()
			time.Sleep(time.Second)
			if err := p.Ready(stubContext{}.Now()); !errors.Is(err, context.ErrWouldWait) {
				t.Fatalf("got past the line: %v", err)
			}
			<-next.done
		}
	})
}

func TestRateLimitsOfOneLayerAreSeparate(t *testing.T) {
	one := rateLimit(1, time.Hour)
	for range 2 {
		p := pipe(&stub{}, one)
		if n := free(t, p); n != 1 {
			t.Errorf("%d calls free, want 1", n)
		}
		if _, err := p.Call(stubContext{}, "a"); err != nil {
			t.Error(err)
		}
	}
}

// Callers in virtual time: whatever they do, each window lets its calls through
// and no more, and the whole takes as many windows as it must.
func TestRateLimitWithManyCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, per, callers, each = 3, 100, 12, 10
		leaf := &arrivals{start: time.Now()}
		p := pipe(leaf, rateLimit(limit, per*time.Millisecond))
		manyCalls(t, p, callers, each)
		count := make(map[time.Duration]int)
		for _, at := range leaf.at {
			count[at/per]++
			if count[at/per] > limit || at%per != 0 {
				t.Fatalf("call %d at %d ms", count[at/per], at)
			}
		}
		if fewest := len(leaf.at) / limit; len(count) > fewest+1 {
			t.Errorf("%d windows for %d calls", len(count), len(leaf.at))
		}
	})
}

// In parallel, with a window that does not end: no more may be set aside at
// once than the limit, and all of it must be there at the end.
func TestRateLimitReservationsUnderParallelism(t *testing.T) {
	const limit = 4
	p := pipe(&stub{}, rateLimit(limit, time.Hour))
	var held atomic.Int64
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for i := range 200 {
				b := p.Bind()
				ctx, cancel := gocontext.WithCancel(gocontext.Background())
				if i%3 == 0 {
					go cancel()
				}
				err := b.Ready(stubContext{}.With(ctx))
				cancel()
				switch {
				case err == nil:
					if n := held.Add(1); n > limit {
						t.Errorf("%d callers ready at once", n)
					}
					held.Add(-1)
				case i%3 != 0 || !errors.Is(err, gocontext.Canceled):
					t.Error(err)
				}
				b.Close()
			}
		})
	}
	all.Wait()
	for i := range limit {
		if _, err := p.Call(stubContext{}, fmt.Sprint(i)); err != nil {
			t.Error(err)
		}
	}
	if n := free(t, p); n != 0 {
		t.Errorf("%d calls free in a spent window", n)
	}
}

func TestCallThroughRateLimitDoesNotAllocate(t *testing.T) {
	p := pipe(&counter{}, rateLimit(1<<30, time.Second))
	ctx := context.New(gocontext.Background(), struct{}{})
	if n := testing.AllocsPerRun(100, func() { _, _ = p.Call(ctx, "a") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
