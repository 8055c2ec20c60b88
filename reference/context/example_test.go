package context_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"strconv"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// A context is passed by value: what a callee inserts never reaches its caller.
func ExampleContext() {
	ctx := context.New(gocontext.Background(), "state")
	callee := func(ctx context.Context[string]) {
		context.Insert(&ctx, 42)
		fmt.Println(context.Get[int](ctx))
	}
	callee(ctx)
	fmt.Println(context.Get[int](ctx))
	fmt.Println(ctx.State())
	// Output:
	// 42 true
	// 0 false
	// state
}

func ExampleInsert() {
	type user string
	ctx := context.New(gocontext.Background(), struct{}{})
	context.Insert(&ctx, user("Ada"))
	fmt.Println(context.Insert(&ctx, user("Grace"))) // what it replaces
	fmt.Println(context.Get[user](ctx))
	fmt.Println(context.Get[string](ctx)) // another type
	// Output:
	// Ada true
	// Grace true
	//  false
}

func ExampleWithState() {
	ctx := context.New(gocontext.Background(), 7)
	named := context.WithState(ctx, "number "+strconv.Itoa(ctx.State()))
	fmt.Println(named.State())
	// Output: number 7
}

func ExampleContext_With() {
	ctx := context.New(gocontext.Background(), "state")
	inner, cancel := gocontext.WithCancel(ctx.Go())
	below := ctx.With(inner)
	cancel()
	fmt.Println(below.Err(), below.State(), ctx.Err())
	// Output: context canceled state <nil>
}

func ExampleContext_Now() {
	ctx := context.New(gocontext.Background(), "state").Now()
	fmt.Println(errors.Is(ctx.Err(), context.ErrWouldWait))
	// Output: true
}

// seats is a service that reserves, without the rest of it.
type seats struct{ free int }

func (s *seats) Release() { s.free++ }

func ExampleCaller() {
	hall := &seats{free: 2}
	caller := context.NewCaller()
	ctx := context.New(gocontext.Background(), struct{}{}).WithCaller(caller)

	hall.free--
	fmt.Println(ctx.Reserve(hall), ctx.Reserved(hall))
	caller.Finish() // gives back what was not spent
	fmt.Println(hall.free, ctx.Spend(hall))

	hall.free--
	fmt.Println(errors.Is(ctx.Reserve(hall), context.ErrCallerGone), hall.free)
	// Output:
	// <nil> true
	// 2 false
	// true 2
}

// What runs aside takes along what its caller has reserved.
func ExampleContext_Split() {
	hall := &seats{free: 1}
	caller := context.NewCaller()
	defer caller.Finish()
	ctx := context.New(gocontext.Background(), struct{}{}).WithCaller(caller)
	hall.free--
	_ = ctx.Reserve(hall)

	aside, own := ctx.Split()
	fmt.Println(ctx.Reserved(hall), aside.Reserved(hall))
	own.Finish()
	fmt.Println(hall.free)
	// Output:
	// false true
	// 1
}
