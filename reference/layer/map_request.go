package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// MapRequest is the layer that passes each request through a function on its
// way in; from requests of type Outer it makes the Req that the inner service
// takes (tower ServiceBuilder::map_request). The function runs once for each
// call, after readiness and before the inner call, and must be safe for
// concurrent use if the service is used so.
type MapRequest[S, Outer, Req, Res any] struct {
	f func(Outer) Req
}

// NewMapRequest returns the layer that maps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewMapRequest[S, Outer, Req, Res any](f func(Outer) Req) (*MapRequest[S, Outer, Req, Res], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &MapRequest[S, Outer, Req, Res]{f}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *MapRequest[S, Outer, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Outer, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &mapRequest[S, Outer, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type mapRequest[S, Outer, Req, Res any] struct {
	service.Forward[S, Req, Res]
	f func(Outer) Req
}

func (s *mapRequest[S, Outer, Req, Res]) Call(ctx context.Context[S], req Outer) (Res, error) {
	return s.Inner.Call(ctx, s.f(req))
}
