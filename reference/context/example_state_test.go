package context_test

import (
	gocontext "context"
	"fmt"

	"github.com/plumbline-spec/plumbline/reference/context"
)

func ExampleContext_SetState() {
	ctx := context.New(gocontext.Background(), "draft")
	clone := ctx
	ctx.SetState("final")
	fmt.Println(ctx.State(), clone.State())
	// Output: final draft
}

func ExampleMapState() {
	ctx := context.New(gocontext.Background(), 7)
	context.Insert(&ctx, true)
	mapped := context.MapState(&ctx, func(n int) string { return fmt.Sprint("number ", n) })
	fmt.Println(mapped.State(), context.Contains[bool](mapped))
	fmt.Println(ctx.State(), context.Contains[bool](ctx)) // consumed
	// Output:
	// number 7 true
	// 0 false
}

func ExampleCloneMapState() {
	ctx := context.New(gocontext.Background(), 7)
	mapped := context.CloneMapState(ctx, func(n int) string { return fmt.Sprint("number ", n) })
	fmt.Println(mapped.State(), ctx.State())
	// Output: number 7 7
}

func ExampleSwapState() {
	ctx := context.New(gocontext.Background(), 7)
	swapped, old := context.SwapState(&ctx, "seven")
	fmt.Println(swapped.State(), old)
	// Output: seven 7
}

func ExampleContext_Parts() {
	ctx := context.New(gocontext.Background(), 7)
	context.Insert(&ctx, true)
	parts := ctx.Parts()
	parts.State++
	again := context.FromParts(parts)
	fmt.Println(again.State(), context.Contains[bool](again))
	// Output: 8 true
}
