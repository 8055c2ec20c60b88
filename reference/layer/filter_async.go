package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// FilterAsync is a [Filter] whose predicate may wait, for a look-up perhaps
// (tower ServiceBuilder::filter_async). It gets the context of the call and heeds
// it as a service does. What readiness has reserved inside is held meanwhile, and
// the call that the predicate lets pass spends it.
type FilterAsync[S, Outer, Req, Res any] struct {
	predicate func(context.Context[S], Outer) (Req, error)
}

// NewFilterAsync returns the layer that asks predicate. A nil predicate is
// refused with a [parameter.Error] that names "predicate".
func NewFilterAsync[S, Outer, Req, Res any](predicate func(context.Context[S], Outer) (Req, error)) (*FilterAsync[S, Outer, Req, Res], error) {
	if predicate == nil {
		return nil, parameter.Nil("predicate")
	}
	return &FilterAsync[S, Outer, Req, Res]{predicate}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *FilterAsync[S, Outer, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Outer, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.predicate == nil {
		return nil, parameter.Nil("predicate")
	}
	return &filterAsync[S, Outer, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}, l.predicate}, nil
}

type filterAsync[S, Outer, Req, Res any] struct {
	service.Forward[S, Req, Res]
	predicate func(context.Context[S], Outer) (Req, error)
}

func (s *filterAsync[S, Outer, Req, Res]) Call(ctx context.Context[S], req Outer) (Res, error) {
	accepted, err := s.predicate(ctx, req)
	if err != nil {
		var none Res
		return none, err
	}
	return s.Inner.Call(ctx, accepted)
}
