package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"

	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// Server is an http.Handler in front of a [proxy.ProxyHandler]. It is made by
// [New], and any number of goroutines may use it.
type Server[D any] struct {
	handler proxy.ProxyHandler[D]
	data    func(*http.Request) D
	logger  *slog.Logger
	permits chan struct{}
	closing chan struct{} // closed when the server shuts down

	mu   sync.Mutex
	busy int
	rest chan struct{} // closed when the server shuts down and no request is in it
}

// New returns a server whose instances the embedder's state makes and whose
// limits hold beside the embedder's own. data says what the embedder is given
// with each request; nil gives it the zero D. What fails is logged, one line for
// each; a nil logger is slog's default, which writes to stderr.
//
// A nil state and limits that make no sense are refused with a
// [parameter.Error] that names them.
func New[D any](state proxy.HandlerState[D], data func(*http.Request) D, limits Limits, logger *slog.Logger) (*Server[D], error) {
	if state == nil {
		return nil, parameter.Nil("state")
	}
	if err := limits.check(); err != nil {
		return nil, err
	}
	if data == nil {
		data = func(*http.Request) (none D) { return none }
	}
	if logger == nil {
		logger = slog.Default()
	}
	handler, err := proxy.New[D](&limited[D]{state, limits, logger})
	if err != nil {
		return nil, err
	}
	return &Server[D]{
		handler: handler, data: data, logger: logger,
		permits: make(chan struct{}, limits.Requests),
		closing: make(chan struct{}), rest: make(chan struct{}),
	}, nil
}

// ServeHTTP has a worker serve the request (http.Handler). Where that fails, the
// answer is the status 500, and the connection can be used on; a body that fails
// after its head ends the connection. A server that shuts down answers 503. For a
// client that has gone, it panics with http.ErrAbortHandler, as net/http has it.
//
// With HTTP/1, too, a guest may answer before it has read the request's body, and
// read on while it writes.
func (s *Server[D]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		refuse(w, r)
		return
	}
	defer s.end()
	control := http.NewResponseController(w)
	if err := control.EnableFullDuplex(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.failed(w, r, err)
		return
	}
	body := lend(r)
	defer body.Close()
	response, err := s.handle(r, body)
	// A guest that streams may read on, and be at it when the response ends.
	streamed := err == nil && response.ContentLength < 0
	if streamed && body.unread() || !streamed && body.takeBack() {
		closeConnection(w, r)
	}
	switch {
	case err == nil:
		s.answer(w, control, r, response)
	case r.Context().Err() != nil:
		panic(http.ErrAbortHandler) // nobody is there to be answered
	case errors.Is(err, proxy.ErrClosed):
		refuse(w, r)
	default:
		s.failed(w, r, err)
	}
}

// handle holds one of the permits until there is the head of a response.
func (s *Server[D]) handle(r *http.Request, body *body) (*http.Response, error) {
	ctx := r.Context()
	select {
	case s.permits <- struct{}{}:
	case <-s.closing:
		return nil, proxy.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.permits }()
	return s.handler.Handle(ctx, s.data(r), body.request(r))
}

func (s *Server[D]) failed(w http.ResponseWriter, r *http.Request, err error) {
	s.logger.Error("a request failed", "method", r.Method, "target", r.RequestURI, "error", err)
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

func refuse(w http.ResponseWriter, r *http.Request) {
	closeConnection(w, r)
	http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
}

// closeConnection has the connection end with this response. With HTTP/2, a
// connection is shared, and survives what ends one of its requests.
func closeConnection(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 {
		w.Header().Set("Connection", "close")
	}
}

// begin counts a request, unless the server shuts down.
func (s *Server[D]) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed() {
		return false
	}
	s.busy++
	return true
}

func (s *Server[D]) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	s.settle()
}

func (s *Server[D]) closed() bool {
	select {
	case <-s.closing:
		return true
	default:
		return false
	}
}

// settle tells whoever waits for it that no request is in the server, and none
// will be. The lock is held.
func (s *Server[D]) settle() {
	if s.closed() && s.busy == 0 {
		close(s.rest)
	}
}

func (s *Server[D]) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed() {
		close(s.closing)
		s.settle()
	}
}

// Shutdown refuses requests from now on, those included that wait for others to
// make room, and returns when every other request is answered to its end and
// every worker has ended, or with ctx's error when ctx ends first. What is left
// then goes on to its end.
func (s *Server[D]) Shutdown(ctx context.Context) error {
	s.close()
	select {
	case <-s.rest:
	case <-ctx.Done():
		return errors.Join(ctx.Err(), s.handler.Shutdown(ctx))
	}
	return s.handler.Shutdown(ctx)
}
