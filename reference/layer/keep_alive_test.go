package layer_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/layer"
)

func keepAlive(idle time.Duration) layer.Layer[stubService, stubService] {
	return sure(layer.NewKeepAlive[struct{}, string, string](idle))
}

func TestKeepAliveRefuses(t *testing.T) {
	for _, idle := range []time.Duration{0, -1} {
		_, err := layer.NewKeepAlive[struct{}, string, string](idle)
		refusesParameter(t, "idle", err)
	}
	_, err := keepAlive(1).Layer(nil)
	refusesParameter(t, "inner", err)
}

func TestKeepAliveFailsWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaf := &stub{}
		one := keepAlive(time.Second)
		p := pipe(leaf, one)
		time.Sleep(999 * time.Millisecond)
		if res, err := p.Call(stubContext{}, "a"); res != "a" || err != nil {
			t.Fatalf("%q, %v", res, err)
		}
		time.Sleep(999 * time.Millisecond)
		if err := p.Ready(stubContext{}); err != nil {
			t.Errorf("one millisecond early: %v", err)
		}
		time.Sleep(time.Millisecond) // readiness has not started the time anew
		asked := leaf.timesAsked()
		if _, err := p.Call(stubContext{}, "b"); !errors.Is(err, layer.ErrIdle) {
			t.Errorf("idle for a second: %v", err)
		}
		if leaf.timesAsked() != asked {
			t.Error("an idle service was asked")
		}
		if err := pipe(leaf, one).Ready(stubContext{}); err != nil {
			t.Errorf("a second service of the layer: %v", err)
		}
		b := p.Bind()
		defer b.Close()
		if _, err := b.CallNow(stubContext{}, "fail"); !errors.Is(err, errStub) {
			t.Error(err)
		}
		if err := p.Ready(stubContext{}); err != nil {
			t.Errorf("after a call: %v", err)
		}
		leaf.saw(t, "a", "fail")
	})
}

func TestCallThroughKeepAliveDoesNotAllocate(t *testing.T) {
	p := pipe(&counter{}, keepAlive(time.Hour))
	if n := testing.AllocsPerRun(100, func() { _, _ = p.Call(stubContext{}, "a") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
	manyCalls(t, p, 8, 100)
}
