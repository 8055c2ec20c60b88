package layer_test

import (
	gocontext "context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// tagged notes its tag when it is applied, and appends it to requests on the way
// in and to responses on the way out.
func tagged(tb testing.TB, tag string, applied *[]string) voidLayer {
	tb.Helper()
	return built(layer.NewFunc(func(inner stringService) (stringService, error) {
		*applied = append(*applied, tag)
		return &double{
			ready: inner.Ready,
			call: func(ctx voidContext, req string) (string, error) {
				res, err := inner.Call(ctx, req+">"+tag)
				return res + "<" + tag, err
			},
		}, nil
	}))(tb)
}

func TestIdentity(t *testing.T) {
	var identity layer.Identity[stringService]
	inner := &double{}
	if got := built(identity.Layer(inner))(t); got != inner {
		t.Errorf("got %v", got)
	}
	_, err := identity.Layer(nil)
	refused(t, err, "inner")
}

func TestOptionLayer(t *testing.T) {
	inner := &double{}
	if got := built(layer.OptionLayer[stringService](nil).Layer(inner))(t); got != inner {
		t.Errorf("none made %v", got)
	}
	answers(t, stacked(t, inner, layer.OptionLayer(tagged(t, "x", new([]string)))), "r", "r>x<x")
}

func TestStackOrder(t *testing.T) {
	var applied []string
	in, out := tagged(t, "inner", &applied), tagged(t, "outer", &applied)
	_, err := layer.NewStack[stringService](nil, out)
	refused(t, err, "inner")
	_, err = layer.NewStack[stringService, stringService, stringService](in, nil)
	refused(t, err, "outer")
	answers(t, stacked(t, &double{}, built(layer.NewStack(in, out))(t)), "r", "r>outer>inner<inner<outer")
	if want := []string{"inner", "outer"}; !slices.Equal(applied, want) {
		t.Errorf("applied %v", applied)
	}
}

func TestStackStopsAtAnError(t *testing.T) {
	var applied []string
	broken := built(layer.NewFunc(func(stringService) (stringService, error) { return nil, errBoom }))(t)
	_, err := built(layer.NewStack[stringService, stringService, stringService](broken, tagged(t, "outer", &applied)))(t).Layer(&double{})
	if !errors.Is(err, errBoom) || applied != nil {
		t.Errorf("got %v, applied %v", err, applied)
	}
}

func TestBoxedIsTransparent(t *testing.T) {
	var log []string
	note := func(what string) func(voidContext) error {
		return func(voidContext) error { log = append(log, what); return errBoom }
	}
	ready := note("ready")
	inner := &double{ready: func(ctx voidContext) error { _ = ready(ctx); return nil }, shutdown: note("shutdown"), poll: note("poll")}
	_, err := layer.BoxedClone[void, string, string]{}.Layer(nil)
	refused(t, err, "inner")
	boxed := built(layer.Boxed[void, string, string]{}.Layer(inner))(t)
	if _, is := boxed.(*double); is {
		t.Error("the service can be reached")
	}
	p := stacked(t, boxed)
	answers(t, p, "r", "r")
	if err := p.Poll(fresh()); !errors.Is(err, errBoom) {
		t.Error(err)
	}
	if err := p.Shutdown(fresh()); !errors.Is(err, errBoom) {
		t.Error(err)
	}
	if want := []string{"ready", "poll", "shutdown"}; !slices.Equal(log, want) {
		t.Errorf("reached by %v", log)
	}
}

func TestBuilderOrder(t *testing.T) {
	var applied []string
	b := layer.NewBuilder[void, string, string]().
		Add(tagged(t, "a", &applied)).
		OptionLayer(nil).
		OptionLayer(tagged(t, "b", &applied)).
		LayerFunc(func(inner stringService) (stringService, error) { return tagged(t, "c", &applied).Layer(inner) })
	want := "r>a>b>c<c<b<a"
	answers(t, stacked(t, built(b.Service(&double{}))(t)), "r", want)
	if want := []string{"c", "b", "a"}; !slices.Equal(applied, want) {
		t.Errorf("applied %v", applied)
	}
	answers(t, stacked(t, &double{}, b), "r", want)
	answers(t, stacked(t, &double{}, built(b.IntoInner())(t)), "r", want)
	answers(t, stacked(t, &double{}, layer.NewBuilder[void, string, string]().Add(b)), "r", want)
	answers(t, stacked(t, built(b.ServiceFunc(func(_ voidContext, req string) (string, error) { return req, nil }))(t)), "r", want)
}

func TestBuilderIsAValue(t *testing.T) {
	var applied []string
	common := layer.NewBuilder[void, string, string]().Add(tagged(t, "a", &applied))
	left, right := common.Add(tagged(t, "l", &applied)), common.Add(tagged(t, "r", &applied))
	answers(t, stacked(t, &double{}, common), "q", "q>a<a")
	answers(t, stacked(t, &double{}, left), "q", "q>a>l<l<a")
	answers(t, stacked(t, &double{}, right), "q", "q>a>r<r<a")
	inner := &double{}
	if got := built(layer.Builder[void, string, string]{}.Service(inner))(t); got != inner {
		t.Errorf("the empty builder made %v", got)
	}
}

func TestBuilderCollectsErrors(t *testing.T) {
	var applied []string
	b := layer.NewBuilder[void, string, string]().
		Add(tagged(t, "a", &applied)).
		Add(nil).LayerFunc(nil).
		Buffer(0).ConcurrencyLimit(0).RateLimit(0, time.Second).RateLimit(1, 0).Retry(nil).Timeout(0).
		Filter(nil).FilterAsync(nil).MapRequest(nil).MapResponse(nil).MapErr(nil).MapResult(nil).MapFuture(nil).Then(nil).AndThen(nil)
	_, err := b.Service(&double{})
	joined, is := err.(interface{ Unwrap() []error }) //nolint:errorlint // errors.Join makes it
	if !is {
		t.Fatalf("got %v", err)
	}
	var names []string
	for _, err := range joined.Unwrap() {
		var refusal *parameter.Error
		if errors.As(err, &refusal) {
			names = append(names, refusal.Parameter)
		}
	}
	want := []string{
		"layer", "f", "bound", "limit", "limit", "per", "policy", "after",
		"predicate", "predicate", "f", "f", "f", "f", "f", "f", "f",
	}
	if !slices.Equal(names, want) {
		t.Errorf("refused %v, want %v", names, want)
	}
	if want := "layer 9, timeout: parameter after must be positive"; !strings.Contains(err.Error(), want) {
		t.Errorf("%q is missing in:\n%v", want, err)
	}
	if applied != nil {
		t.Errorf("applied %v", applied)
	}
	if _, again := b.IntoInner(); again == nil || again.Error() != err.Error() {
		t.Errorf("again: %v", again)
	}
}

func TestBuilderRefusesNilService(t *testing.T) {
	for _, b := range []layer.Builder[void, string, string]{
		{}, layer.NewBuilder[void, string, string]().ConcurrencyLimit(1).Boxed(),
	} {
		_, err := b.Service(nil)
		refused(t, err, "inner")
		_, err = b.ServiceFunc(nil)
		refused(t, err, "f")
	}
}

// Every layer of the builder at once, through success, failure and abandonment,
// for two services of one builder.
func TestBuilderWithEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := layer.NewBuilder[void, string, string]().
			MapErr(func(err error) error { return errors.Join(errors.New("outermost"), err) }).
			Boxed().
			MapFuture(func(_ voidContext, call func() (string, error)) (string, error) { return call() }).
			Buffer(8).LoadShed().RateLimit(100, time.Second).ConcurrencyLimit(1).
			Retry(func() layer.Policy[void, string, string] { return &policy{decide: atMost(1, time.Second)} }).
			Timeout(10 * time.Second).
			Filter(screen).
			FilterAsync(func(_ voidContext, req string) (string, error) { return req, nil }).
			MapRequest(func(req string) string { return req + ">in" }).
			MapResponse(func(res string) string { return res + "<out" }).
			MapResult(func(res string, err error) (string, error) { return res, err }).
			Then(func(_ voidContext, res string, err error) (string, error) { return res, err }).
			AndThen(func(_ voidContext, res string) (string, error) { return res + "<then", nil })
		leaf := calling(func(ctx voidContext, req string) (string, error) {
			if strings.HasPrefix(req, "slow") {
				return sleeping(time.Hour)(ctx, req)
			}
			return req, nil
		})
		first, second := stacked(t, leaf, b), stacked(t, leaf, b)
		answers(t, first, "r", "r>screened>in<then<out")
		fails(t, first, "bad", errRejected)
		parent, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		if _, err := first.Call(context.New(parent, void{}), "slow"); !errors.Is(err, gocontext.DeadlineExceeded) {
			t.Error(err)
		}
		synctest.Wait()
		done := make(chan void)
		go func() {
			defer close(done)
			fails(t, first, "slow", layer.ErrElapsed)
		}()
		synctest.Wait()
		fails(t, first, "r", layer.ErrOverloaded) // the one permit is taken
		answers(t, second, "r", "r>screened>in<then<out")
		<-done
		answers(t, first, "r", "r>screened>in<then<out")
		synctest.Wait()
	})
}

var _ layer.Layer[stringService, stringService] = layer.Builder[void, string, string]{}
