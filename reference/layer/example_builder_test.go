package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// The layer that is added first sees the request first: here, calls are counted
// against the limit before their time begins.
func ExampleBuilder() {
	s, err := layer.NewBuilder[struct{}, string, string]().
		ConcurrencyLimit(10).
		Timeout(time.Minute).
		MapRequest(strings.ToUpper).
		ServiceFunc(func(_ context.Context[struct{}], req string) (string, error) { return "got " + req, nil })
	if err != nil {
		fmt.Println(err)
		return
	}
	pipeline, _ := service.NewPipeline(s)
	fmt.Println(pipeline.Call(context.New(gocontext.Background(), struct{}{}), "this"))
	// Output: got THIS <nil>
}

// The errors of all layers come together at the end.
func ExampleBuilder_Service() {
	_, err := layer.NewBuilder[struct{}, string, string]().
		Buffer(-1).
		LoadShed().
		Timeout(0).
		Service(greeter())
	fmt.Println(err)
	var refused *parameter.Error
	fmt.Println(errors.As(err, &refused), refused.Parameter)
	// Output:
	// layer 1, buffer: parameter bound must be positive, is -1
	// layer 3, timeout: parameter after must be positive, is 0s
	// true bound
}

// A builder is a layer, for several services or for another builder.
func ExampleBuilder_Layer() {
	loud := layer.NewBuilder[struct{}, string, string]().MapResponse(strings.ToUpper)
	show(loud, "Ada")
	show(loud.MapRequest(func(name string) string { return name + " Lovelace" }), "Ada")
	show(layer.NewBuilder[struct{}, string, string]().MapResponse(func(res string) string { return res + "!" }).Add(loud), "Ada")
	// Output:
	// HELLO ADA, <nil>
	// HELLO ADA LOVELACE, <nil>
	// HELLO ADA!, <nil>
}

func ExampleBuilder_IntoInner() {
	l, err := layer.NewBuilder[struct{}, string, string]().MapResponse(strings.ToUpper).IntoInner()
	if err != nil {
		fmt.Println(err)
		return
	}
	show(l, "Ada")
	// Output: HELLO ADA, <nil>
}

func ExampleOptionLayer() {
	loud, _ := layer.NewMapResponse[struct{}, string](strings.ToUpper)
	show(layer.OptionLayer[service.Service[struct{}, string, string]](loud), "Ada")
	show(layer.OptionLayer[service.Service[struct{}, string, string]](nil), "Ada")
	// Output:
	// HELLO ADA, <nil>
	// hello Ada, <nil>
}

func ExampleIdentity() {
	show(layer.Identity[service.Service[struct{}, string, string]]{}, "Ada")
	// Output: hello Ada, <nil>
}

// A stack takes layers that change the types: from numbers to names, and from
// texts to their lengths.
func ExampleStack() {
	names, _ := layer.NewMapRequest[struct{}, int, string, string](func(n int) string { return fmt.Sprint("number ", n) })
	length, _ := layer.NewMapResponse[struct{}, int](func(res string) int { return len(res) })
	stack, err := layer.NewStack(names, length)
	if err != nil {
		fmt.Println(err)
		return
	}
	show(stack, 7)
	// Output: 14, <nil>
}

func ExampleBoxed() {
	inner := greeter()
	_, known := inner.(*service.Function[struct{}, string, string])
	boxed, _ := layer.Boxed[struct{}, string, string]{}.Layer(inner)
	_, still := boxed.(*service.Function[struct{}, string, string])
	fmt.Println(known, still)
	// Output: true false
}
