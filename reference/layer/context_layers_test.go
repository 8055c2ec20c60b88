package layer_test

import (
	gocontext "context"
	"errors"
	"strconv"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type label string

// labelled is a service that answers with the label of its context.
func labelled() *double {
	return calling(func(ctx voidContext, _ string) (string, error) {
		v, ok := context.Get[label](ctx)
		return string(v) + " " + strconv.FormatBool(ok), nil
	})
}

func adding(value label) voidLayer { return layer.NewAddExtension[void, string, string](value) }

func seeing(t *testing.T, f func(voidContext, label)) voidLayer {
	t.Helper()
	return built(layer.NewGetExtension[string, string](f))(t)
}

func TestContextLayersRefuse(t *testing.T) {
	_, err := layer.NewMapState[string, string, int, int](nil)
	refused(t, err, "f")
	_, err = layer.NewGetExtension[string, string, void, int](nil)
	refused(t, err, "f")
	_, err = adding("a").Layer(nil)
	refused(t, err, "inner")
	_, err = seeing(t, func(voidContext, label) {}).Layer(nil)
	refused(t, err, "inner")
	_, err = built(layer.NewMapState[string, string](func(n int) int { return n }))(t).Layer(nil)
	refused(t, err, "inner")
}

func TestTheInnerExtensionWins(t *testing.T) {
	answers(t, stacked(t, labelled()), "r", " false")
	answers(t, stacked(t, labelled(), adding("outer"), adding("inner")), "r", "inner true")
	answers(t, stacked(t, labelled(), adding("")), "r", " true")
}

func TestAnAddedExtensionStaysBelow(t *testing.T) {
	ctx := fresh()
	context.Insert(&ctx, label("caller's"))
	p := stacked(t, labelled(), adding("layer's"))
	for range 2 {
		if res, err := p.Call(ctx, "r"); res != "layer's true" || err != nil {
			t.Fatal(res, err)
		}
	}
	if v, _ := context.Get[label](ctx); v != "caller's" {
		t.Errorf("the caller sees %q", v)
	}
}

// One call must not find what the service did to another's extension.
func TestEachCallGetsACopyOfItsOwn(t *testing.T) {
	inner := calling(func(ctx voidContext, req string) (string, error) {
		ref := context.GetOrInsertDefault[label](&ctx)
		ref.Set(ref.Get() + label(req))
		return string(ref.Get()), nil
	})
	p := stacked(t, inner, adding(">"))
	answers(t, p, "a", ">a")
	answers(t, p, "b", ">b")
}

func TestGetExtensionIsForWhatIsPresent(t *testing.T) {
	var seen []string
	inner := calling(func(_ voidContext, req string) (string, error) { seen = append(seen, "call"); return req, nil })
	see := seeing(t, func(ctx voidContext, v label) {
		seen = append(seen, string(v))
		context.Insert(&ctx, label("stray"))
	})
	look := seeing(t, func(_ voidContext, v label) { seen = append(seen, string(v)) })
	answers(t, stacked(t, inner, see), "r", "r")
	wants(t, seen, "call")
	seen = nil
	answers(t, stacked(t, inner, adding("a"), see, look), "r", "r")
	wants(t, seen, "a", "a", "call")
	seen = nil
	answers(t, stacked(t, inner, see, adding("a")), "r", "r")
	wants(t, seen, "call")
}

func wants(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// stated is a service that keeps the state that each of its parts has seen.
type stated struct {
	seen []string
	fail error
}

func (s *stated) note(part string, ctx context.Context[string]) error {
	v, _ := context.Get[label](ctx)
	s.seen = append(s.seen, part+" "+ctx.State()+" "+string(v))
	return s.fail
}

func (s *stated) Ready(ctx context.Context[string]) error    { return s.note("ready", ctx) }
func (s *stated) Shutdown(ctx context.Context[string]) error { return s.note("shutdown", ctx) }
func (s *stated) Poll(ctx context.Context[string]) error     { return s.note("poll", ctx) }
func (s *stated) Call(ctx context.Context[string], req string) (string, error) {
	return req, s.note("call", ctx)
}

func TestMapStateMapsOnceForEachCall(t *testing.T) {
	runs := 0
	l := built(layer.NewMapState[string, string](func(n int) string { runs++; return "state " + strconv.Itoa(n) }))(t)
	inner := new(stated)
	p := built(service.NewPipeline(built(l.Layer(inner))(t)))(t)
	if runs != 0 {
		t.Fatal("mapped while it was built")
	}
	ctx := context.New(gocontext.Background(), 1)
	context.Insert(&ctx, label("x"))
	if _, err := p.Call(ctx, "r"); err != nil {
		t.Fatal(err)
	}
	ctx.SetState(2)
	if _, err := p.Call(ctx, "r"); err != nil {
		t.Fatal(err)
	}
	wants(t, inner.seen, "ready  x", "call state 1 x", "ready  x", "call state 2 x")
	if runs != 2 {
		t.Errorf("%d runs", runs)
	}
	inner.seen, inner.fail = nil, errors.New("no")
	for _, part := range []func(context.Context[int]) error{p.Ready, p.Poll, p.Shutdown} {
		if err := part(ctx); !errors.Is(err, inner.fail) {
			t.Error(err)
		}
	}
	wants(t, inner.seen, "ready  x", "poll  x", "shutdown  x")
	if ctx.State() != 2 {
		t.Error("the caller's state has changed")
	}
}
