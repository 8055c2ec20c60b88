package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// hello is the service that the examples wrap.
func hello() service.Service[struct{}, string, string] {
	f, err := service.NewFunc(func(_ context.Context[struct{}], name string) (string, error) {
		return "hello, " + name, nil
	})
	if err != nil {
		panic(err)
	}
	return f
}

// unready is a service that fails to become ready.
type unready struct {
	service.Service[struct{}, string, string]
}

func (unready) Ready(context.Context[struct{}]) error { return errors.New("no connection") }

func ExampleBuffer() {
	buffer, err := layer.NewBuffer[struct{}, string, string](100)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.New(gocontext.Background(), struct{}{})

	s, _ := buffer.Layer(hello())
	p, _ := service.NewPipeline(s)
	fmt.Println(p.Call(ctx, "gopher"))
	fmt.Println(p.Shutdown(ctx))
	_, err = p.Call(ctx, "latecomer")
	fmt.Println(errors.Is(err, layer.ErrClosed))

	// Output:
	// hello, gopher <nil>
	// <nil>
	// true
}

func ExampleBufferError() {
	buffer, err := layer.NewBuffer[struct{}, string, string](100)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := buffer.Layer(unready{hello()})
	p, _ := service.NewPipeline(s)
	_, err = p.Call(context.New(gocontext.Background(), struct{}{}), "gopher")

	var failed *layer.BufferError
	if errors.As(err, &failed) {
		fmt.Println("cause:", failed.Cause)
	}
	// Output: cause: no connection
}

func ExampleLoadShed() {
	shed, err := layer.NewLoadShed[struct{}, string, string]()
	if err != nil {
		fmt.Println(err)
		return
	}
	limit, err := layer.NewConcurrencyLimit[struct{}, string, string](1)
	if err != nil {
		fmt.Println(err)
		return
	}
	limited, _ := limit.Layer(hello())
	s, _ := shed.Layer(limited)
	p, _ := service.NewPipeline(s)
	ctx := context.New(gocontext.Background(), struct{}{})

	// One caller holds the only permit.
	b := p.Bind()
	_ = b.Ready(ctx)
	_, err = p.Call(ctx, "gopher")
	fmt.Println(errors.Is(err, layer.ErrOverloaded))

	b.Close()
	fmt.Println(p.Call(ctx, "gopher"))
	// Output:
	// true
	// hello, gopher <nil>
}

func ExampleRateLimit() {
	limit, err := layer.NewRateLimit[struct{}, string, string](1, time.Hour)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := limit.Layer(hello())
	p, _ := service.NewPipeline(s)
	ctx := context.New(gocontext.Background(), struct{}{})

	fmt.Println(p.Call(ctx, "gopher"))
	// The next call would wait for an hour.
	_, err = p.Call(ctx.Now(), "gopher")
	fmt.Println(errors.Is(err, context.ErrWouldWait))
	// Output:
	// hello, gopher <nil>
	// true
}

func ExampleGlobalConcurrencyLimit() {
	permits, err := layer.NewPermits(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	limit, err := layer.NewGlobalConcurrencyLimit[struct{}, string, string](permits)
	if err != nil {
		fmt.Println(err)
		return
	}
	one, _ := limit.Layer(hello())
	two, _ := limit.Layer(hello())
	first, _ := service.NewPipeline(one)
	second, _ := service.NewPipeline(two)
	ctx := context.New(gocontext.Background(), struct{}{})

	b := first.Bind()
	fmt.Println("first:", b.Ready(ctx))
	fmt.Println("second:", second.Ready(ctx.Now()))
	b.Close()
	fmt.Println("second:", second.Ready(ctx.Now()))
	// Output:
	// first: <nil>
	// second: context: not ready without waiting
	// second: <nil>
}

func ExampleNewPermits() {
	_, err := layer.NewPermits(0)
	fmt.Println(err)
	// Output: parameter limit must be positive, is 0
}

func ExampleInFlightLimit() {
	limit, err := layer.NewInFlightLimit[struct{}, string, string](1)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := limit.Layer(hello())
	p, _ := service.NewPipeline(s)
	ctx := context.New(gocontext.Background(), struct{}{})

	// Readiness is advisory: it keeps nobody out.
	b := p.Bind()
	defer b.Close()
	fmt.Println(b.Ready(ctx))
	fmt.Println(p.Call(ctx, "gopher"))
	// Output:
	// <nil>
	// hello, gopher <nil>
}

func ExampleKeepAlive() {
	keepAlive, err := layer.NewKeepAlive[struct{}, string, string](time.Nanosecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := keepAlive.Layer(hello())
	p, _ := service.NewPipeline(s)
	time.Sleep(time.Millisecond)

	_, err = p.Call(context.New(gocontext.Background(), struct{}{}), "gopher")
	fmt.Println(errors.Is(err, layer.ErrIdle))
	// Output: true
}

func ExampleSpawnReady() {
	spawn, err := layer.NewSpawnReady[struct{}, string, string]()
	if err != nil {
		fmt.Println(err)
		return
	}
	limit, err := layer.NewConcurrencyLimit[struct{}, string, string](1)
	if err != nil {
		fmt.Println(err)
		return
	}
	limited, _ := limit.Layer(hello())
	s, _ := spawn.Layer(limited)
	p, _ := service.NewPipeline(s)
	ctx := context.New(gocontext.Background(), struct{}{})

	holder, b := p.Bind(), p.Bind()
	defer b.Close()
	_ = holder.Ready(ctx)
	// b stops waiting, but its place in the queue for the permit stays.
	impatient, cancel := gocontext.WithTimeout(ctx.Go(), time.Microsecond)
	defer cancel()
	fmt.Println(b.Ready(ctx.With(impatient)))
	holder.Close()
	fmt.Println(b.Ready(ctx))
	fmt.Println(b.CallNow(ctx, "gopher"))
	// Output:
	// context deadline exceeded
	// <nil>
	// hello, gopher <nil>
}
