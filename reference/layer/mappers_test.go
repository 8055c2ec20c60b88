package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func TestMappersRefuse(t *testing.T) {
	_, err := layer.NewMapResponse[void, string, string, string](nil)
	refused(t, err, "f")
	_, err = layer.NewMapErr[void, string, string](nil)
	refused(t, err, "f")
	_, err = layer.NewMapResult[void, string, string, string](nil)
	refused(t, err, "f")
	_, err = layer.NewMapFuture[void, string, string, string](nil)
	refused(t, err, "f")
	_, err = layer.NewThen[void, string, string, string](nil)
	refused(t, err, "f")
	_, err = layer.NewAndThen[void, string, string, string](nil)
	refused(t, err, "f")
	for _, l := range mappers(t, new([]string)) {
		_, err = l.Layer(nil)
		refused(t, err, "inner")
	}
}

// mappers are the mapping layers around functions that note what they are given
// and pass it on, an error with a wrapping.
func mappers(tb testing.TB, log *[]string) map[string]voidLayer {
	wrap := func(err error) error {
		if err == nil {
			return nil
		}
		return fmt.Errorf("wrapped: %w", err)
	}
	note := func(res string, err error) {
		if err != nil {
			res = "error " + err.Error()
		}
		*log = append(*log, res)
	}
	result := func(res string, err error) (string, error) { note(res, err); return res + ">mapped", wrap(err) }
	return map[string]voidLayer{
		"map-response": built(layer.NewMapResponse[void, string](func(res string) string { note(res, nil); return res + ">mapped" }))(tb),
		"map-error":    built(layer.NewMapErr[void, string, string](func(err error) error { note("", err); return wrap(err) }))(tb),
		"map-result":   built(layer.NewMapResult[void, string](result))(tb),
		"map-future": built(layer.NewMapFuture[void, string](
			func(_ voidContext, call func() (string, error)) (string, error) { return result(call()) }))(tb),
		"then": built(layer.NewThen[void, string](
			func(_ voidContext, res string, err error) (string, error) { return result(res, err) }))(tb),
		"and-then": built(layer.NewAndThen[void, string](
			func(_ voidContext, res string) (string, error) { return result(res, nil) }))(tb),
	}
}

func TestMappersAreGivenTheirPart(t *testing.T) {
	errUnready, errSick := errors.New("unready"), errors.New("sick")
	for name, want := range map[string]struct{ response, failure, readiness, poll bool }{
		"map-response": {response: true},
		"map-error":    {failure: true, readiness: true, poll: true},
		"map-result":   {response: true, failure: true},
		"map-future":   {response: true, failure: true},
		"then":         {response: true, failure: true},
		"and-then":     {response: true},
	} {
		var log []string
		expect := func(what string, applied bool, entry string) {
			t.Helper()
			var entries []string
			if applied {
				entries = []string{entry}
			}
			if !slices.Equal(log, entries) {
				t.Errorf("%s, %s: given %q, want %q", name, what, log, entries)
			}
			log = nil
		}
		var ready error
		down := false
		p := stacked(t, &double{
			ready: func(voidContext) error { return ready },
			call: func(_ voidContext, req string) (string, error) {
				if req == "bad" {
					return "", errBoom
				}
				return req, nil
			},
			shutdown: func(voidContext) error { down = true; return nil },
			poll:     func(voidContext) error { return errSick },
		}, mappers(t, &log)[name], limit(t, 1))

		response := "r"
		if want.response {
			response = "r>mapped"
		}
		answers(t, p, "r", response)
		expect("response", want.response, "r")
		fails(t, p, "bad", errBoom)
		expect("error", want.failure, "error boom")
		if err := p.Poll(fresh()); !errors.Is(err, errSick) {
			t.Errorf("%s: poll gave %v", name, err)
		}
		expect("poll", want.poll, "error sick")
		ready = errUnready
		fails(t, p, "r", errUnready)
		expect("readiness error", want.readiness, "error unready")
		if err := p.Shutdown(fresh()); err != nil || !down {
			t.Errorf("%s: shutdown %v, %v", name, down, err)
		}
	}
}

func TestMapErrKeepsAnErrorAnError(t *testing.T) {
	l := built(layer.NewMapErr[void, string, string](func(error) error { return nil }))(t)
	p := stacked(t, calling(func(voidContext, string) (string, error) { return "", errBoom }), l)
	fails(t, p, "r", errBoom)
}

func TestMapErrLeavesWouldWait(t *testing.T) {
	var log []string
	s := built(mappers(t, &log)["map-error"].Layer(built(limit(t, 1).Layer(&double{}))(t)))(t)
	caller, other := context.NewCaller(), context.NewCaller()
	defer caller.Finish()
	defer other.Finish()
	if err := s.Ready(fresh().WithCaller(caller)); err != nil {
		t.Fatal(err)
	}
	//nolint:errorlint // the very error
	if err := s.Ready(fresh().WithCaller(other).Now()); err != context.ErrWouldWait || log != nil {
		t.Errorf("got %v, given %q", err, log)
	}
}

func TestMapErrLeavesTheEndOfTheContext(t *testing.T) {
	var log []string
	gone, cancel := gocontext.WithCancel(gocontext.Background())
	cancel()
	p := stacked(t, calling(func(ctx voidContext, _ string) (string, error) { return "", ctx.Err() }), mappers(t, &log)["map-error"])
	//nolint:errorlint // the very error
	if _, err := p.Call(context.New(gone, void{}), "r"); err != gocontext.Canceled || log != nil {
		t.Errorf("got %v, given %q", err, log)
	}
}

// The second step is part of the call, to a timeout outside as to a limit.
func TestSecondStepIsPartOfTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		step := func(ctx voidContext, res string) (string, error) { return sleeping(time.Minute)(ctx, res) }
		for _, l := range []voidLayer{
			built(layer.NewAndThen[void, string](step))(t),
			built(layer.NewThen[void, string](func(ctx voidContext, res string, _ error) (string, error) { return step(ctx, res) }))(t),
		} {
			start := time.Now()
			fails(t, stacked(t, &double{}, timed(t, time.Second), l), "r", layer.ErrElapsed)
			if took := time.Since(start); took > time.Second+1 {
				t.Errorf("answered after %v", took)
			}
		}
		synctest.Wait()
	})
}

func TestMapFutureDecidesWhetherToCall(t *testing.T) {
	called := false
	l := built(layer.NewMapFuture[void, string](
		func(voidContext, func() (string, error)) (string, error) { return "instead", nil }))(t)
	p := stacked(t, calling(func(voidContext, string) (string, error) { called = true; return "", nil }), l, limit(t, 1))
	for range 2 { // what was reserved is given back
		answers(t, p, "r", "instead")
	}
	if called {
		t.Error("called")
	}
}

func TestMappersChangeTypes(t *testing.T) {
	number := built(built(layer.NewMapResponse[void, string](func(s string) int { return len(s) }))(t).Layer(&double{}))(t)
	twice := built(built(layer.NewAndThen[void, string](
		func(_ voidContext, n int) (float64, error) { return 2.5 * float64(n), nil }))(t).Layer(number))(t)
	text := built(built(layer.NewMapResult[void, string](
		func(f float64, err error) (string, error) { return strconv.FormatFloat(f, 'f', -1, 64), err }))(t).Layer(twice))(t)
	p := built(service.NewPipeline(text))(t)
	if got, err := p.Call(fresh(), "four"); got != "10" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestMapperPanicHoldsNothing(t *testing.T) {
	for _, l := range []voidLayer{
		built(layer.NewMapResponse[void, string](func(string) string { panic("mapper") }))(t),
		built(layer.NewThen[void, string](func(voidContext, string, error) (string, error) { panic("mapper") }))(t),
		built(layer.NewMapFuture[void, string](func(voidContext, func() (string, error)) (string, error) { panic("mapper") }))(t),
	} {
		p := stacked(t, &double{}, limit(t, 1), l, limit(t, 1))
		for range 2 {
			if got := panicking(func() { _, _ = p.Call(fresh(), "r") }); got != "mapper" {
				t.Errorf("panicked with %v", got)
			}
		}
	}
}

func TestMappersDoNotAllocate(t *testing.T) {
	pass := func(res string) string { return res }
	p := stacked(t, &double{},
		built(layer.NewMapResponse[void, string](pass))(t),
		built(layer.NewMapErr[void, string, string](func(err error) error { return err }))(t),
		built(layer.NewMapResult[void, string](func(res string, err error) (string, error) { return res, err }))(t),
		built(layer.NewThen[void, string](func(_ voidContext, res string, err error) (string, error) { return res, err }))(t),
		built(layer.NewAndThen[void, string](func(_ voidContext, res string) (string, error) { return res, nil }))(t),
		built(layer.NewFilter[void, string, string, string](func(req string) (string, error) { return req, nil }))(t),
		built(layer.NewFilterAsync[void, string, string, string](func(_ voidContext, req string) (string, error) { return req, nil }))(t),
		layer.Boxed[void, string, string]{},
		retrying(t, func() layer.Policy[void, string, string] { return nil }),
	)
	ctx := fresh()
	if n := testing.AllocsPerRun(100, func() { _, _ = p.Call(ctx, "r") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
