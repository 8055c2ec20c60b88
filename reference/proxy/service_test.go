package proxy_test

import (
	gocontext "context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/proxy"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type none = struct{}

// A concurrency limit is the answer to a handler's lack of back-pressure: it
// lets go of its permit at the head of the response.
func TestALimitAroundAHandler(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		hosted := must(proxy.NewService(w.handler, func(_ context.Context[none], r *http.Request) string { return r.URL.Path }))
		limited := must(layer.NewBuilder[none, *http.Request, *http.Response]().ConcurrencyLimit(1).Service(hosted))
		pipeline := must(service.NewPipeline(limited))
		call := func(program string) {
			w.callers.Go(func() {
				response, err := pipeline.Call(context.New(gocontext.Background(), none{}), w.request(program))
				if err == nil {
					err = response.Body.Close()
				}
				w.say("answered %v", err)
			})
			synctest.Wait()
		}
		call("wait:x head wait:y end-body")
		call("respond:b")
		w.expect("1.1 starts /")
		w.open("x") // the head is there, the body is not over
		w.expectAll("answered <nil>", "1.2 starts /", "answered <nil>")
		if err := pipeline.Shutdown(context.New(ended(), none{})); !errors.Is(err, gocontext.Canceled) {
			t.Errorf("shutdown while a task goes on: %v", err)
		}
		call("respond:c")
		w.expect("answered proxy: the handler is shut down")
	})
}

func ended() gocontext.Context {
	ctx, end := gocontext.WithCancel(gocontext.Background())
	end()
	return ctx
}

func TestAServiceOfNoHandlerIsRefused(t *testing.T) {
	_, err := proxy.NewService[none](proxy.ProxyHandler[string]{}, nil)
	if refused, is := errors.AsType[*parameter.Error](err); !is || refused.Parameter != "handler" {
		t.Errorf("got %v", err)
	}
}
