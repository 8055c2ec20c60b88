package context_test

import (
	"errors"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// inserter is one form of get-or-insert, with its factory.
type inserter func(c *context.Context[int], factory func() (string, error)) (context.Ref[int, string], error)

var errFactory = errors.New("no value today")

// forms are those that have a factory; fallible tells whether it may fail.
var forms = map[string]struct {
	insert   inserter
	fallible bool
}{
	"with": {func(c *context.Context[int], f func() (string, error)) (context.Ref[int, string], error) {
		return context.GetOrInsertWith(c, func() string { v, _ := f(); return v }), nil
	}, false},
	"with context": {func(c *context.Context[int], f func() (string, error)) (context.Ref[int, string], error) {
		return context.GetOrInsertWithContext(c, func(context.Context[int]) string { v, _ := f(); return v }), nil
	}, false},
	"try": {func(c *context.Context[int], f func() (string, error)) (context.Ref[int, string], error) {
		return context.GetOrTryInsertWith(c, f)
	}, true},
	"try with context": {func(c *context.Context[int], f func() (string, error)) (context.Ref[int, string], error) {
		return context.GetOrTryInsertWithContext(c, func(context.Context[int]) (string, error) { return f() })
	}, true},
}

func TestAFactoryRunsOnceAndOnlyForWhatIsAbsent(t *testing.T) {
	for what, form := range forms {
		t.Run(what, func(t *testing.T) {
			ctx, runs := empty(), 0
			factory := func() (string, error) { runs++; return "made", nil }
			for range 2 {
				ref, err := form.insert(&ctx, factory)
				if err != nil || ref.Get() != "made" || runs != 1 {
					t.Fatalf("%q, %v after %d runs", ref.Get(), err, runs)
				}
			}
			has(t, ctx, "made", true)
			earlier := ctx
			ref, _ := form.insert(&ctx, factory)
			ref.Set("written")
			has(t, ctx, "written", true)
			has(t, earlier, "made", true)
		})
	}
}

func TestAFactoryThatPanicsLeavesTheTypeAbsent(t *testing.T) {
	for what, form := range forms {
		t.Run(what, func(t *testing.T) {
			ctx := empty()
			context.Insert(&ctx, 1.5)
			if !panics(func() { _, _ = form.insert(&ctx, func() (string, error) { panic("boom") }) }) {
				t.Fatal("the panic is lost")
			}
			has(t, ctx, "", false)
			has(t, ctx, 1.5, true)
			ref, err := form.insert(&ctx, func() (string, error) { return "later", nil })
			if err != nil || ref.Get() != "later" {
				t.Fatalf("afterwards: %q, %v", ref.Get(), err)
			}
		})
	}
	ctx := empty()
	if !panics(func() { context.GetOrInsertWith[string](&ctx, nil) }) || context.Contains[string](ctx) {
		t.Error("a nil factory")
	}
	context.Insert(&ctx, "present")
	if context.GetOrInsertWith[string](&ctx, nil).Get() != "present" {
		t.Error("a nil factory that nobody needs")
	}
}

func TestAFactoryThatFailsInsertsNothing(t *testing.T) {
	for what, form := range forms {
		if !form.fallible {
			continue
		}
		t.Run(what, func(t *testing.T) {
			ctx := empty()
			failing := func() (string, error) { return "ignored", errFactory }
			ref, err := form.insert(&ctx, failing)
			if err != errFactory || ref.Get() != "" || ref.Set("x") { //nolint:errorlint // as it is
				t.Fatalf("%q, %v", ref.Get(), err)
			}
			has(t, ctx, "", false)
			if _, err := form.insert(&ctx, func() (string, error) { return "later", nil }); err != nil {
				t.Fatal(err)
			}
			if ref.Get() != "" || ref.Set("x") {
				t.Fatal("the reference of a failure refers to something")
			}
			if ref, err := form.insert(&ctx, failing); err != nil || ref.Get() != "later" {
				t.Fatalf("present: %q, %v", ref.Get(), err)
			}
		})
	}
}

func TestTheContextOfAFactoryIsForReading(t *testing.T) {
	ctx := empty()
	ctx.SetState(5)
	context.Insert(&ctx, 1.5)
	look := func(c context.Context[int]) string {
		has(t, c, 1.5, true)
		if c.State() != 5 {
			t.Errorf("state %d", c.State())
		}
		context.Insert(&c, name("stray"))
		context.Insert(&c, "stray")
		c.SetState(6)
		return "made"
	}
	context.GetOrInsertWithContext(&ctx, look)
	has(t, ctx, "made", true)
	has(t, ctx, name(""), false)
	context.Remove[string](&ctx)
	_, _ = context.GetOrTryInsertWithContext(&ctx, func(c context.Context[int]) (string, error) { return look(c), nil })
	has(t, ctx, "made", true)
	if has(t, ctx, name(""), false); ctx.State() != 5 {
		t.Error("a factory wrote to the state")
	}
}

func TestAFactoryThatInsertsIsReplacedByItsResult(t *testing.T) {
	ctx := empty()
	context.GetOrInsertWith(&ctx, func() string {
		context.Insert(&ctx, "inner")
		context.Insert(&ctx, 1.5)
		return "outer"
	})
	has(t, ctx, "outer", true)
	has(t, ctx, 1.5, true)
}

func TestGetOrInsertOfAValue(t *testing.T) {
	ctx := empty()
	if context.GetOrInsert(&ctx, "a").Get() != "a" || context.GetOrInsert(&ctx, "b").Get() != "a" {
		t.Error("GetOrInsert")
	}
	if context.GetOrInsertDefault[string](&ctx).Get() != "a" {
		t.Error("the default replaced a value")
	}
	ref := context.GetOrInsertDefault[float64](&ctx)
	has(t, ctx, 0.0, true)
	ref.Set(1.5)
	has(t, ctx, 1.5, true)
}
