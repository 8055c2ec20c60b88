package context_test

import (
	gocontext "context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// has checks the value of one type, or its absence.
func has[T comparable, S any](t *testing.T, c context.Context[S], want T, present bool) {
	t.Helper()
	got, ok := context.Get[T](c)
	if got != want || ok != present || context.Contains[T](c) != present {
		t.Errorf("Get[%T] = %v, %v, want %v, %v", want, got, ok, want, present)
	}
}

func empty() context.Context[int] { return context.New(gocontext.Background(), 0) }

type (
	name    string
	other   string
	marker  struct{}
	failure struct{ error }
	option  struct {
		value string
		some  bool
	}
)

func TestEachTypeHasAKeyOfItsOwn(t *testing.T) {
	ctx := empty()
	text := "pointed at"
	context.Insert(&ctx, "text")
	context.Insert(&ctx, name("name"))
	context.Insert(&ctx, &text)
	context.Insert(&ctx, option{"option", true})
	context.Insert[any](&ctx, "any")
	has(t, ctx, "text", true)
	has(t, ctx, name("name"), true)
	has(t, ctx, other(""), false)
	has(t, ctx, &text, true)
	has(t, ctx, option{"option", true}, true)
	has[any](t, ctx, "any", true)
	context.Remove[name](&ctx)
	has(t, ctx, name(""), false)
	has(t, ctx, "text", true)
}

// Two types may have one name, and one underlying type.
func TestTypesOfOneNameAreDifferent(t *testing.T) {
	type name string
	ctx := empty()
	context.Insert(&ctx, name("local"))
	func() {
		type name string
		has(t, ctx, name(""), false)
	}()
	has(t, ctx, name("local"), true)
}

func TestPresentButZeroIsPresent(t *testing.T) {
	ctx := empty()
	has(t, ctx, marker{}, false)
	has(t, ctx, 0, false)
	context.Insert(&ctx, marker{})
	context.Insert(&ctx, 0)
	context.Insert[error](&ctx, nil)
	context.Insert[*int](&ctx, nil)
	has(t, ctx, marker{}, true)
	has(t, ctx, 0, true)
	has[error](t, ctx, nil, true)
	has[*int](t, ctx, nil, true)
	has[any](t, ctx, nil, false)
	if old, replaced := context.Insert(&ctx, failure{}); replaced {
		t.Errorf("a concrete error replaced the interface: %v", old)
	}
	has[error](t, ctx, nil, true)
	if old, removed := context.Remove[error](&ctx); old != nil || !removed {
		t.Errorf("Remove = %v, %v", old, removed)
	}
	has[error](t, ctx, nil, false)
}

func TestInsertReturnsWhatItReplaces(t *testing.T) {
	ctx := empty()
	step := func(value, want string, replaced bool) {
		t.Helper()
		if got, ok := context.Insert(&ctx, value); got != want || ok != replaced {
			t.Errorf("Insert(%q) = %q, %v", value, got, ok)
		}
		has(t, ctx, value, true)
	}
	step("a", "", false)
	step("b", "a", true)
	step("", "b", true)
	step("c", "", true)
	if got, ok := context.Remove[string](&ctx); got != "c" || !ok {
		t.Errorf("Remove = %q, %v", got, ok)
	}
	if got, ok := context.Remove[string](&ctx); got != "" || ok {
		t.Errorf("the second Remove = %q, %v", got, ok)
	}
	step("d", "", false)
	context.Clear(&ctx)
	context.Clear(&ctx)
	has(t, ctx, "", false)
	step("e", "", false)
}

func TestMaybeInsertOfNothingChangesNothing(t *testing.T) {
	ctx := empty()
	if _, replaced := context.MaybeInsert(&ctx, "ignored", false); replaced || context.Contains[string](ctx) {
		t.Error("nothing was inserted")
	}
	context.Insert(&ctx, "a")
	if old, replaced := context.MaybeInsert(&ctx, "ignored", false); old != "" || replaced {
		t.Errorf("MaybeInsert of nothing = %q, %v", old, replaced)
	}
	has(t, ctx, "a", true)
	if old, replaced := context.MaybeInsert(&ctx, "b", true); old != "a" || !replaced {
		t.Errorf("MaybeInsert = %q, %v", old, replaced)
	}
	has(t, ctx, "b", true)
}

func TestClonesAreIsolatedInBothDirections(t *testing.T) {
	changes := map[string]func(*context.Context[int]){
		"insert":  func(c *context.Context[int]) { context.Insert(c, "changed") },
		"new":     func(c *context.Context[int]) { context.Insert(c, 1.5) },
		"remove":  func(c *context.Context[int]) { context.Remove[string](c) },
		"clear":   func(c *context.Context[int]) { context.Clear(c) },
		"through": func(c *context.Context[int]) { ref, _ := context.GetRef[string](c); ref.Set("changed") },
		"extend": func(c *context.Context[int]) {
			var more context.Extensions
			context.Insert(&more, "changed")
			context.Extend(c, &more)
		},
	}
	for what, change := range changes {
		t.Run(what, func(t *testing.T) {
			original := empty()
			context.Insert(&original, "first")
			clone := original
			change(&clone)
			has(t, original, "first", true)
			has(t, original, 0.0, false)
			clone = original
			change(&original)
			has(t, clone, "first", true)
			has(t, clone, 0.0, false)
		})
	}
}

func TestSharedHandlesStayShared(t *testing.T) {
	outer := empty()
	context.Insert(&outer, new(int))
	context.Insert(&outer, map[string]int{})
	inner := outer
	n, _ := context.Get[*int](inner)
	*n = 3
	m, _ := context.Get[map[string]int](inner)
	m["k"] = 4
	if n, _ := context.Get[*int](outer); *n != 3 {
		t.Error("a pointer was copied deeply")
	}
	if m, _ := context.Get[map[string]int](outer); m["k"] != 4 {
		t.Error("a map was copied deeply")
	}
}

func TestAReferenceWritesThroughAndNoFurther(t *testing.T) {
	ctx := empty()
	if ref, present := context.GetRef[int](&ctx); present || ref.Set(1) || ref.Get() != 0 || context.Contains[int](ctx) {
		t.Error("a reference to nothing")
	}
	context.Insert(&ctx, 1)
	earlier := ctx
	ref, present := context.GetRef[int](&ctx)
	if !present || ref.Get() != 1 || !ref.Set(2) || ref.Get() != 2 {
		t.Error("the reference does not write")
	}
	later := ctx
	ref.Set(3)
	has(t, earlier, 1, true)
	has(t, later, 2, true)
	has(t, ctx, 3, true)
	context.Insert(&ctx, 4)
	if ref.Get() != 4 {
		t.Error("the reference does not follow the context")
	}
	context.Remove[int](&ctx)
	if ref.Set(5) || ref.Get() != 0 {
		t.Error("the reference brought back what was removed")
	}
	has(t, ctx, 0, false)
}

func TestExtendPrefersTheOtherAndConsumesIt(t *testing.T) {
	ctx := empty()
	context.Insert(&ctx, "mine")
	context.Insert(&ctx, name("mine"))
	var more context.Extensions
	context.Insert(&more, "other's")
	context.Insert(&more, 1.5)
	alias, copied := &more, more
	context.Extend(&ctx, &more)
	has(t, ctx, "other's", true)
	has(t, ctx, name("mine"), true)
	has(t, ctx, 1.5, true)
	has(t, *alias, "", false)
	has(t, *alias, 0.0, false)
	context.Insert(alias, 2.5)
	has(t, ctx, 1.5, true)
	has(t, copied, "other's", true)
	context.Extend(&ctx, &context.Extensions{})
	has(t, ctx, 1.5, true)
	context.Extend(&ctx, &ctx)
	has(t, ctx, "other's", true)
	has(t, ctx, 1.5, true)
}

func TestExtendTakesExtensionsOnly(t *testing.T) {
	ctx, all := full(t)
	more := context.New(gocontext.TODO(), "another state").WithGuard(context.NewGuard())
	context.Insert(&more, 1.5)
	context.Extend(&ctx, &more)
	keptBy(t, all, ctx)
	if has(t, ctx, 1.5, true); ctx.State() != 7 || more.State() != "another state" || more.Guard() == nil {
		t.Error("Extend moved more than extensions")
	}
}

// A nil *Context is a mistake that shows at once, before any function runs.
func TestANilContextIsRefused(t *testing.T) {
	var none *context.Context[int]
	ran := false
	for what, change := range map[string]func(){
		"Insert":      func() { context.Insert(none, 1) },
		"MaybeInsert": func() { context.MaybeInsert(none, 1, true) },
		"Remove":      func() { context.Remove[int](none) },
		"Clear":       func() { context.Clear(none) },
		"GetRef":      func() { context.GetRef[int](none) },
		"Extend":      func() { context.Extend(none, &context.Extensions{}) },
		"Extend by":   func() { context.Extend(&context.Extensions{}, none) },
		"SetState":    func() { none.SetState(1) },
		"MapState":    func() { context.MapState(none, func(int) int { ran = true; return 0 }) },
		"SwapState":   func() { context.SwapState(none, 1) },
		"GetOrInsert": func() { context.GetOrInsertWith(none, func() int { ran = true; return 0 }) },
	} {
		if !panics(change) {
			t.Errorf("%s took a nil context", what)
		}
	}
	if ran {
		t.Error("a function ran before the nil context was refused")
	}
	var background gocontext.Context
	if ctx := context.New(background, 1); ctx.Go() != gocontext.Background() || ctx.With(background).Go() != gocontext.Background() {
		t.Error("a nil Go context is not the background")
	}
}

// What a program cannot say needs no answer while it runs.
func TestTheCompilerRefusesAnUntypedNil(t *testing.T) {
	if err := compile(t, "Insert[error](c, nil)"); err != nil {
		t.Errorf("a nil of a static type: %v", err)
	}
	if err := compile(t, "Insert(c, nil)"); err == nil || !strings.Contains(err.Error(), "cannot infer T") {
		t.Errorf("an untyped nil: %v", err)
	}
}

// compile checks the types of one statement inside this package. Imports are
// left out, and with them every error outside the statement.
func compile(t *testing.T, statement string) (refusal error) {
	t.Helper()
	set := token.NewFileSet()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	parse := func(name string, source any) {
		file, err := parser.ParseFile(set, name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	for _, name := range sources {
		if !strings.HasSuffix(name, "_test.go") {
			parse(name, nil)
		}
	}
	parse("statement", "package context; func _(c *Context[int]) { "+statement+" }")
	checker := types.Config{Error: func(err error) {
		var found types.Error
		if errors.As(err, &found) && set.Position(found.Pos).Filename == "statement" {
			refusal = err
		}
	}}
	_, _ = checker.Check("context", set, files, nil)
	return refusal
}
