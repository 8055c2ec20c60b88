package httpstate

import (
	gocontext "context"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// errNoContext is the text of the answer to a request that has no context of
// the state that its handler asks for, as http.Error writes it.
const errNoContext = "httpstate: the server has no context for this handler"

// key is that of connection contexts with the state S.
type key[S any] struct{}

// Attach has server give each connection a context of its own. For every
// connection that is accepted, connect is called once with a copy of base, over
// the Go context of the connection, and returns the connection's context: it is
// where the state is wrapped and extensions of the connection are inserted.
//
// If connect fails or panics, that connection is closed, the server's ErrorLog
// says why, and the server goes on to accept. connect runs before the next
// connection is accepted, so it should not wait.
//
// If base has a guard, the server's Shutdown begins that of the guard: it stops
// accepting, and requests in flight go on. Attach keeps the server's own
// ConnContext and BaseContext; without a BaseContext, connections end with base.
// It must be called before the server serves. A nil server or connect is refused
// with a [parameter.Error] that names "server" or "connect".
func Attach[Base, S any](
	server *http.Server,
	base context.Context[Base],
	connect func(ctx context.Context[Base], c net.Conn) (context.Context[S], error),
) error {
	if server == nil {
		return parameter.Nil("server")
	}
	if connect == nil {
		return parameter.Nil("connect")
	}
	if server.BaseContext == nil {
		server.BaseContext = func(net.Listener) gocontext.Context { return base.Go() }
	}
	earlier := server.ConnContext
	server.ConnContext = func(ctx gocontext.Context, c net.Conn) gocontext.Context {
		if earlier != nil {
			ctx = earlier(ctx, c)
		}
		own, err := recovered(func() (context.Context[S], error) { return connect(base.With(ctx), c) })
		if err != nil {
			logf(server, "httpstate: connection from %v: %v", c.RemoteAddr(), err)
			_ = c.Close() // there is nobody to tell
			return ctx
		}
		return gocontext.WithValue(ctx, key[S]{}, own)
	}
	if guard := base.Guard(); guard != nil {
		server.RegisterOnShutdown(func() {
			ended, cancel := gocontext.WithCancel(gocontext.Background())
			cancel()
			_ = guard.Shutdown(ended) // it begins; somebody else waits for the end
		})
	}
	return nil
}

// recovered makes an error of a panic: it would end the program, not only the
// connection.
func recovered[T any](f func() (T, error)) (result T, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic: %v", value)
		}
	}()
	return f()
}

func logf(server *http.Server, format string, arguments ...any) {
	if server.ErrorLog != nil {
		server.ErrorLog.Printf(format, arguments...)
		return
	}
	log.Printf(format, arguments...)
}

// FromRequest returns a copy of the context of the connection on which r came,
// over r's own Go context, and whether there is one with that state.
func FromRequest[S any](r *http.Request) (ctx context.Context[S], present bool) {
	ctx, present = r.Context().Value(key[S]{}).(context.Context[S])
	if !present {
		return ctx, false
	}
	return ctx.With(r.Context()), true
}

// Handler returns the handler that has each request answered by serve, with
// [FromRequest]'s context. A request without one is answered with the status
// 500. If the context has a guard, its shutdown waits for requests in flight; a
// request that comes after its end is answered with the status 503. A nil serve
// is refused with a [parameter.Error] that names "serve".
func Handler[S any](serve func(ctx context.Context[S], w http.ResponseWriter, r *http.Request)) (http.Handler, error) {
	if serve == nil {
		return nil, parameter.Nil("serve")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, present := FromRequest[S](r)
		if !present {
			http.Error(w, errNoContext, http.StatusInternalServerError)
			return
		}
		guard := ctx.Guard()
		if guard == nil {
			serve(ctx, w, r)
			return
		}
		if !guard.Do(func() { serve(ctx, w, r) }) {
			http.Error(w, "httpstate: shut down", http.StatusServiceUnavailable)
		}
	}), nil
}
