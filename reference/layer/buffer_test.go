package layer_test

import (
	gocontext "context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func buffer(bound int) layer.Layer[stubService, stubService] {
	return sure(layer.NewBuffer[struct{}, string, string](bound))
}

// queued begins calls one after the other.
func queued(p *stubPipeline, requests ...string) []*operation {
	var all []*operation
	for _, req := range requests {
		all = append(all, beginCall(p, req))
		synctest.Wait()
	}
	return all
}

func TestBufferRefuses(t *testing.T) {
	for _, bound := range []int{0, -1} {
		_, err := layer.NewBuffer[struct{}, string, string](bound)
		refusesParameter(t, "bound", err)
	}
	_, err := buffer(1).Layer(nil)
	refusesParameter(t, "inner", err)
}

func TestBufferQueuesItsBoundAndOneMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		p := pipe(leaf, buffer(3))
		calls := queued(p, "a", "b")
		if n := free(t, p); n != 2 {
			t.Errorf("%d places free with one call in hand and one queued, want 2", n)
		}
		b := p.Bind()
		defer b.Close()
		if err := b.Ready(stubContext{}.Now()); err != nil {
			t.Error(err)
		}
		if err := b.Ready(stubContext{}.Now()); err != nil {
			t.Errorf("a second readiness: %v", err)
		}
		if n := free(t, p); n != 1 {
			t.Errorf("%d places free beside a reservation, want 1", n)
		}
		calls = append(calls, queued(p, "c", "d")...)
		calls[3].waits(t)
		calls[3].cancel()
		b.Close()
		synctest.Wait()
		calls[3].is(t, "", gocontext.Canceled)
		leaf.settle(nil)
		synctest.Wait()
		for i, req := range []string{"a", "b", "c"} {
			calls[i].is(t, req, nil)
		}
		if n := free(t, p); n != 3 {
			t.Errorf("%d places free at the end, want 3", n)
		}
	})
}

func TestBufferDispatchesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{manual: true}
		p := pipe(leaf, buffer(3), oneAtATime())
		calls := queued(p, "a", "b", "c", "d", "e")
		calls[2].cancel() // queued: its place is e's at once
		synctest.Wait()
		calls[2].is(t, "", gocontext.Canceled)
		calls[1].cancel() // its turn: it waits for the limit inside
		synctest.Wait()
		calls[1].is(t, "", gocontext.Canceled)
		for _, req := range []string{"a", "d", "e"} {
			leaf.answer(t, req, nil)
			synctest.Wait()
		}
		leaf.saw(t, "a", "d", "e")
		calls[4].is(t, "e", nil)
	})
}

func TestBufferOverlapsCallsAndAbandonsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{manual: true}
		calls := queued(pipe(leaf, buffer(1)), "a", "b", "c")
		leaf.saw(t, "a", "b", "c")
		calls[1].cancel()
		synctest.Wait()
		if !slices.Equal(leaf.gone, []string{"b"}) {
			t.Errorf("abandoned %v, want b", leaf.gone)
		}
		leaf.answer(t, "c", errStub)
		leaf.answer(t, "a", nil)
		synctest.Wait()
		calls[0].is(t, "a", nil)
		calls[1].is(t, "", gocontext.Canceled)
		calls[2].is(t, "", errStub)
		if errors.As(calls[2].err, new(*layer.BufferError)) {
			t.Error("the error of a call is wrapped")
		}
	})
}

func TestIdleBufferAsksNothing(t *testing.T) {
	leaf := &stub{}
	p := pipe(leaf, buffer(1))
	b := p.Bind()
	defer b.Close()
	for range 2 {
		if err := b.Ready(stubContext{}.Now()); err != nil || leaf.timesAsked() != 0 {
			t.Fatalf("%v, asked %d times", err, leaf.timesAsked())
		}
	}
	if _, err := p.Bind().CallNow(stubContext{}, "unready"); !errors.Is(err, service.ErrNotReady) {
		t.Fatal(err)
	}
	if res, err := b.CallNow(stubContext{}, "a"); res != "a" || err != nil || leaf.timesAsked() != 1 {
		t.Fatalf("%q, %v, asked %d times", res, err, leaf.timesAsked())
	}
	leaf.saw(t, "a")
}

func TestBufferTellsEveryoneOfFailedReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		p := pipe(leaf, buffer(2))
		b := p.Bind()
		defer b.Close()
		if err := b.Ready(stubContext{}); err != nil {
			t.Fatal(err)
		}
		calls := queued(p, "in hand", "queued", "waiting", "waiting too")
		leaf.settle(errStub)
		synctest.Wait()
		asked := leaf.timesAsked()
		leaf.settle(nil) // it recovers, and nobody asks
		_, held := b.CallNow(stubContext{}, "held")
		_, later := p.Call(stubContext{}, "later")
		for _, err := range []error{held, later, b.Ready(stubContext{}), calls[0].err, calls[1].err, calls[2].err, calls[3].err} {
			var failed *layer.BufferError
			if !errors.As(err, &failed) || failed.Cause != errStub || !errors.Is(err, errStub) {
				t.Errorf("%v, want a BufferError because of the leaf's", err)
			}
		}
		for _, call := range calls {
			call.is(t, "", errStub)
		}
		if leaf.timesAsked() != asked {
			t.Error("asked again after the failure")
		}
		leaf.saw(t)
	})
}

func TestBufferOutlivesPanicsOfCallsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		p := pipe(leaf, buffer(1), oneAtATime())
		calls := queued(p, "panic", "fine")
		calls[0].panickedWith(t, errStub)
		calls[1].is(t, "fine", nil)

		leaf.panics = true
		leaf.block()
		p = pipe(leaf, buffer(1))
		calls = queued(p, "in hand", "queued", "waiting")
		leaf.settle(nil)
		synctest.Wait()
		calls[0].panickedWith(t, errStub)
		calls[1].is(t, "", layer.ErrClosed)
		calls[2].is(t, "", layer.ErrClosed)
		if _, err := p.Call(stubContext{}, "later"); !errors.Is(err, layer.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestBufferTakesNoEndedContextForAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		p := pipe(leaf, buffer(2))
		b := p.Bind()
		defer b.Close()
		if err := b.Ready(stubContext{}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.CallNow(stubContext{}.Now(), "now"); !errors.Is(err, context.ErrWouldWait) {
			t.Error(err)
		}
		ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		if _, err := p.Call(stubContext{}.With(ctx), "late"); !errors.Is(err, gocontext.DeadlineExceeded) {
			t.Error(err)
		}
		// The context has ended, yet there is a place, the turn, and readiness.
		leaf.settle(nil)
		asked := leaf.timesAsked()
		if _, err := p.Call(stubContext{}.With(ctx), "ended"); !errors.Is(err, gocontext.DeadlineExceeded) || leaf.timesAsked() != asked {
			t.Errorf("%v, asked %d times", err, leaf.timesAsked()-asked)
		}
		if res, err := p.Call(stubContext{}, "a"); res != "a" || err != nil {
			t.Errorf("%q, %v", res, err)
		}
		leaf.saw(t, "a")
	})
}

// quitting is ready, but by then its caller has given up.
type quitting struct {
	stub
	quit gocontext.CancelFunc
}

func (q *quitting) Ready(stubContext) error { q.quit(); return nil }

func TestBufferDropsACallThatIsGivenUpInItsTurn(t *testing.T) {
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	leaf := &quitting{quit: cancel}
	if _, err := pipe(leaf, buffer(1)).Call(stubContext{}.With(ctx), "a"); !errors.Is(err, gocontext.Canceled) {
		t.Error(err)
	}
	leaf.saw(t)
}

func TestBufferTellsThoseWhoWaitForHeldPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		p := pipe(leaf, buffer(1))
		call := queued(p, "in hand")[0]
		holder := p.Bind()
		defer holder.Close()
		if err := holder.Ready(stubContext{}); err != nil {
			t.Fatal(err)
		}
		one, two := p.Bind(), p.Bind()
		defer one.Close()
		defer two.Close()
		waiting := []*operation{call, beginReady(one), beginReady(two)}
		synctest.Wait()
		leaf.settle(errStub)
		synctest.Wait()
		for _, o := range waiting {
			o.is(t, "", errStub)
		}
	})
}

func TestBufferShutdownDispatchesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		p := pipe(leaf, buffer(2))
		calls := queued(p, "in hand", "queued", "queued too", "waiting")
		down := begin(func(ctx stubContext) (string, error) { return "", p.Shutdown(ctx) })
		synctest.Wait()
		down.waits(t)
		calls[3].is(t, "", layer.ErrClosed)
		if _, err := p.Call(stubContext{}, "later"); !errors.Is(err, layer.ErrClosed) {
			t.Error(err)
		}
		if leaf.down {
			t.Error("shut down before the queue was dispatched")
		}
		leaf.settle(nil)
		synctest.Wait()
		down.is(t, "", nil)
		for i, req := range []string{"in hand", "queued", "queued too"} {
			calls[i].is(t, req, nil)
		}
		if !leaf.down {
			t.Error("not shut down")
		}
		if _, err := p.Call(stubContext{}, "after"); !errors.Is(err, layer.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestBufferShutdownThatIsCutShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		p := pipe(leaf, buffer(2))
		calls := queued(p, "in hand", "queued", "queued too")
		ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		if err := p.Shutdown(stubContext{}.With(ctx)); !errors.Is(err, gocontext.DeadlineExceeded) {
			t.Error(err)
		}
		synctest.Wait()
		calls[0].waits(t)
		calls[1].is(t, "", layer.ErrClosed)
		calls[2].is(t, "", layer.ErrClosed)
		if !leaf.down {
			t.Error("not shut down")
		}
		leaf.settle(nil)
		synctest.Wait()
		calls[0].is(t, "in hand", nil)
	})
}

func TestBufferLayerIsReusable(t *testing.T) {
	one := buffer(1)
	broken, sound := pipe(&stub{failure: errStub}, one), pipe(&stub{}, one)
	if _, err := broken.Call(stubContext{}, "a"); !errors.Is(err, errStub) {
		t.Fatal(err)
	}
	if res, err := sound.Call(stubContext{}, "a"); res != "a" || err != nil {
		t.Fatalf("%q, %v", res, err)
	}
}

func TestBufferUnderParallelism(t *testing.T) {
	leaf := &counter{}
	limit := sure(layer.NewConcurrencyLimit[struct{}, string, string](3))
	p := pipe(leaf, buffer(4), limit)
	manyCalls(t, p, 16, 200)
	if peak := leaf.peak.Load(); peak > 3 {
		t.Errorf("%d calls at once, want at most 3", peak)
	}
	if n := free(t, p); n != 4 {
		t.Errorf("%d places free at the end, want 4", n)
	}
	if n := free(t, pipe(leaf, limit)); n != 3 {
		t.Errorf("%d permits free at the end, want 3", n)
	}
}

func TestBufferThatFailsUnderParallelism(t *testing.T) {
	leaf := &stub{}
	p := pipe(leaf, buffer(2))
	manyCallsUntil(t, p, func() { leaf.settle(errStub) }, errStub)
	if _, err := p.Call(stubContext{}, "later"); !errors.Is(err, errStub) {
		t.Error(err)
	}
	leaf = &stub{}
	p = pipe(leaf, buffer(2))
	manyCallsUntil(t, p, func() {
		if err := p.Shutdown(stubContext{}); err != nil {
			t.Error(err)
		}
	}, layer.ErrClosed)
}

func TestCallThroughBufferDoesNotAllocate(t *testing.T) {
	p := pipe(&counter{}, buffer(1))
	ctx := context.New(gocontext.Background(), struct{}{})
	if n := testing.AllocsPerRun(100, func() { _, _ = p.Call(ctx, "a") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
