package proxy_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/proxy"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// embedder makes instances of one guest, each for a hundred requests at most,
// and lets an idle one go after a second. What comes with a request is its name.
type embedder struct{ module *proxy.Module }

func (e embedder) Instantiate(ctx gocontext.Context) (*proxy.Instance[string], error) {
	guest, err := e.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &proxy.Instance[string]{Guest: guest, State: e, Expiration: e}, nil
}

func (embedder) ShouldAccept(concurrent, total int) proxy.ShouldAccept {
	switch {
	case total >= 100:
		return proxy.Never
	case concurrent >= 1:
		return proxy.No
	}
	return proxy.Yes
}

func (embedder) OnRequestStart(_ *proxy.Task, name string) (deadline time.Time, err error) {
	fmt.Println("starting", name)
	return time.Now().Add(10 * time.Second), nil
}

func (embedder) Deadline(status proxy.WorkerStatus, since time.Time) time.Time {
	if status == proxy.Idle {
		return since.Add(time.Second)
	}
	return since.Add(20 * time.Second)
}

func (embedder) OnDrop(err error) { fmt.Println("dropped", err) }

func Example() {
	ctx := gocontext.Background()
	// Only with this setting can a guest be stopped that does not return control.
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(true))
	defer runtime.Close(ctx)
	binary, err := guests.Module("hello")
	if err != nil {
		log.Fatal(err)
	}
	module, err := proxy.Compile(ctx, runtime, binary)
	if err != nil {
		log.Fatal(err)
	}
	handler, err := proxy.New[string](embedder{module})
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodGet, "http://guest/", nil)
	if err != nil {
		log.Fatal(err)
	}
	response, err := handler.Handle(ctx, "the first", request)
	if err != nil {
		log.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(text), err)
	fmt.Println(handler.Shutdown(ctx))
	// Output:
	// starting the first
	// 200 hello <nil>
	// dropped <nil>
	// <nil>
}

// Every way of failing has a type of its own.
func Example_errors() {
	explain := func(err error) string {
		if failed, is := errors.AsType[*proxy.InstantiationError[string]](err); is {
			return "no room for " + failed.Data + " now; the request may be sent again"
		}
		if code, is := errors.AsType[*proxy.ErrorCode](err); is {
			return "the guest says " + code.Code
		}
		if _, is := errors.AsType[*proxy.ExpirationError](err); is {
			return "the guest took too long"
		}
		return "the worker failed"
	}
	fmt.Println(explain(fmt.Errorf("outside: %w", &proxy.ErrorCode{Code: "DNS-timeout"})))
	fmt.Println(explain(&proxy.ExpirationError{}))
	fmt.Println(explain(&proxy.TrapOrPanicError{}))
	// Output:
	// the guest says DNS-timeout
	// the guest took too long
	// the worker failed
}

// A handler takes whatever comes. As a service, it can be put behind layers that
// do not: here at most ten requests wait for a head at a time, and the others
// are refused at once.
func ExampleNewService() {
	ctx := gocontext.Background()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	binary, err := guests.Module("hello")
	if err != nil {
		log.Fatal(err)
	}
	module, err := proxy.Compile(ctx, runtime, binary)
	if err != nil {
		log.Fatal(err)
	}
	handler, err := proxy.New[string](embedder{module})
	if err != nil {
		log.Fatal(err)
	}
	hosted, err := proxy.NewService(handler, func(_ context.Context[none], r *http.Request) string { return r.URL.Path })
	if err != nil {
		log.Fatal(err)
	}
	limited, err := layer.NewBuilder[none, *http.Request, *http.Response]().LoadShed().ConcurrencyLimit(10).Service(hosted)
	if err != nil {
		log.Fatal(err)
	}
	pipeline, err := service.NewPipeline(limited)
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodGet, "http://guest/path", nil)
	if err != nil {
		log.Fatal(err)
	}
	response, err := pipeline.Call(context.New(ctx, none{}), request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode)
	fmt.Println(pipeline.Shutdown(context.New(ctx, none{})))
	// Output:
	// starting /path
	// 200
	// dropped <nil>
	// <nil>
}
