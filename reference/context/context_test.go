package context_test

import (
	gocontext "context"
	"errors"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
)

var _ gocontext.Context = context.Context[int]{}

func TestNowHasEndedWithItsOwnError(t *testing.T) {
	ctx := context.New(gocontext.Background(), 1)
	if ctx.Err() != nil {
		t.Fatal("a fresh context has ended")
	}
	now := ctx.Now()
	select {
	case <-now.Done():
	default:
		t.Fatal("Done is open")
	}
	if !errors.Is(now.Err(), context.ErrWouldWait) || errors.Is(now.Err(), gocontext.Canceled) {
		t.Fatalf("Err = %v", now.Err())
	}
	if err := now.With(gocontext.Background()).Err(); !errors.Is(err, context.ErrWouldWait) {
		t.Fatalf("With made it wait again: %v", err)
	}
	if ctx.Err() != nil || ctx.Done() != nil {
		t.Fatal("Now changed the context that it was made from")
	}
	ended, cancel := gocontext.WithCancel(gocontext.Background())
	cancel()
	if err := ctx.With(ended).Now().Err(); !errors.Is(err, gocontext.Canceled) {
		t.Fatalf("Err of a cancelled Now context = %v", err)
	}
}

func TestZeroContext(t *testing.T) {
	var ctx context.Context[string]
	if ctx.Done() != nil || ctx.Err() != nil || ctx.Value("k") != nil || ctx.State() != "" {
		t.Fatal("the zero context is not empty")
	}
	if _, ok := ctx.Deadline(); ok {
		t.Fatal("the zero context has a deadline")
	}
	context.Insert(&ctx, 1)
	ctx.SetState("s")
	if n, ok := context.Get[int](ctx); !ok || n != 1 || ctx.State() != "s" {
		t.Fatal("the zero context cannot be filled")
	}
}

func TestGoContextUnderneath(t *testing.T) {
	type key struct{}
	deadline := time.Unix(1<<40, 0)
	parent, cancel := gocontext.WithDeadline(gocontext.WithValue(gocontext.Background(), key{}, "v"), deadline)
	ctx := context.New(parent, 0)
	if d, ok := ctx.Deadline(); !ok || !d.Equal(deadline) || ctx.Value(key{}) != "v" {
		t.Fatal("deadline or value is lost")
	}
	cancel()
	if <-ctx.Done(); !errors.Is(ctx.Err(), gocontext.Canceled) {
		t.Fatal(ctx.Err())
	}
}

func TestInsertStaysBelow(t *testing.T) {
	type name string
	outer := context.New(gocontext.Background(), 7)
	context.Insert(&outer, name("outer"))
	inner := outer
	if old, replaced := context.Insert(&inner, name("inner")); !replaced || old != "outer" {
		t.Fatalf("Insert = %q, %v", old, replaced)
	}
	context.Insert(&inner, "plain")
	sibling := outer
	context.Insert(&sibling, 3.5)
	if v, _ := context.Get[name](outer); v != "outer" {
		t.Fatalf("the callee's insert reached its caller: %q", v)
	}
	if _, ok := context.Get[string](outer); ok {
		t.Fatal("the callee's insert reached its caller")
	}
	if _, ok := context.Get[float64](inner); ok {
		t.Fatal("a sibling's insert is visible")
	}
	if v, ok := context.Get[name](context.WithState(inner, "other")); !ok || v != "inner" {
		t.Fatal("WithState lost the extensions")
	}
	inner.SetState(8)
	if outer.State() != 7 || inner.State() != 8 {
		t.Fatal("the callee's state reached its caller")
	}
}

func TestKeysAreStaticTypes(t *testing.T) {
	ctx := context.New(gocontext.Background(), 0)
	context.Insert[error](&ctx, nil)
	context.Insert(&ctx, 0)
	if v, ok := context.Get[error](ctx); !ok || v != nil {
		t.Fatal("a nil interface is not present")
	}
	if v, ok := context.Get[int](ctx); !ok || v != 0 {
		t.Fatal("zero is not present")
	}
	if _, ok := context.Get[any](ctx); ok {
		t.Fatal("found under another static type")
	}
	if _, ok := context.Get[*int](ctx); ok {
		t.Fatal("found under a pointer to its type")
	}
}
