package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"strconv"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func ExampleConcurrencyLimit() {
	limit, err := layer.NewConcurrencyLimit[struct{}, string, string](1)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := limit.Layer(greeter())
	p, _ := service.NewPipeline(s)
	ctx := context.New(gocontext.Background(), struct{}{})

	first, second := p.Bind(), p.Bind()
	defer second.Close()
	fmt.Println(first.Ready(ctx))
	fmt.Println(errors.Is(second.Ready(ctx.Now()), context.ErrWouldWait))
	first.Close() // what it had reserved is free
	fmt.Println(second.Ready(ctx.Now()))

	// Output:
	// <nil>
	// true
	// <nil>
}

// A request may change its type on the way in.
func ExampleMapRequest() {
	names, err := layer.NewMapRequest[struct{}, int, string, string](func(id int) string { return "number " + strconv.Itoa(id) })
	if err != nil {
		fmt.Println(err)
		return
	}
	show(names, 6)

	// Output: hello number 6, <nil>
}

// A layer made of a function may put any service in place of the one that it is given.
func ExampleFunc() {
	type text = service.Service[struct{}, string, string]
	absent, err := layer.NewFunc(func(text) (text, error) {
		return service.NewFunc(func(context.Context[struct{}], string) (string, error) { return "nobody is at home", nil })
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	show(absent, "Ada")

	// Output: nobody is at home, <nil>
}
