package layer_test

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

// greeter is the service that the examples wrap: it greets, but not nobody.
func greeter() service.Service[struct{}, string, string] {
	s, _ := service.NewFunc(func(_ context.Context[struct{}], name string) (string, error) {
		if name == "" {
			return "", errNobody
		}
		return "hello " + name, nil
	})
	return s
}

var errNobody = errors.New("nobody there")

// show applies a layer to the greeter and prints what a call gives.
func show[Req, Res any](l layer.Layer[service.Service[struct{}, string, string], service.Service[struct{}, Req, Res]], req Req) {
	s, err := l.Layer(greeter())
	if err != nil {
		fmt.Println(err)
		return
	}
	pipeline, _ := service.NewPipeline(s)
	res, err := pipeline.Call(context.New(gocontext.Background(), struct{}{}), req)
	fmt.Printf("%v, %v\n", res, err)
}

// A filter may change the type of the requests: here, only numbers pass.
func ExampleFilter() {
	filter, _ := layer.NewFilter[struct{}, string, string, string](func(req string) (string, error) {
		n, err := strconv.Atoi(req)
		if err != nil {
			return "", fmt.Errorf("not a number: %q", req)
		}
		return "number " + strconv.Itoa(n), nil
	})
	show(filter, "007")
	show(filter, "bond")
	// Output:
	// hello number 7, <nil>
	// , not a number: "bond"
}

func ExampleFilterAsync() {
	known := make(chan string, 1)
	known <- "Ada" // somebody else knows
	filter, _ := layer.NewFilterAsync[struct{}, string, string, string](
		func(ctx context.Context[struct{}], req string) (string, error) {
			select {
			case name := <-known:
				return name, nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		})
	show(filter, "whoever")
	// Output: hello Ada, <nil>
}

func ExampleMapResponse() {
	length, _ := layer.NewMapResponse[struct{}, string](func(res string) int { return len(res) })
	show(length, "Ada")
	// Output: 9, <nil>
}

func ExampleMapErr() {
	polite, _ := layer.NewMapErr[struct{}, string, string](func(err error) error {
		return fmt.Errorf("with regret: %w", err)
	})
	show(polite, "")
	// Output: , with regret: nobody there
}

func ExampleMapResult() {
	recovering, _ := layer.NewMapResult[struct{}, string](func(res string, err error) (string, error) {
		if errors.Is(err, errNobody) {
			return "silence", nil
		}
		return res, err
	})
	show(recovering, "")
	show(recovering, "Ada")
	// Output:
	// silence, <nil>
	// hello Ada, <nil>
}

func ExampleMapFuture() {
	around, _ := layer.NewMapFuture[struct{}, string](
		func(_ context.Context[struct{}], call func() (string, error)) (string, error) {
			fmt.Println("before")
			defer fmt.Println("after")
			return call()
		})
	show(around, "Ada")
	// Output:
	// before
	// after
	// hello Ada, <nil>
}

func ExampleThen() {
	logged, _ := layer.NewThen[struct{}, string](
		func(_ context.Context[struct{}], res string, err error) (string, error) {
			fmt.Println("log:", res, err)
			return res, err
		})
	show(logged, "Ada")
	show(logged, "")
	// Output:
	// log: hello Ada <nil>
	// hello Ada, <nil>
	// log:  nobody there
	// , nobody there
}

func ExampleAndThen() {
	shouted, _ := layer.NewAndThen[struct{}, string](
		func(_ context.Context[struct{}], res string) (string, error) { return strings.ToUpper(res), nil })
	show(shouted, "Ada")
	show(shouted, "")
	// Output:
	// HELLO ADA, <nil>
	// , nobody there
}
