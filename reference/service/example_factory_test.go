package service_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// greeters makes services that greet by the word they are configured with.
func greeters() service.Factory[struct{}, string, string, string] {
	return must(service.NewFuncFactory(func(_ request, word string) (service.Service[struct{}, string, string], error) {
		if word == "" {
			return nil, errors.New("nothing to say")
		}
		return service.NewFunc(func(_ request, name string) (string, error) { return word + ", " + name, nil })
	}))
}

func ExampleNewFuncFactory() {
	f := greeters()
	for _, word := range []string{"hello", "moin", ""} {
		s, err := f.Create(newRequest(), word)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(must(service.NewPipeline(s)).Call(newRequest(), "Ada"))
	}
	// Output:
	// hello, Ada <nil>
	// moin, Ada <nil>
	// nothing to say
}

func ExampleCreatePipeline() {
	p := must(service.CreatePipeline(newRequest(), greeters(), "hello"))
	fmt.Println(p.Call(newRequest(), "Ada"))
	// Output: hello, Ada <nil>
}

func ExampleNewMapFactory() {
	loud := must(service.NewMapFactory(greeters(), strings.ToUpper))
	fmt.Println(must(service.CreatePipeline(newRequest(), loud, "hello")).Call(newRequest(), "Ada"))
	// Output: HELLO, ADA <nil>
}

func ExampleNewMapErrFactory() {
	failing := must(service.NewFuncFactory(func(request, int) (service.Service[struct{}, string, int], error) {
		return service.NewFunc(parse)
	}))
	mapped := must(service.NewMapErrFactory(failing, func(error) error { return errors.New("not a number") }))
	fmt.Println(must(service.CreatePipeline(newRequest(), mapped, 0)).Call(newRequest(), "x"))
	// Output: 0 not a number
}

func ExampleNewApplyFactory() {
	twice := must(service.NewApplyFactory(greeters(),
		func(ctx request, name string, inner *service.Handle[struct{}, string, string]) (string, error) {
			once, err := inner.Call(ctx, name)
			if err != nil {
				return "", err
			}
			return inner.Call(ctx, once)
		}))
	fmt.Println(must(service.CreatePipeline(newRequest(), twice, "hello")).Call(newRequest(), "Ada"))
	// Output: hello, hello, Ada <nil>
}

func ExampleNewBoxFactory() {
	s := must(must(service.NewBoxFactory(greeters())).Create(newRequest(), "hello"))
	_, boxed := s.(*service.Box[struct{}, string, string])
	fmt.Println(boxed)
	// Output: true
}

func ExampleNewAndThenFactory() {
	both := must(service.NewAndThenFactory(greeters(), greeters()))
	fmt.Println(must(service.CreatePipeline(newRequest(), both, "hello")).Call(newRequest(), "Ada"))
	// Output: hello, hello, Ada <nil>
}

func ExampleNewThenFactory() {
	judges := must(service.NewFuncFactory(func(request, string) (service.Service[struct{}, service.Outcome[string], bool], error) {
		return service.NewFunc(func(_ request, o service.Outcome[string]) (bool, error) { return o.Err == nil, nil })
	}))
	both := must(service.NewThenFactory(greeters(), judges))
	fmt.Println(must(service.CreatePipeline(newRequest(), both, "hello")).Call(newRequest(), "Ada"))
	// Output: true <nil>
}

func ExampleNewMapConfig() {
	type config struct{ Greeting string }
	f := must(service.NewMapConfig(greeters(), func(c config) string { return c.Greeting }))
	fmt.Println(must(service.CreatePipeline(newRequest(), f, config{"hello"})).Call(newRequest(), "Ada"))
	// Output: hello, Ada <nil>
}

func ExampleNewMapInitErr() {
	f := must(service.NewMapInitErr(greeters(), func(err error) error { return fmt.Errorf("no greeter: %w", err) }))
	_, err := f.Create(newRequest(), "")
	fmt.Println(err)
	// Output: no greeter: nothing to say
}

func ExampleNewMiddlewareFactory() {
	// A layer is a middleware: every service that is made has a limit of its own.
	limit := must(layer.NewConcurrencyLimit[struct{}, string, string](10))
	f := must(service.NewMiddlewareFactory(limit, greeters()))
	fmt.Println(must(service.CreatePipeline(newRequest(), f, "hello")).Call(newRequest(), "Ada"))
	// Output: hello, Ada <nil>
}
