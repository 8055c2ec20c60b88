package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// MapFuture is the layer that hands each call, before it is made, to a function
// which makes it and decides the answer (tower ServiceBuilder::map_future). Where
// other languages pass a future, the function gets the call itself: it may do
// something before and after, time it, or make it on another goroutine.
//
// The function uses call at most once and before it returns. If it does not, no
// request is sent, and what was reserved is given back with the caller. Readiness
// is not part of it. The function must be safe for concurrent use if the service
// is used so.
type MapFuture[S, Req, Res, Outer any] struct {
	f func(ctx context.Context[S], call func() (Res, error)) (Outer, error)
}

// NewMapFuture returns the layer that makes each call by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewMapFuture[S, Req, Res, Outer any](f func(ctx context.Context[S], call func() (Res, error)) (Outer, error)) (*MapFuture[S, Req, Res, Outer], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &MapFuture[S, Req, Res, Outer]{f}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *MapFuture[S, Req, Res, Outer]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Outer], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &mapFuture[S, Req, Res, Outer]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type mapFuture[S, Req, Res, Outer any] struct {
	service.Forward[S, Req, Res]
	f func(ctx context.Context[S], call func() (Res, error)) (Outer, error)
}

func (s *mapFuture[S, Req, Res, Outer]) Call(ctx context.Context[S], req Req) (Outer, error) {
	return s.f(ctx, func() (Res, error) { return s.Inner.Call(ctx, req) })
}
