package layer_test

import (
	gocontext "context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

var errRejected = errors.New("rejected")

func screen(req string) (string, error) {
	if strings.HasPrefix(req, "bad") {
		return "", errRejected
	}
	return req + ">screened", nil
}

// filters are the two kinds of filter around a predicate that does the same.
func filters(tb testing.TB) map[string]voidLayer {
	return map[string]voidLayer{
		"filter": built(layer.NewFilter[void, string, string, string](screen))(tb),
		"filter-async": built(layer.NewFilterAsync[void, string, string, string](
			func(ctx voidContext, req string) (string, error) {
				if _, err := sleeping(time.Second)(ctx, req); err != nil {
					return "", err
				}
				return screen(req)
			}))(tb),
	}
}

func TestFilterRefuses(t *testing.T) {
	_, err := layer.NewFilter[void, string, string, string](nil)
	refused(t, err, "predicate")
	_, err = layer.NewFilterAsync[void, string, string, string](nil)
	refused(t, err, "predicate")
	for _, l := range filters(t) {
		_, err = l.Layer(nil)
		refused(t, err, "inner")
	}
}

func TestFilterDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, l := range filters(t) {
			calls := 0
			p := stacked(t, calling(func(_ voidContext, req string) (string, error) { calls++; return req, nil }), l, limit(t, 1))
			for range 2 { // a rejection keeps no permit
				fails(t, p, "bad", errRejected)
			}
			if calls != 0 {
				t.Errorf("%s: a rejected request arrived", name)
			}
			answers(t, p, "r", "r>screened")
		}
	})
}

// A filter inside a limit's caller: the reservation survives a rejection, and a
// second caller gets the permit when the first is gone.
func TestFilterKeepsReservationForItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, l := range filters(t) {
			s := built(l.Layer(built(limit(t, 1).Layer(&double{}))(t)))(t)
			caller, other := context.NewCaller(), context.NewCaller()
			ctx := fresh().WithCaller(caller)
			if _, err := service.Invoke(ctx, s, "bad"); !errors.Is(err, errRejected) {
				t.Fatal(err)
			}
			if _, err := s.Call(ctx, "r"); err != nil {
				t.Errorf("%s: the reservation is lost: %v", name, err)
			}
			if err := s.Ready(ctx); err != nil {
				t.Fatal(err)
			}
			caller.Finish()
			if err := s.Ready(fresh().WithCaller(other).Now()); err != nil {
				t.Errorf("%s: the permit was not given back: %v", name, err)
			}
			other.Finish()
		}
	})
}

func TestFilterAsyncIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := stacked(t, &double{}, filters(t)["filter-async"], limit(t, 1))
		parent, cancel := gocontext.WithTimeout(gocontext.Background(), time.Millisecond)
		defer cancel()
		if _, err := p.Call(context.New(parent, void{}), "r"); !errors.Is(err, gocontext.DeadlineExceeded) {
			t.Error(err)
		}
		answers(t, p, "r", "r>screened")
	})
}

func TestFilterChangesType(t *testing.T) {
	l := built(layer.NewFilter[void, int, string, string](func(n int) (string, error) {
		if n < 0 {
			return "", errRejected
		}
		return strings.Repeat("r", n), nil
	}))(t)
	p := built(service.NewPipeline(built(l.Layer(&double{}))(t)))(t)
	if got, err := p.Call(fresh(), 3); got != "rrr" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFilterPanicHoldsNothing(t *testing.T) {
	panics := true
	l := built(layer.NewFilter[void, string, string, string](func(req string) (string, error) {
		if panics {
			panic("predicate")
		}
		return req, nil
	}))(t)
	p := stacked(t, &double{}, l, limit(t, 1))
	if got := panicking(func() { _, _ = p.Call(fresh(), "r") }); got != "predicate" {
		t.Errorf("panicked with %v", got)
	}
	panics = false
	answers(t, p, "r", "r")
}
