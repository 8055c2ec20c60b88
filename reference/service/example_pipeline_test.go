package service_test

import (
	"errors"
	"fmt"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

func ExampleNewFunc() {
	s := must(service.NewFunc(func(_ request, name string) (string, error) { return "hello, " + name, nil }))
	fmt.Println(must(service.NewPipeline(s)).Call(newRequest(), "Ada"))
	// Output: hello, Ada <nil>
}

func ExamplePipeline() {
	p := must(service.NewPipeline(must(service.NewFunc(doubled))))
	fmt.Println(p.Ready(newRequest()))
	fmt.Println(p.Call(newRequest(), 21))
	fmt.Println(p.Shutdown(newRequest()), p.IsShutdown())
	// Output:
	// <nil>
	// 42 <nil>
	// <nil> true
}

// A binding holds what its readiness has reserved until its next call.
func ExampleBinding() {
	limit := must(layer.NewConcurrencyLimit[struct{}, int, int](1))
	p := must(service.NewPipeline(must(limit.Layer(must(service.NewFunc(doubled))))))
	b := p.Bind()
	defer b.Close()

	_, err := b.CallNow(newRequest(), 21)
	fmt.Println(errors.Is(err, service.ErrNotReady))
	fmt.Println(b.Ready(newRequest()))
	fmt.Println(b.CallNow(newRequest(), 21))
	// Output:
	// true
	// <nil>
	// 42 <nil>
}

// connection is a service that knows whether it is still there.
type connection struct {
	service.Service[struct{}, int, int]
	lost error
}

func (c *connection) Poll(request) error { return c.lost }

func ExamplePoll() {
	c := &connection{Service: must(service.NewFunc(doubled))}
	s := must(service.NewBox[struct{}, int, int](c)) // forwards it
	fmt.Println(service.Poll(newRequest(), s))
	c.lost = errors.New("connection lost")
	fmt.Println(service.Poll(newRequest(), s))
	// Output:
	// <nil>
	// connection lost
}

// twice calls the service inside it twice, and so readies it in between.
type twice struct {
	service.Forward[struct{}, int, int]
}

func (t *twice) Call(ctx request, n int) (int, error) {
	n, err := t.Inner.Call(ctx, n)
	if err != nil {
		return 0, err
	}
	return service.Invoke(ctx, t.Inner, n)
}

func ExampleInvoke() {
	limit := must(layer.NewConcurrencyLimit[struct{}, int, int](1))
	s := &twice{service.Forward[struct{}, int, int]{Inner: must(limit.Layer(must(service.NewFunc(doubled))))}}
	fmt.Println(must(service.NewPipeline(s)).Call(newRequest(), 3))
	// Output: 12 <nil>
}

// Ready takes what is free, and with a context that Now has made it never waits.
func ExampleService_ready() {
	limit := must(layer.NewConcurrencyLimit[struct{}, int, int](1))
	s := must(limit.Layer(must(service.NewFunc(doubled))))
	first, second := context.NewCaller(), context.NewCaller()
	defer second.Finish()
	fmt.Println(s.Ready(newRequest().WithCaller(first)))
	fmt.Println(s.Ready(newRequest().WithCaller(second).Now()))
	first.Finish()
	fmt.Println(s.Ready(newRequest().WithCaller(second).Now()))
	// Output:
	// <nil>
	// context: not ready without waiting
	// <nil>
}
