package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Then is the layer that follows each call by a second step, which is given the
// outcome, response or error, and decides the answer
// (tower ServiceBuilder::then). The step is part of the call: it may wait, the
// layers outside count its time, and it heeds its context as a service does. It
// runs once for each call of the inner service, also when the context has ended,
// and never for an error of readiness. It must be safe for concurrent use if the
// service is used so.
type Then[S, Req, Res, Outer any] struct {
	f func(context.Context[S], Res, error) (Outer, error)
}

// NewThen returns the layer that follows each call by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewThen[S, Req, Res, Outer any](f func(context.Context[S], Res, error) (Outer, error)) (*Then[S, Req, Res, Outer], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &Then[S, Req, Res, Outer]{f}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *Then[S, Req, Res, Outer]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Outer], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &then[S, Req, Res, Outer]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type then[S, Req, Res, Outer any] struct {
	service.Forward[S, Req, Res]
	f func(context.Context[S], Res, error) (Outer, error)
}

func (s *then[S, Req, Res, Outer]) Call(ctx context.Context[S], req Req) (Outer, error) {
	res, err := s.Inner.Call(ctx, req)
	return s.f(ctx, res, err)
}
