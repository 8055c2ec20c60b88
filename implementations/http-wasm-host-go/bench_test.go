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
// of the host. Where ProxyHandler runs inline, both run the guest on their caller's goroutine. ProxyHandler makes its
// response; the other writes into its caller's, which is therefore made for each request, as a server of net/http does.

//go:embed guest/empty.wasm
var empty []byte

type none struct{}

type embedder struct {
	module *proxy.Module
	inline bool
}

func (e embedder) Instantiate(ctx gocontext.Context) (*proxy.Instance[none], error) {
	guest, err := e.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &proxy.Instance[none]{Guest: guest, State: e, Inline: e.inline}, nil
}

func (embedder) ShouldAccept(int, int) proxy.ShouldAccept { return proxy.Yes }

func (embedder) OnRequestStart(*proxy.Task, none) (deadline time.Time, err error) {
	return deadline, nil
}

func (embedder) OnDrop(error) {}

func BenchmarkProxyHandler(b *testing.B)       { proxyHandler(b, false) }
func BenchmarkProxyHandlerInline(b *testing.B) { proxyHandler(b, true) }

func proxyHandler(b *testing.B, inline bool) {
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
	handler, err := proxy.New[none](embedder{module, inline})
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
	b.ReportAllocs()
	for b.Loop() {
		w := &response{header: http.Header{}}
		if handler.ServeHTTP(w, request); w.code != http.StatusOK {
			b.Fatal(w.code)
		}
	}
}

// response is one without a body.
type response struct {
	code   int
	header http.Header
}

func (r *response) Header() http.Header          { return r.header }
func (*response) Write(data []byte) (int, error) { return len(data), nil }
func (r *response) WriteHeader(code int)         { r.code = code }
