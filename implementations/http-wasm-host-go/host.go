package httpwasm

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/http-wasm/http-wasm-host-go/handler"
	wasm "github.com/http-wasm/http-wasm-host-go/handler/nethttp"
	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
)

// host is every handle on one handler.
type host struct {
	built      chan struct{} // closed when there is a handler, or an error in place of it
	err        error
	middleware wasm.Middleware
	handler    http.Handler
	handles    atomic.Int64
	requests   sync.WaitGroup
}

// open has the handler built beside the script: the library makes the first instance with the handler, and the script may
// hold that.
func open(env *inprocess.HostEnvironment) *host {
	h := &host{built: make(chan struct{})}
	h.handles.Store(1)
	go h.build(&stage{env: env, workers: map[string]*worker{}})
	return h
}

func (h *host) build(s *stage) {
	defer close(h.built)
	ctx := context.Background()
	// An actor says when it begins to be an instance.
	config := wazero.NewModuleConfig().WithStartFunctions("_initialize")
	if h.middleware, h.err = wasm.NewMiddleware(ctx, actor, handler.Runtime(s.runtime), handler.ModuleConfig(config)); h.err == nil {
		h.handler = h.middleware.NewHandler(ctx, http.NotFoundHandler())
	}
}

// Handle implements inprocess.HostHandle, by what a server of net/http does.
func (h *host) Handle(ctx context.Context, request inprocess.HostRequest) (inprocess.HostResponse, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://host/", nil)
	if err != nil {
		return inprocess.HostResponse{}, err
	}
	r.Header.Set("Program", request.Program)
	select {
	case <-h.built:
	case <-ctx.Done():
		return inprocess.HostResponse{}, ctx.Err()
	}
	if h.err != nil {
		return inprocess.HostResponse{}, failure(h.err.Error())
	}
	body, writer := io.Pipe()
	w := &responseWriter{header: http.Header{}, head: make(chan int, 1), body: writer}
	h.requests.Go(func() { w.serve(h.handler, r) })
	select {
	case code := <-w.head:
		return read(code, body)
	case <-ctx.Done():
		return inprocess.HostResponse{}, errors.Join(ctx.Err(), body.Close())
	}
}

// read makes an error of a status that tells one.
func read(code int, body io.ReadCloser) (inprocess.HostResponse, error) {
	if code < http.StatusInternalServerError {
		return inprocess.HostResponse{Body: body}, nil
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return inprocess.HostResponse{}, err
	}
	return inprocess.HostResponse{}, failure(string(text))
}

// Copy implements inprocess.HostHandle.
func (h *host) Copy() inprocess.HostHandle {
	h.handles.Add(1)
	return h
}

// Drop implements inprocess.HostHandle. Closing the middleware would end requests in flight.
func (h *host) Drop() {
	if h.handles.Add(-1) > 0 {
		return
	}
	go func() {
		<-h.built
		if h.err != nil {
			return
		}
		h.requests.Wait()
		_ = h.middleware.Close(context.Background()) // nobody is left to be told
	}()
}

// responseWriter is the server's end of a connection.
type responseWriter struct {
	header http.Header
	once   sync.Once
	head   chan int
	body   *io.PipeWriter
}

// serve ends the connection at a panic, as a server of net/http does.
func (w *responseWriter) serve(handler http.Handler, r *http.Request) {
	defer func() {
		if recover() != nil {
			_ = w.body.CloseWithError(io.ErrUnexpectedEOF)
			return
		}
		w.WriteHeader(http.StatusOK)
		_ = w.body.Close()
	}()
	handler.ServeHTTP(w, r)
}

// Header implements http.ResponseWriter.
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter. The first counts.
func (w *responseWriter) WriteHeader(code int) { w.once.Do(func() { w.head <- code }) }

// Write implements http.ResponseWriter.
func (w *responseWriter) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}
