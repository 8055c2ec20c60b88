package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Filter is the layer that asks a predicate about each request: an error is the
// answer, and the inner service is not called; otherwise the inner service gets
// the request that the predicate has returned, of whatever type it takes
// (tower ServiceBuilder::filter). The predicate runs once for each call, after
// readiness, and must be safe for concurrent use if the service is used so.
//
// What was reserved inside for a call that is rejected stays with its caller,
// whose next call may spend it, and is given back when the caller is done.
type Filter[S, Outer, Req, Res any] struct {
	predicate func(Outer) (Req, error)
}

// NewFilter returns the layer that asks predicate. A nil predicate is refused
// with a [parameter.Error] that names "predicate".
func NewFilter[S, Outer, Req, Res any](predicate func(Outer) (Req, error)) (*Filter[S, Outer, Req, Res], error) {
	if predicate == nil {
		return nil, parameter.Nil("predicate")
	}
	return &Filter[S, Outer, Req, Res]{predicate}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *Filter[S, Outer, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Outer, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.predicate == nil {
		return nil, parameter.Nil("predicate")
	}
	return &filter[S, Outer, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}, l.predicate}, nil
}

type filter[S, Outer, Req, Res any] struct {
	service.Forward[S, Req, Res]
	predicate func(Outer) (Req, error)
}

func (s *filter[S, Outer, Req, Res]) Call(ctx context.Context[S], req Outer) (Res, error) {
	accepted, err := s.predicate(req)
	if err != nil {
		var none Res
		return none, err
	}
	return s.Inner.Call(ctx, accepted)
}
