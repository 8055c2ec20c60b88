package layer_test

import (
	gocontext "context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func inFlight(limit int) layer.Layer[stubService, stubService] {
	return sure(layer.NewInFlightLimit[struct{}, string, string](limit))
}

func TestSharedAndInFlightLimitsRefuse(t *testing.T) {
	for _, limit := range []int{0, -1} {
		_, err := layer.NewPermits(limit)
		refusesParameter(t, "limit", err)
		_, err = layer.NewInFlightLimit[struct{}, string, string](limit)
		refusesParameter(t, "limit", err)
	}
	_, err := layer.NewGlobalConcurrencyLimit[struct{}, string, string](nil)
	refusesParameter(t, "permits", err)
	_, err = sure(layer.NewGlobalConcurrencyLimit[struct{}, string, string](sure(layer.NewPermits(1)))).Layer(nil)
	refusesParameter(t, "inner", err)
	_, err = inFlight(1).Layer(nil)
	refusesParameter(t, "inner", err)
}

func TestGlobalLimitIsSharedAcrossServicesAndTypes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		permits := sure(layer.NewPermits(2))
		texts := sure(layer.NewGlobalConcurrencyLimit[struct{}, string, string](permits))
		numbers := sure(layer.NewGlobalConcurrencyLimit[struct{}, int, int](permits))
		leaf := &stub{manual: true}
		one, two := pipe(leaf, texts), pipe(leaf, texts)
		double := sure(service.NewFunc(func(_ stubContext, n int) (int, error) { return 2 * n, nil }))
		three := sure(service.NewPipeline(sure(numbers.Layer(double))))

		calls := append(queued(one, "a"), queued(two, "b", "c")...)
		leaf.saw(t, "a", "b")
		if _, err := three.Call(stubContext{}.Now(), 1); !errors.Is(err, context.ErrWouldWait) {
			t.Errorf("a third call: %v", err)
		}
		leaf.answer(t, "a", errStub)
		synctest.Wait()
		leaf.saw(t, "a", "b", "c")
		calls[1].cancel()
		synctest.Wait()
		if n, err := three.Call(stubContext{}, 1); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		calls[2].cancel()
		synctest.Wait()
		if n := free(t, one); n != 2 {
			t.Errorf("%d permits free at the end, want 2", n)
		}
	})
}

func TestGlobalLimitUnderParallelism(t *testing.T) {
	limit := sure(layer.NewGlobalConcurrencyLimit[struct{}, string, string](sure(layer.NewPermits(3))))
	leaf := &counter{}
	one, two := pipe(leaf, limit), pipe(leaf, limit)
	manyCallsUntil(t, one, func() { manyCalls(t, two, 8, 100) })
	if peak := leaf.peak.Load(); peak > 3 {
		t.Errorf("%d calls at once, want at most 3", peak)
	}
	if n := free(t, two); n != 3 {
		t.Errorf("%d permits free at the end, want 3", n)
	}
}

func TestInFlightLimitCountsFromTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{manual: true}
		p := pipe(leaf, inFlight(1))
		b, c := p.Bind(), p.Bind()
		defer b.Close()
		defer c.Close()
		for _, each := range []*service.Binding[struct{}, string, string]{b, c, b} {
			if err := each.Ready(stubContext{}.Now()); err != nil {
				t.Fatalf("readiness took the only slot: %v", err)
			}
		}
		first := begin(func(ctx stubContext) (string, error) { return b.CallNow(ctx, "a") })
		synctest.Wait()
		second := begin(func(ctx stubContext) (string, error) { return c.CallNow(ctx, "b") })
		unready := begin(func(ctx stubContext) (string, error) { return c.CallNow(ctx, "c") })
		ready := beginReady(b)
		synctest.Wait()
		leaf.saw(t, "a")
		ready.waits(t)
		if err := p.Ready(stubContext{}.Now()); !errors.Is(err, context.ErrWouldWait) {
			t.Error(err)
		}
		unready.cancel()
		synctest.Wait()
		unready.is(t, "", gocontext.Canceled)
		first.cancel() // in flight
		synctest.Wait()
		first.is(t, "", gocontext.Canceled)
		leaf.saw(t, "a", "b")
		leaf.answer(t, "b", errStub)
		synctest.Wait()
		second.is(t, "", errStub)
		ready.is(t, "", nil)
		if err := p.Ready(stubContext{}.Now()); err != nil {
			t.Error(err)
		}
	})
}

func TestInFlightLimitFreesItsSlotOnPanicAndAsksInner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		p := pipe(leaf, inFlight(1))
		queued(p, "panic")[0].panickedWith(t, errStub)
		leaf.block()
		call := queued(p, "a")[0]
		call.waits(t)
		leaf.settle(errStub)
		synctest.Wait()
		call.is(t, "", errStub)
		leaf.settle(nil)
		if res, err := p.Call(stubContext{}, "b"); res != "b" || err != nil {
			t.Errorf("%q, %v", res, err)
		}
	})
}

func TestInFlightLimitsOfOneLayerAreSeparate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, leaf := inFlight(1), &stub{manual: true}
		calls := append(queued(pipe(leaf, one), "a"), queued(pipe(leaf, one), "b")...)
		leaf.saw(t, "a", "b")
		for _, call := range calls {
			call.cancel()
		}
	})
}

// Readiness must not get in the way of readiness.
func TestReadinessOfInFlightLimitTakesNoSlot(t *testing.T) {
	p := pipe(&stub{}, inFlight(1))
	if _, err := p.Call(stubContext{}, "a"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50_000 {
				if err := p.Ready(stubContext{}.Now()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestInFlightLimitUnderParallelism(t *testing.T) {
	leaf := &counter{}
	p := pipe(leaf, inFlight(3))
	manyCalls(t, p, 16, 200)
	if peak := leaf.peak.Load(); peak > 3 {
		t.Errorf("%d calls at once, want at most 3", peak)
	}
	if err := p.Ready(stubContext{}.Now()); err != nil {
		t.Error(err)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = p.Call(stubContext{}, "a") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
