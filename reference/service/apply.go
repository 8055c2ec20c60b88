package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Handle is the inner service as the function of [NewApply] sees it: something
// that can be called, any number of times, also by several goroutines at once
// (what ntex-service apply_fn gives to its function).
type Handle[S, Req, Res any] struct {
	inner Service[S, Req, Res]
}

// Call waits until the inner service is ready and calls it. The first call
// within a call of the applied service finds the room that its readiness has
// reserved; the others wait for theirs. An error of readiness is returned,
// and the inner service is not called then.
//
// ctx is the context that the function was given, or one made from it.
func (h *Handle[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	// With a caller for each, calls that overlap cannot spend each other's.
	ctx, caller := ctx.Split()
	defer caller.Finish()
	return Invoke(ctx, h.inner, req)
}

// NewApply returns a service that answers each request by f, which is given
// the request and a handle to s, and may call s as often as it likes or not at
// all (ntex-service apply_fn). What f returns is the answer. f must be safe
// for concurrent use if the service is used so.
//
// Readiness, shutdown and poll are s's; f has no part in them. A nil s or f is
// refused with a [parameter.Error] that names "service" or "f".
func NewApply[S, Req, Res, Outer, Out any](
	s Service[S, Req, Res],
	f func(ctx context.Context[S], req Outer, inner *Handle[S, Req, Res]) (Out, error),
) (Service[S, Outer, Out], error) {
	if s == nil {
		return nil, parameter.Nil("service")
	}
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &apply[S, Req, Res, Outer, Out]{Forward[S, Req, Res]{s}, &Handle[S, Req, Res]{s}, f}, nil
}

type apply[S, Req, Res, Outer, Out any] struct {
	Forward[S, Req, Res]
	handle *Handle[S, Req, Res]
	f      func(context.Context[S], Outer, *Handle[S, Req, Res]) (Out, error)
}

func (s *apply[S, Req, Res, Outer, Out]) Call(ctx context.Context[S], req Outer) (Out, error) {
	return s.f(ctx, req, s.handle)
}
