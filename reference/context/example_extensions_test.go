package context_test

import (
	gocontext "context"
	"errors"
	"fmt"

	"github.com/plumbline-spec/plumbline/reference/context"
)

func ExampleGet() {
	type limit int
	ctx := context.New(gocontext.Background(), struct{}{})
	context.Insert(&ctx, limit(0))
	fmt.Println(context.Get[limit](ctx)) // present, and zero
	fmt.Println(context.Get[int](ctx))   // another type
	// Output:
	// 0 true
	// 0 false
}

func ExampleMaybeInsert() {
	headers := map[string]string{"language": "de"}
	type language string
	ctx := context.New(gocontext.Background(), struct{}{})
	for _, header := range []string{"language", "absent"} {
		value, there := headers[header]
		context.MaybeInsert(&ctx, language(value), there)
		fmt.Println(context.Get[language](ctx))
	}
	// Output:
	// de true
	// de true
}

func ExampleGetRef() {
	type attempts int
	ctx := context.New(gocontext.Background(), struct{}{})
	context.Insert(&ctx, attempts(1))
	before := ctx
	if ref, present := context.GetRef[attempts](&ctx); present {
		ref.Set(ref.Get() + 1)
	}
	now, _ := context.Get[attempts](ctx)
	then, _ := context.Get[attempts](before)
	fmt.Println(now, then)
	// Output: 2 1
}

func ExampleGetOrInsert() {
	ctx := context.New(gocontext.Background(), struct{}{})
	fmt.Println(context.GetOrInsert(&ctx, "first").Get())
	fmt.Println(context.GetOrInsert(&ctx, "second").Get())
	// Output:
	// first
	// first
}

func ExampleGetOrInsertDefault() {
	type visits int
	ctx := context.New(gocontext.Background(), struct{}{})
	for range 3 {
		ref := context.GetOrInsertDefault[visits](&ctx)
		ref.Set(ref.Get() + 1)
	}
	fmt.Println(context.Get[visits](ctx))
	// Output: 3 true
}

func ExampleGetOrInsertWith() {
	ctx := context.New(gocontext.Background(), struct{}{})
	costly := func() string { fmt.Println("made"); return "value" }
	fmt.Println(context.GetOrInsertWith(&ctx, costly).Get())
	fmt.Println(context.GetOrInsertWith(&ctx, costly).Get())
	// Output:
	// made
	// value
	// value
}

func ExampleGetOrInsertWithContext() {
	type greeting string
	ctx := context.New(gocontext.Background(), "Ada")
	ref := context.GetOrInsertWithContext(&ctx, func(ctx context.Context[string]) greeting {
		return greeting("hello " + ctx.State())
	})
	fmt.Println(ref.Get())
	// Output: hello Ada
}

func ExampleGetOrTryInsertWith() {
	ctx := context.New(gocontext.Background(), struct{}{})
	_, err := context.GetOrTryInsertWith(&ctx, func() (string, error) { return "", errors.New("not now") })
	fmt.Println(err, context.Contains[string](ctx))
	ref, err := context.GetOrTryInsertWith(&ctx, func() (string, error) { return "value", nil })
	fmt.Println(ref.Get(), err)
	// Output:
	// not now false
	// value <nil>
}

func ExampleGetOrTryInsertWithContext() {
	type user struct{ name string }
	ctx := context.New(gocontext.Background(), map[string]user{"1": {"Ada"}})
	ref, err := context.GetOrTryInsertWithContext(&ctx, func(ctx context.Context[map[string]user]) (user, error) {
		found, is := ctx.State()["1"]
		if !is {
			return user{}, errors.New("nobody")
		}
		return found, nil
	})
	fmt.Println(ref.Get().name, err)
	// Output: Ada <nil>
}

func ExampleRemove() {
	ctx := context.New(gocontext.Background(), struct{}{})
	context.Insert(&ctx, "once")
	fmt.Println(context.Remove[string](&ctx))
	fmt.Println(context.Remove[string](&ctx))
	// Output:
	// once true
	//  false
}

// What may have to be discarded is staged, and committed when it is certain.
func ExampleExtend() {
	type method string
	type path string
	matches := func(ctx *context.Context[string], prefix path) bool {
		var staged context.Extensions
		context.Insert(&staged, method("GET"))
		context.Insert(&staged, prefix)
		if string(prefix) != ctx.State() {
			return false // and nothing of it is seen
		}
		context.Extend(ctx, &staged)
		return true
	}
	ctx := context.New(gocontext.Background(), "/users")
	fmt.Println(matches(&ctx, "/groups"), context.Contains[method](ctx))
	fmt.Println(matches(&ctx, "/users"), context.Contains[method](ctx))
	// Output:
	// false false
	// true true
}

func ExampleClear() {
	ctx := context.New(gocontext.Background(), "state")
	context.Insert(&ctx, 1)
	context.Clear(&ctx)
	fmt.Println(context.Contains[int](ctx), ctx.State())
	// Output: false state
}
