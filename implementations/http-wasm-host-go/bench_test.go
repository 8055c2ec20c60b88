package httpwasm_test

import (
	gocontext "context"
	_ "embed" // for the guest
	"net/http"
	"testing"
	"time"

	wasm "github.com/http-wasm/http-wasm-host-go/handler/nethttp"
	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// Both hosts use one instance again and again for the same request, and both guests answer with nothing by one call
// of the host.

//go:embed guest/empty.wasm
var empty []byte

type none struct{}

type embedder struct{ module *proxy.Module }

func (e embedder) Instantiate(ctx gocontext.Context) (*proxy.Instance[none], error) {
	guest, err := e.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &proxy.Instance[none]{Guest: guest, State: e}, nil
}

func (embedder) ShouldAccept(int, int) proxy.ShouldAccept { return proxy.Yes }

func (embedder) OnRequestStart(*proxy.Task, none) (deadline time.Time, err error) {
	return deadline, nil
}

func (embedder) OnDrop(error) {}

func BenchmarkProxyHandler(b *testing.B) {
	ctx := gocontext.Background()
	runtime := wazero.NewRuntime(ctx)
	defer runtime.Close(ctx)
	binary, err := guests.Module("empty")
	if err != nil {
		b.Fatal(err)
	}
	module, err := proxy.Compile(ctx, runtime, binary)
	if err != nil {
		b.Fatal(err)
	}
	handler, err := proxy.New[none](embedder{module})
	if err != nil {
		b.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodGet, "http://guest/", nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := handler.Handle(ctx, none{}, request); err != nil {
			b.Fatal(err)
		}
	}
	if err := handler.Shutdown(ctx); err != nil {
		b.Error(err)
	}
}

func BenchmarkHTTPWasm(b *testing.B) {
	ctx := gocontext.Background()
	middleware, err := wasm.NewMiddleware(ctx, empty)
	if err != nil {
		b.Fatal(err)
	}
	defer middleware.Close(ctx)
	handler := middleware.NewHandler(ctx, http.NotFoundHandler())
	request, err := http.NewRequest(http.MethodGet, "http://guest/", nil)
	if err != nil {
		b.Fatal(err)
	}
	w := &status{}
	b.ReportAllocs()
	for b.Loop() {
		w.code = 0
		if handler.ServeHTTP(w, request); w.code != http.StatusOK {
			b.Fatal(w.code)
		}
	}
}

// status is a response of which only the status counts.
type status struct{ code int }

func (*status) Header() http.Header            { return nil }
func (*status) Write(data []byte) (int, error) { return len(data), nil }
func (s *status) WriteHeader(code int)         { s.code = code }
