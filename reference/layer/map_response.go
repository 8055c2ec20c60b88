package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// MapResponse is the layer that passes each response through a function on its
// way out; of the responses Res that the inner service gives it makes the
// Outer that callers get (tower ServiceBuilder::map_response). The function runs
// once for each response and never for an error, and must be safe for
// concurrent use if the service is used so.
type MapResponse[S, Req, Res, Outer any] struct {
	f func(Res) Outer
}

// NewMapResponse returns the layer that maps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewMapResponse[S, Req, Res, Outer any](f func(Res) Outer) (*MapResponse[S, Req, Res, Outer], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &MapResponse[S, Req, Res, Outer]{f}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *MapResponse[S, Req, Res, Outer]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Outer], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &mapResponse[S, Req, Res, Outer]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type mapResponse[S, Req, Res, Outer any] struct {
	service.Forward[S, Req, Res]
	f func(Res) Outer
}

func (s *mapResponse[S, Req, Res, Outer]) Call(ctx context.Context[S], req Req) (Outer, error) {
	res, err := s.Inner.Call(ctx, req)
	if err != nil {
		var none Outer
		return none, err
	}
	return s.f(res), nil
}
