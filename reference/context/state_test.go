package context_test

import (
	gocontext "context"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// full is a context that has everything, so that a test can see what is lost.
func full(t *testing.T) (context.Context[int], whole) {
	t.Helper()
	w := whole{parent: gocontext.WithValue(gocontext.Background(), whole{}, "v"), guard: context.NewGuard(), caller: context.NewCaller()}
	t.Cleanup(w.caller.Finish)
	ctx := context.New(w.parent, 7).WithGuard(w.guard).WithCaller(w.caller)
	context.Insert(&ctx, "extension")
	return ctx, w
}

type whole struct {
	parent gocontext.Context
	guard  *context.Guard
	caller context.Caller
}

// keptBy reports what of the whole is missing in a context.
func keptBy[S any](t *testing.T, w whole, c context.Context[S]) {
	t.Helper()
	if c.Go() != w.parent {
		t.Error("the Go context is lost")
	}
	if c.Guard() != w.guard {
		t.Error("the guard is lost")
	}
	if c.Caller() != w.caller {
		t.Error("the caller is lost")
	}
	if v, ok := context.Get[string](c); !ok || v != "extension" {
		t.Errorf("the extension is lost: %q, %v", v, ok)
	}
}

func consumed[S comparable](t *testing.T, c context.Context[S]) {
	t.Helper()
	if c != (context.Context[S]{}) {
		t.Error("what is consumed still shows something")
	}
}

func TestMapStateConsumesAndMapsOnce(t *testing.T) {
	ctx, all := full(t)
	kept, runs := ctx, 0
	mapped := context.MapState(&ctx, func(n int) float64 { runs++; return float64(n) / 2 })
	if mapped.State() != 3.5 || runs != 1 {
		t.Errorf("state %v after %d runs", mapped.State(), runs)
	}
	keptBy(t, all, mapped)
	consumed(t, ctx)
	if kept.State() != 7 {
		t.Error("an earlier copy was consumed too")
	}
	keptBy(t, all, kept)
	context.Insert(&mapped, "changed")
	keptBy(t, all, kept)
}

func TestAMapThatPanicsConsumesNothing(t *testing.T) {
	ctx, all := full(t)
	for name, f := range map[string]func(int) int{"panic": func(int) int { panic("boom") }, "nil": nil} {
		if !panics(func() { context.MapState(&ctx, f) }) || !panics(func() { context.CloneMapState(ctx, f) }) {
			t.Errorf("%s: the panic is lost", name)
		}
		if ctx.State() != 7 {
			t.Errorf("%s: the state is %d", name, ctx.State())
		}
		keptBy(t, all, ctx)
	}
}

func TestSwapStateReturnsTheOldOne(t *testing.T) {
	ctx, all := full(t)
	swapped, old := context.SwapState(&ctx, "new")
	if swapped.State() != "new" || old != 7 {
		t.Errorf("state %q, old %d", swapped.State(), old)
	}
	keptBy(t, all, swapped)
	consumed(t, ctx)
}

func TestClonesWithAnotherStateLeaveTheSource(t *testing.T) {
	ctx, all := full(t)
	with := context.WithState(ctx, "other")
	runs := 0
	mapped := context.CloneMapState(ctx, func(n int) int { runs++; return n + 1 })
	if with.State() != "other" || mapped.State() != 8 || runs != 1 || ctx.State() != 7 {
		t.Errorf("states %q, %d after %d runs, source %d", with.State(), mapped.State(), runs, ctx.State())
	}
	keptBy(t, all, with)
	keptBy(t, all, mapped)
	context.Insert(&with, "changed")
	context.Remove[string](&mapped)
	keptBy(t, all, ctx)
}

// config stands for a state with a plain field and a shared handle.
type config struct {
	name  string
	total *int
}

func TestACloneCopiesTheStateAsAssignmentDoes(t *testing.T) {
	outer := context.New(gocontext.Background(), config{"outer", new(int)})
	inner := outer
	state := inner.State()
	state.name = "inner"
	inner.SetState(state)
	*inner.State().total = 3
	if outer.State().name != "outer" || inner.State().name != "inner" {
		t.Error("a plain field is shared")
	}
	if *outer.State().total != 3 {
		t.Error("a handle is not shared")
	}
	outer.SetState(config{name: "outer again"})
	if inner.State().name != "inner" {
		t.Error("the original's write reached its clone")
	}
}

func TestPartsMakeTheSameContextAgain(t *testing.T) {
	ctx, all := full(t)
	parts := ctx.Parts()
	again := context.FromParts(parts)
	if again.State() != 7 {
		t.Errorf("state %d", again.State())
	}
	keptBy(t, all, again)
	if parts.Extensions.Guard() != nil || parts.Extensions.Go() != gocontext.Background() || parts.Extensions.Caller() != (context.Caller{}) {
		t.Error("the extensions have more than extensions")
	}
	context.Insert(&again, "changed")
	context.Insert(&parts.Extensions, "staged")
	keptBy(t, all, ctx)
	if v, _ := context.Get[string](again); v != "changed" {
		t.Error("a part is still connected to what was made of it")
	}
}

func TestTheZeroPartsAreAnEmptyContext(t *testing.T) {
	empty := context.FromParts(context.Parts[int]{})
	if empty.Go() != gocontext.Background() || empty.Guard() != nil || empty.State() != 0 || context.Contains[string](empty) {
		t.Error("not empty")
	}
	parts := context.Context[int]{}.Parts()
	if parts.Go != gocontext.Background() || parts.Guard != nil || parts.State != 0 || parts.Extensions != (context.Extensions{}) {
		t.Errorf("parts of nothing: %+v", parts)
	}
}

func TestWhatAContextConsistsOfSurvivesOtherChanges(t *testing.T) {
	ctx, all := full(t)
	ctx.SetState(8)
	keptBy(t, all, ctx)
	context.Insert(&ctx, 1.5)
	keptBy(t, all, ctx)
	context.Remove[float64](&ctx)
	keptBy(t, all, ctx)
	keptBy(t, all, ctx.With(gocontext.Background()).With(all.parent))
	if context.Clear(&ctx); ctx.State() != 8 || ctx.Guard() != all.guard || ctx.Go() != all.parent || ctx.Caller() != all.caller {
		t.Error("Clear took more than the extensions")
	}
	if ctx.WithGuard(nil).Guard() != nil || ctx.Guard() != all.guard {
		t.Error("WithGuard(nil) keeps the guard, or takes it from the source")
	}
}

func panics(f func()) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	f()
	return false
}
