package service

import (
	"errors"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// NewMapErr returns a service whose errors are what f makes of the errors of s,
// those of readiness and of poll as well as those of calls
// (ntex-service Service::map_err). f runs once for each error, never for a
// response; it must be safe for concurrent use if the service is used so. To
// keep the cause, the error that f returns wraps the one that it is given.
// Where f returns nil, the error stays as it was: a failure does not become a
// success without a response.
//
// That the context has ended is no error of s: an operation that its caller has
// given up is answered to nobody, so there is nothing to map
// (map-err.maps-call-errors speaks of answers). Such an error, for which
// errors.Is(err, ctx.Err()) holds, passes unchanged, and so does
// [context.ErrWouldWait]: whoever gave up, or asked without waiting, has to
// recognise it.
//
// Shutdown is s's. A nil s or f is refused with a [parameter.Error] that names
// "service" or "f".
func NewMapErr[S, Req, Res any](s Service[S, Req, Res], f func(error) error) (Service[S, Req, Res], error) {
	if s == nil {
		return nil, parameter.Nil("service")
	}
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &mapErr[S, Req, Res]{Forward[S, Req, Res]{s}, f}, nil
}

type mapErr[S, Req, Res any] struct {
	Forward[S, Req, Res]
	f func(error) error
}

func (s *mapErr[S, Req, Res]) Ready(ctx context.Context[S]) error {
	return mapError(ctx, s.Inner.Ready(ctx), s.f)
}

func (s *mapErr[S, Req, Res]) Poll(ctx context.Context[S]) error {
	return mapError(ctx, Poll(ctx, s.Inner), s.f)
}

func (s *mapErr[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	res, err := s.Inner.Call(ctx, req)
	return res, mapError(ctx, err, s.f)
}

// mapError applies f to an error that is not the end of ctx. A context that was
// asked without waiting may end otherwise in the meantime.
func mapError[S any](ctx context.Context[S], err error, f func(error) error) error {
	if err == nil {
		return nil
	}
	if end := ctx.Err(); end != nil && errors.Is(err, end) || errors.Is(err, context.ErrWouldWait) {
		return err
	}
	if next := f(err); next != nil {
		return next
	}
	return err
}
