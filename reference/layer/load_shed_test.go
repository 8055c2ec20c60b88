package layer_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/layer"
)

func loadShed() layer.Layer[stubService, stubService] {
	return sure(layer.NewLoadShed[struct{}, string, string]())
}

func TestLoadShedRefuses(t *testing.T) {
	_, err := loadShed().Layer(nil)
	refusesParameter(t, "inner", err)
}

func TestLoadShedShedsInsteadOfWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{manual: true}
		p := pipe(leaf, loadShed(), oneAtATime())
		first := queued(p, "a")[0]
		shed := p.Bind() // it stays, and must not have joined a queue
		defer shed.Close()
		if _, err := shed.Call(stubContext{}, "b"); !errors.Is(err, layer.ErrOverloaded) {
			t.Error(err)
		}
		if err := shed.Ready(stubContext{}); err != nil {
			t.Errorf("readiness while full: %v", err)
		}
		leaf.answer(t, "a", nil)
		synctest.Wait()
		first.is(t, "a", nil)
		if _, err := shed.CallNow(stubContext{}, "c"); !errors.Is(err, layer.ErrOverloaded) {
			t.Errorf("readiness was for a call to be shed: %v", err)
		}
		next := queued(p, "d")[0]
		leaf.answer(t, "d", nil)
		synctest.Wait()
		next.is(t, "d", nil)
		leaf.saw(t, "a", "d")
	})
}

func TestLoadShedReadinessServesOneCall(t *testing.T) {
	leaf := &stub{}
	p := pipe(leaf, loadShed(), oneAtATime())
	b := p.Bind()
	defer b.Close()
	for range 2 {
		if err := b.Ready(stubContext{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Call(stubContext{}, "other"); !errors.Is(err, layer.ErrOverloaded) {
		t.Errorf("the permit is not held: %v", err)
	}
	if res, err := b.CallNow(stubContext{}, "a"); res != "a" || err != nil {
		t.Fatalf("%q, %v", res, err)
	}
	if _, err := b.CallNow(stubContext{}, "b"); !errors.Is(err, layer.ErrOverloaded) {
		t.Fatal(err)
	}
	if _, err := p.Call(stubContext{}, "fail"); !errors.Is(err, errStub) {
		t.Fatal(err)
	}
	leaf.saw(t, "a", "fail")
}

func TestLoadShedSurfacesFailedReadiness(t *testing.T) {
	leaf := &stub{}
	p := pipe(leaf, loadShed(), oneAtATime())
	b := p.Bind()
	defer b.Close()
	if err := b.Ready(stubContext{}); err != nil {
		t.Fatal(err)
	}
	leaf.settle(errStub)
	if err := b.Ready(stubContext{}); err != errStub {
		t.Errorf("%v, want %v", err, errStub)
	}
	if _, err := b.CallNow(stubContext{}, "not ready"); !errors.Is(err, layer.ErrOverloaded) {
		t.Errorf("a call after failed readiness: %v", err)
	}
	leaf.settle(nil)
	if res, err := p.Call(stubContext{}, "a"); res != "a" || err != nil {
		t.Errorf("after a failure something is still held: %q, %v", res, err)
	}
}

func TestLoadShedUnderParallelism(t *testing.T) {
	leaf := &counter{}
	limit := sure(layer.NewConcurrencyLimit[struct{}, string, string](2))
	p := pipe(leaf, loadShed(), limit)
	manyCalls(t, p, 16, 200, layer.ErrOverloaded)
	if peak := leaf.peak.Load(); peak > 2 {
		t.Errorf("%d calls at once, want at most 2", peak)
	}
	if res, err := p.Call(stubContext{}, "a"); res != "a" || err != nil {
		t.Errorf("%q, %v", res, err)
	}
}
