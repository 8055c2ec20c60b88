package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// ShutdownHook is a service that answers each request with itself, is always
// ready, and runs a function when it is shut down (ntex-service fn_shutdown).
// As the second part of [NewAndThen] it attaches the function to another
// service. It may be used by several goroutines at once.
type ShutdownHook[S, Req any] struct {
	f    func(context.Context[S]) error
	once shutdown
}

// NewShutdownHook returns the service that runs f when it is first shut down,
// and only then: not again, and not when it is dropped. A nil f is refused
// with a [parameter.Error] that names "f".
func NewShutdownHook[S, Req any](f func(context.Context[S]) error) (*ShutdownHook[S, Req], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &ShutdownHook[S, Req]{f: f}, nil
}

// Ready always succeeds, at once.
func (s *ShutdownHook[S, Req]) Ready(context.Context[S]) error { return nil }

// Call returns the request.
func (s *ShutdownHook[S, Req]) Call(_ context.Context[S], req Req) (Req, error) { return req, nil }

// Shutdown runs the function and returns its error. Later calls, also from
// other goroutines, wait for that and return the same error, or ctx's error if
// ctx ends first. A panic of the function goes on in the first call; the
// others return a [*PanicError].
func (s *ShutdownHook[S, Req]) Shutdown(ctx context.Context[S]) error {
	done, first := s.once.begin()
	if first {
		return s.once.run(func() error { return s.f(ctx) })
	}
	select {
	case <-done:
		return s.once.err
	default:
	}
	select {
	case <-done:
		return s.once.err
	case <-ctx.Done():
		return ctx.Err()
	}
}
