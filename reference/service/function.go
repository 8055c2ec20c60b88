package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Function is a service made of a function: always ready, nothing to shut
// down, and each call is one call of the function
// (ntex-service fn_service, tower service_fn). Its function must be safe for
// concurrent use if the service is used so.
type Function[S, Req, Res any] struct {
	call func(context.Context[S], Req) (Res, error)
}

// NewFunc returns the service that answers each request by f. A nil f is
// refused with a [parameter.Error] that names "f".
func NewFunc[S, Req, Res any](f func(context.Context[S], Req) (Res, error)) (*Function[S, Req, Res], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &Function[S, Req, Res]{f}, nil
}

// Ready always succeeds, at once.
func (s *Function[S, Req, Res]) Ready(context.Context[S]) error { return nil }

// Call calls the function.
func (s *Function[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	return s.call(ctx, req)
}

// Shutdown completes at once.
func (s *Function[S, Req, Res]) Shutdown(context.Context[S]) error { return nil }
