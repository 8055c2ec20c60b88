package reference

import (
	"cmp"
	gocontext "context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	hostserver "github.com/plumbline-spec/plumbline/reference/proxy/server"
)

// servedHandle is one handle on a host behind a server. It makes requests of the server as net/http does, without a
// connection: virtual time does not wait for those of the system.
type servedHandle struct {
	*host
	server *hostserver.Server[*delivery]
}

// serve builds a host behind a server.
func serve(state *embedder, shared *host, limits *script.Serve) (*servedHandle, error) {
	l := hostserver.Defaults()
	l.Reuse = cmp.Or(limits.MaxReuse, l.Reuse)
	l.ConcurrentReuse = cmp.Or(limits.MaxConcurrentReuse, l.ConcurrentReuse)
	l.Requests = cmp.Or(limits.MaxRequests, l.Requests)
	if limits.IdleTimeout != nil {
		l.IdleTimeout = time.Duration(*limits.IdleTimeout)
	}
	if limits.RequestTimeout != nil {
		l.RequestTimeout = time.Duration(*limits.RequestTimeout)
	}
	data := func(r *http.Request) *delivery { return r.Context().Value(deliveryKey{}).(*delivery) }
	s, err := hostserver.New(state, data, l, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, refused(err)
	}
	return &servedHandle{shared, s}, nil
}

// Handle implements inprocess.HostHandle.
func (h *servedHandle) Handle(ctx gocontext.Context, request inprocess.HostRequest) (inprocess.HostResponse, error) {
	_, r, err := h.request(ctx, request)
	if err != nil {
		return inprocess.HostResponse{}, err
	}
	body, writer := io.Pipe()
	w := &responseWriter{header: http.Header{}, head: make(chan int, 1), body: writer}
	go w.serve(h.server, r)
	select {
	case code := <-w.head:
		return inprocess.HostResponse{Code: code, Body: body}, nil
	case <-ctx.Done():
		return inprocess.HostResponse{}, errors.Join(ctx.Err(), body.Close())
	}
}

// Copy implements inprocess.HostHandle.
func (h *servedHandle) Copy() inprocess.HostHandle {
	h.handles.Add(1)
	return h
}

// Drop implements inprocess.HostHandle.
func (h *servedHandle) Drop() {
	if h.handles.Add(-1) > 0 {
		return
	}
	ended, end := gocontext.WithCancel(gocontext.Background())
	end() // nobody waits for it here
	_ = h.server.Shutdown(ended)
}

// Shutdown implements inprocess.HostServer.
func (h *servedHandle) Shutdown(ctx gocontext.Context) error { return h.server.Shutdown(ctx) }

// responseWriter is the server's end of a connection.
type responseWriter struct {
	header http.Header
	once   sync.Once
	head   chan int
	body   *io.PipeWriter
}

func (w *responseWriter) serve(handler http.Handler, r *http.Request) {
	defer func() {
		switch value := recover(); value {
		case nil:
			w.WriteHeader(http.StatusOK)
			_ = w.body.Close()
		case http.ErrAbortHandler:
			_ = w.body.CloseWithError(io.ErrUnexpectedEOF)
		default:
			panic(value)
		}
	}()
	handler.ServeHTTP(w, r)
}

// Header implements http.ResponseWriter.
func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *responseWriter) WriteHeader(code int) { w.once.Do(func() { w.head <- code }) }

// Write implements http.ResponseWriter.
func (w *responseWriter) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}
