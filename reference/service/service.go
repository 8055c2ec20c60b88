package service

import (
	"errors"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// ErrNotReady is returned by the Call of a service that reserves capacity at
// readiness when the caller holds no reservation: Ready was not called, or
// its reservation is spent. The request has not been sent.
var ErrNotReady = errors.New("service: call without readiness")

// Service takes requests of type Req and answers with responses of type Res
// or an error; S is the type of the state that contexts carry
// (ntex-service Service, tower Service).
//
// A service may be used by several goroutines at once, for one caller or many.
type Service[S, Req, Res any] interface {
	// Ready waits until the service can take one call of the caller that ctx
	// names, and reserves for that caller what the call will need. Further
	// calls of Ready, until the reservation is spent, reserve nothing more.
	//
	// Ready takes what is free first and looks at ctx only before it waits,
	// so that an ended context never waits (see [context.Context.Now]). An
	// error leaves reserved nothing that this service had set aside; it does
	// not latch, the next check evaluates anew.
	Ready(ctx context.Context[S]) error

	// Call sends the request and returns the response or the error. It spends
	// the reservation of the caller that ctx names. It does not run the
	// readiness check of its own service; without the reservation that it
	// needs it returns [ErrNotReady] and sends nothing.
	Call(ctx context.Context[S], req Req) (Res, error)

	// Shutdown lets go of what the service holds and returns when that is
	// done, or when ctx has ended. A [Pipeline] runs it at most once.
	Shutdown(ctx context.Context[S]) error
}

// Poller is a service that reports on its health between calls
// (ntex-service Service::poll). A service that wraps another forwards Poll,
// by [Forward] or by [Poll]; one that does not implement it is healthy.
type Poller[S any] interface {
	// Poll returns nil while the service is able to work. It does not wait.
	Poll(ctx context.Context[S]) error
}

// Poll polls a service: nil if it is no [Poller] (ntex-service Service::poll).
func Poll[S, Req, Res any](ctx context.Context[S], s Service[S, Req, Res]) error {
	if p, ok := s.(Poller[S]); ok {
		return p.Poll(ctx)
	}
	return nil
}

// Invoker is a service that can do Ready and Call in one step. It saves a
// service that reserves from handing its reservation to the caller and taking
// it back. A [Pipeline] uses it where it is there; nothing else has to. It is
// Plumbline's own, and what an observer sees is what the words "to invoke" of
// the specification say.
type Invoker[S, Req, Res any] interface {
	// Invoke does what Ready followed by Call does, errors, order and panics
	// included, for a caller that holds nothing yet.
	Invoke(ctx context.Context[S], req Req) (Res, error)
}

// Invoke readies s and then calls it, once, for the caller that ctx names. An
// error of readiness is returned, and s is not called then. It is how a
// service calls those inside it again, or after something else
// (ntex-service ServiceCtx::call); from outside, use a [Pipeline].
func Invoke[S, Req, Res any](ctx context.Context[S], s Service[S, Req, Res], req Req) (Res, error) {
	if err := s.Ready(ctx); err != nil {
		var none Res
		return none, err
	}
	return s.Call(ctx, req)
}

// Forward is embedded by services that wrap another and leave some of Ready,
// Shutdown and Poll to it (ntex-service forward_ready, forward_shutdown and
// forward_poll). It has no Call: that is what a wrapper is for, and its request
// and response may differ from the inner ones.
type Forward[S, Req, Res any] struct {
	// Inner is the wrapped service.
	Inner Service[S, Req, Res]
}

// Ready is that of the inner service.
func (f *Forward[S, Req, Res]) Ready(ctx context.Context[S]) error { return f.Inner.Ready(ctx) }

// Shutdown is that of the inner service.
func (f *Forward[S, Req, Res]) Shutdown(ctx context.Context[S]) error { return f.Inner.Shutdown(ctx) }

// Poll is that of the inner service.
func (f *Forward[S, Req, Res]) Poll(ctx context.Context[S]) error { return Poll(ctx, f.Inner) }
