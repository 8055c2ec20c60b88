package layer_test

import (
	gocontext "context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func spawnReady() layer.Layer[stubService, stubService] {
	return sure(layer.NewSpawnReady[struct{}, string, string]())
}

func TestSpawnReadyRefuses(t *testing.T) {
	_, err := spawnReady().Layer(nil)
	refusesParameter(t, "inner", err)
}

func TestSpawnReadyGoesOnWithoutItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{manual: true}
		limit := oneAtATime()
		inner := sure(limit.Layer(leaf))
		p, bare := pipe(inner, spawnReady()), pipe(inner)
		first := queued(p, "a")[0]
		b := p.Bind()
		waiting := beginReady(b)
		synctest.Wait()
		waiting.cancel()
		synctest.Wait()
		waiting.is(t, "", gocontext.Canceled)
		leaf.answer(t, "a", nil)
		synctest.Wait()
		first.is(t, "a", nil)
		if n := free(t, bare); n != 0 {
			t.Error("the check did not go on")
		}
		for range 2 {
			if err := b.Ready(stubContext{}.Now()); err != nil {
				t.Errorf("what it obtained is not there: %v", err)
			}
		}
		if n := free(t, bare); n != 0 {
			t.Error("what it obtained is not held")
		}
		b.Close()
		if n := free(t, bare); n != 1 {
			t.Error("what it obtained is not given back")
		}
	})
}

func TestSpawnReadyGivesBackWhatNobodyCollects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		inner := sure(oneAtATime().Layer(leaf))
		b := pipe(inner, spawnReady()).Bind()
		waiting := beginReady(b)
		synctest.Wait()
		waiting.cancel()
		synctest.Wait()
		leaf.settle(nil)
		synctest.Wait()
		if n := free(t, pipe(inner)); n != 0 {
			t.Error("the check did not go on")
		}
		b.Close()
		if n := free(t, pipe(inner)); n != 1 {
			t.Error("what it obtained is not given back")
		}
	})
}

func TestSpawnReadyEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		p := pipe(leaf, spawnReady(), oneAtATime())
		b := p.Bind()
		one, two := beginReady(b), beginReady(b)
		synctest.Wait()
		one.cancel()
		synctest.Wait()
		one.is(t, "", gocontext.Canceled)
		two.waits(t)
		if leaf.nowWaiting() != 1 {
			t.Errorf("%d checks wait for one caller", leaf.nowWaiting())
		}
		b.Close()
		synctest.Wait()
		two.is(t, "", service.ErrClosed)
		if leaf.nowWaiting() != 0 {
			t.Error("the check outlives its caller")
		}
		call := queued(p, "a")[0] // given up, it leaves nothing behind either
		call.cancel()
		synctest.Wait()
		call.is(t, "", gocontext.Canceled)
		if leaf.nowWaiting() != 0 {
			t.Error("the check outlives its call")
		}
		other := p.Bind()
		defer other.Close()
		err := other.Ready(stubContext{}.Now())
		synctest.Wait()
		if !errors.Is(err, context.ErrWouldWait) || leaf.nowWaiting() != 0 {
			t.Errorf("%v, and %d checks wait", err, leaf.nowWaiting())
		}
		leaf.settle(nil)
		if err := other.Ready(stubContext{}); err != nil {
			t.Errorf("the answer to an earlier question: %v", err)
		}
		other.Close()
		if res, err := p.Call(stubContext{}, "b"); res != "b" || err != nil {
			t.Errorf("%q, %v", res, err)
		}
		leaf.saw(t, "b")
	})
}

func TestSpawnReadyKeepsTheOutcomeForItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		p := pipe(leaf, spawnReady())
		b := p.Bind()
		defer b.Close()
		for range 2 {
			leaf.block()
			waiting := beginReady(b)
			synctest.Wait()
			waiting.cancel()
			synctest.Wait()
			leaf.settle(errStub)
			synctest.Wait()
			leaf.settle(nil)
			if err := p.Ready(stubContext{}); err != nil {
				t.Errorf("another caller's outcome: %v", err)
			}
			if err := b.Ready(stubContext{}); err != errStub {
				t.Errorf("%v, want %v", err, errStub)
			}
			if err := b.Ready(stubContext{}); err != nil {
				t.Errorf("the outcome latches: %v", err)
			}
		}
		leaf.panics = true
		leaf.block()
		waiting := beginReady(b)
		synctest.Wait()
		leaf.settle(nil)
		synctest.Wait()
		waiting.panickedWith(t, errStub)
	})
}

func TestSpawnReadyWakesEveryCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		leaf.block()
		calls := queued(pipe(leaf, spawnReady()), "a", "b", "c")
		leaf.settle(nil)
		synctest.Wait()
		for i, req := range []string{"a", "b", "c"} {
			calls[i].is(t, req, nil)
		}
	})
}

func TestSpawnReadyUnderParallelism(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &counter{}
		limit := sure(layer.NewConcurrencyLimit[struct{}, string, string](3))
		inner := sure(limit.Layer(leaf))
		p := pipe(inner, spawnReady())
		manyCalls(t, p, 16, 200)
		if peak := leaf.peak.Load(); peak > 3 {
			t.Errorf("%d calls at once, want at most 3", peak)
		}
		synctest.Wait() // a check that has been ended may be about to give back what it got meanwhile
		if n := free(t, pipe(inner)); n != 3 {
			t.Errorf("%d permits free at the end, want 3", n)
		}
	})
}
