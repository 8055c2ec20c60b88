package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// MapResult is the layer that passes the outcome of each call, response or
// error, through a function on its way out (tower ServiceBuilder::map_result).
// With an error, the response is the zero value or whatever the inner service
// returned beside it. The function runs once for each call of the inner service,
// also when its context has ended, and never for an error of readiness. It must
// be safe for concurrent use if the service is used so.
type MapResult[S, Req, Res, Outer any] struct {
	f func(Res, error) (Outer, error)
}

// NewMapResult returns the layer that maps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewMapResult[S, Req, Res, Outer any](f func(Res, error) (Outer, error)) (*MapResult[S, Req, Res, Outer], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &MapResult[S, Req, Res, Outer]{f}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *MapResult[S, Req, Res, Outer]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Outer], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &mapResult[S, Req, Res, Outer]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type mapResult[S, Req, Res, Outer any] struct {
	service.Forward[S, Req, Res]
	f func(Res, error) (Outer, error)
}

func (s *mapResult[S, Req, Res, Outer]) Call(ctx context.Context[S], req Req) (Outer, error) {
	return s.f(s.Inner.Call(ctx, req))
}
