package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// AndThen is the layer that follows each response by a second step, which may
// still fail (tower ServiceBuilder::and_then). The step is part of the call: it
// may wait, the layers outside count its time, and it heeds its context as a
// service does. It runs once for each response and never for an error, which
// passes unchanged. It must be safe for concurrent use if the service is used so.
type AndThen[S, Req, Res, Outer any] struct {
	f func(context.Context[S], Res) (Outer, error)
}

// NewAndThen returns the layer that follows each response by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewAndThen[S, Req, Res, Outer any](f func(context.Context[S], Res) (Outer, error)) (*AndThen[S, Req, Res, Outer], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &AndThen[S, Req, Res, Outer]{f}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *AndThen[S, Req, Res, Outer]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Outer], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &andThen[S, Req, Res, Outer]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type andThen[S, Req, Res, Outer any] struct {
	service.Forward[S, Req, Res]
	f func(context.Context[S], Res) (Outer, error)
}

func (s *andThen[S, Req, Res, Outer]) Call(ctx context.Context[S], req Req) (Outer, error) {
	res, err := s.Inner.Call(ctx, req)
	if err != nil {
		var none Outer
		return none, err
	}
	return s.f(ctx, res)
}
