package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// MapState is the layer that gives the inner service a state of its own: in
// front of services with the state Inner it takes contexts with the state S
// (rama MapStateLayer). The function runs once for each call, after readiness
// and before the inner call; extensions, guard, Go context and caller stay. It
// must be safe for concurrent use if the service is used so.
//
// How often a state is made follows from where the layer stands: around what
// serves a connection it is once for each connection, around what answers a
// request once for each request.
//
// Readiness, poll and shutdown belong to no call, so there is nothing to map:
// the inner service sees the zero state then, and everything else.
type MapState[S, Inner, Req, Res any] struct {
	f func(S) Inner
}

// NewMapState returns the layer that maps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewMapState[Req, Res, S, Inner any](f func(S) Inner) (*MapState[S, Inner, Req, Res], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &MapState[S, Inner, Req, Res]{f}, nil
}

// Layer wraps inner.
func (l *MapState[S, Inner, Req, Res]) Layer(inner service.Service[Inner, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &mapState[S, Inner, Req, Res]{inner, l.f}, nil
}

type mapState[S, Inner, Req, Res any] struct {
	inner service.Service[Inner, Req, Res]
	f     func(S) Inner
}

func (s *mapState[S, Inner, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	return s.inner.Call(context.CloneMapState(ctx, s.f), req)
}

func (s *mapState[S, Inner, Req, Res]) Ready(ctx context.Context[S]) error {
	return s.inner.Ready(stateless[Inner](ctx))
}

func (s *mapState[S, Inner, Req, Res]) Shutdown(ctx context.Context[S]) error {
	return s.inner.Shutdown(stateless[Inner](ctx))
}

func (s *mapState[S, Inner, Req, Res]) Poll(ctx context.Context[S]) error {
	return service.Poll(stateless[Inner](ctx), s.inner)
}

func stateless[Inner, S any](ctx context.Context[S]) context.Context[Inner] {
	var none Inner
	return context.WithState(ctx, none)
}
