package context_test

import (
	gocontext "context"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// What Go's own contexts are asked for by a key of its own type, ours are asked
// for by the type. Both sides hold the same eight values. Get8 asks for the one at the
// end of Go's chain, GetEach8 for all of them in turn: in a table there is no first
// and no last, but some values share a slot, which ones depends on the linker.
type (
	one   struct{ n int }
	two   struct{ n int }
	three struct{ n int }
	four  struct{ n int }
	five  struct{ n int }
	six   struct{ n int }
	seven struct{ n int }
	eight struct{ n int }
	nine  struct{ n int }
)

func eightExtensions() context.Context[string] {
	ctx := context.New(gocontext.Background(), "state")
	context.Insert(&ctx, one{1})
	context.Insert(&ctx, two{2})
	context.Insert(&ctx, three{3})
	context.Insert(&ctx, four{4})
	context.Insert(&ctx, five{5})
	context.Insert(&ctx, six{6})
	context.Insert(&ctx, seven{7})
	context.Insert(&ctx, eight{8})
	return ctx
}

// keyOf is the idiom of Go's own contexts: an empty type for each value.
type keyOf[T any] struct{}

func eightValues() gocontext.Context {
	ctx := gocontext.WithValue(gocontext.Background(), keyOf[one]{}, one{1})
	ctx = gocontext.WithValue(ctx, keyOf[two]{}, two{2})
	ctx = gocontext.WithValue(ctx, keyOf[three]{}, three{3})
	ctx = gocontext.WithValue(ctx, keyOf[four]{}, four{4})
	ctx = gocontext.WithValue(ctx, keyOf[five]{}, five{5})
	ctx = gocontext.WithValue(ctx, keyOf[six]{}, six{6})
	ctx = gocontext.WithValue(ctx, keyOf[seven]{}, seven{7})
	return gocontext.WithValue(ctx, keyOf[eight]{}, eight{8})
}

func BenchmarkGet8(b *testing.B) {
	ctx := eightExtensions()
	b.ReportAllocs()
	for b.Loop() {
		if v, ok := context.Get[eight](ctx); !ok || v.n != 8 {
			b.Fatal(v, ok)
		}
	}
}

func BenchmarkGet8WithValue(b *testing.B) {
	ctx := eightValues()
	b.ReportAllocs()
	for b.Loop() {
		if v, ok := ctx.Value(keyOf[one]{}).(one); !ok || v.n != 1 {
			b.Fatal(v, ok)
		}
	}
}

func BenchmarkGetEach8(b *testing.B) {
	ctx := eightExtensions()
	b.ReportAllocs()
	for b.Loop() {
		a1, _ := context.Get[one](ctx)
		a2, _ := context.Get[two](ctx)
		a3, _ := context.Get[three](ctx)
		a4, _ := context.Get[four](ctx)
		a5, _ := context.Get[five](ctx)
		a6, _ := context.Get[six](ctx)
		a7, _ := context.Get[seven](ctx)
		a8, _ := context.Get[eight](ctx)
		if a1.n+a2.n+a3.n+a4.n+a5.n+a6.n+a7.n+a8.n != 36 {
			b.Fatal("lost")
		}
	}
}

func BenchmarkGetEach8WithValue(b *testing.B) {
	ctx := eightValues()
	b.ReportAllocs()
	for b.Loop() {
		a1, _ := ctx.Value(keyOf[one]{}).(one)
		a2, _ := ctx.Value(keyOf[two]{}).(two)
		a3, _ := ctx.Value(keyOf[three]{}).(three)
		a4, _ := ctx.Value(keyOf[four]{}).(four)
		a5, _ := ctx.Value(keyOf[five]{}).(five)
		a6, _ := ctx.Value(keyOf[six]{}).(six)
		a7, _ := ctx.Value(keyOf[seven]{}).(seven)
		a8, _ := ctx.Value(keyOf[eight]{}).(eight)
		if a1.n+a2.n+a3.n+a4.n+a5.n+a6.n+a7.n+a8.n != 36 {
			b.Fatal("lost")
		}
	}
}

// kept is where a copy goes, so that making it is not optimised away.
var kept context.Context[string]

func BenchmarkClone8(b *testing.B) {
	ctx := eightExtensions()
	b.ReportAllocs()
	for b.Loop() {
		kept = ctx
	}
}

func BenchmarkCloneInsert8(b *testing.B) {
	ctx := eightExtensions()
	b.ReportAllocs()
	for b.Loop() {
		clone := ctx
		context.Insert(&clone, nine{9})
		kept = clone
	}
}

var keptValue gocontext.Context

func BenchmarkCloneInsert8WithValue(b *testing.B) {
	ctx := eightValues()
	b.ReportAllocs()
	for b.Loop() {
		keptValue = gocontext.WithValue(ctx, keyOf[nine]{}, nine{9})
	}
}
