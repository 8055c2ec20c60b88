package service_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// must is for parameters that are known to be right.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The services that the examples combine.

type request = context.Context[struct{}]

func parse(_ request, s string) (int, error) { return strconv.Atoi(s) }

func doubled(_ request, n int) (int, error) { return 2 * n, nil }

func newRequest() request { return context.New(gocontext.Background(), struct{}{}) }

func ExampleNewMap() {
	s := must(service.NewFunc(parse))
	words := must(service.NewMap(s, func(n int) string { return strings.Repeat("ho ", n) }))
	p := must(service.NewPipeline(words))
	fmt.Println(p.Call(newRequest(), "3"))
	// Output: ho ho ho  <nil>
}

func ExampleNewMapErr() {
	s := must(service.NewFunc(parse))
	polite := must(service.NewMapErr(s, func(err error) error { return fmt.Errorf("sorry: %w", err) }))
	_, err := must(service.NewPipeline(polite)).Call(newRequest(), "x")
	fmt.Println(err)
	fmt.Println(errors.Is(err, strconv.ErrSyntax))
	// Output:
	// sorry: strconv.Atoi: parsing "x": invalid syntax
	// true
}

func ExampleNewAndThen() {
	first, second := must(service.NewFunc(parse)), must(service.NewFunc(doubled))
	p := must(service.NewPipeline(must(service.NewAndThen(first, second))))
	fmt.Println(p.Call(newRequest(), "21"))
	fmt.Println(p.Call(newRequest(), "x"))
	// Output:
	// 42 <nil>
	// 0 strconv.Atoi: parsing "x": invalid syntax
}

func ExampleNewThen() {
	first := must(service.NewFunc(parse))
	second := must(service.NewFunc(func(_ request, o service.Outcome[int]) (string, error) {
		if o.Err != nil {
			return "not a number", nil
		}
		return fmt.Sprint("the number ", o.Response), nil
	}))
	p := must(service.NewPipeline(must(service.NewThen(first, second))))
	fmt.Println(p.Call(newRequest(), "7"))
	fmt.Println(p.Call(newRequest(), "x"))
	// Output:
	// the number 7 <nil>
	// not a number <nil>
}

func ExampleNewApply() {
	s := must(service.NewFunc(parse))
	sum := must(service.NewApply(s, func(ctx request, terms []string, inner *service.Handle[struct{}, string, int]) (int, error) {
		total := 0
		for _, term := range terms {
			n, err := inner.Call(ctx, term)
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	}))
	p := must(service.NewPipeline(sum))
	fmt.Println(p.Call(newRequest(), []string{"1", "2", "3"}))
	// Output: 6 <nil>
}

func ExampleNewShutdownHook() {
	hook := must(service.NewShutdownHook[struct{}, int](func(request) error {
		fmt.Println("closing the database")
		return nil
	}))
	s := must(service.NewFunc(parse))
	p := must(service.NewPipeline(must(service.NewAndThen(s, hook))))
	fmt.Println(p.Call(newRequest(), "5"))
	fmt.Println(p.Shutdown(newRequest()))
	fmt.Println(p.Shutdown(newRequest()))
	// Output:
	// 5 <nil>
	// closing the database
	// <nil>
	// <nil>
}

func ExampleNewBox() {
	plain := must(service.NewFunc(doubled))
	mapped := must(service.NewMap(plain, func(n int) int { return -n }))
	boxes := []*service.Box[struct{}, int, int]{
		must(service.NewBox(plain)),
		must(service.NewBox(mapped)),
	}
	for _, box := range boxes {
		fmt.Println(must(service.NewPipeline(box)).Call(newRequest(), 1))
	}
	// Output:
	// 2 <nil>
	// -2 <nil>
}

func ExampleChain() {
	p, err := service.NewChain(must(service.NewFunc(doubled))).
		AndThen(must(service.NewFunc(doubled))).
		Map(func(n int) int { return n + 1 }).
		Pipeline()
	if err != nil {
		panic(err)
	}
	fmt.Println(p.Call(newRequest(), 10))

	_, err = service.NewChain(must(service.NewFunc(doubled))).Map(nil).Service()
	fmt.Println(err)
	// Output:
	// 41 <nil>
	// parameter f must not be nil
}

func ExampleExtend() {
	// A step that changes the type of the response, and a layer.
	chain := service.NewChain(must(service.NewFunc(doubled)))
	words := service.Extend(chain, func(s service.Service[struct{}, int, int]) (service.Service[struct{}, int, string], error) {
		return service.NewMap(s, strconv.Itoa)
	})
	limited := service.Extend(words, must(layer.NewConcurrencyLimit[struct{}, int, string](10)).Layer)
	fmt.Println(must(limited.Pipeline()).Call(newRequest(), 4))
	// Output: 8 <nil>
}
