package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Box hides which service it holds: the same type for every service of one
// kind of request and response (ntex-service boxed::service, tower BoxService).
// It adds nothing else: readiness, calls, errors, shutdown and poll are those
// of the service inside.
//
// In Go a value of type [Service] is a box already. A Box is for where a
// concrete type is wanted, and to keep other methods of a service out of reach
// of a type assertion. It may be used as the service inside may.
type Box[S, Req, Res any] struct {
	inner Service[S, Req, Res]
}

// NewBox returns a box that holds s. A nil s is refused with a
// [parameter.Error] that names "service".
func NewBox[S, Req, Res any](s Service[S, Req, Res]) (*Box[S, Req, Res], error) {
	if s == nil {
		return nil, parameter.Nil("service")
	}
	return &Box[S, Req, Res]{s}, nil
}

// Ready is that of the service inside, asked anew each time.
func (b *Box[S, Req, Res]) Ready(ctx context.Context[S]) error { return b.inner.Ready(ctx) }

// Call is that of the service inside, without another check of readiness.
func (b *Box[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	return b.inner.Call(ctx, req)
}

// Shutdown is that of the service inside.
func (b *Box[S, Req, Res]) Shutdown(ctx context.Context[S]) error { return b.inner.Shutdown(ctx) }

// Poll is that of the service inside.
func (b *Box[S, Req, Res]) Poll(ctx context.Context[S]) error { return Poll(ctx, b.inner) }
