package layer

import (
	"errors"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// MapErr is the layer that passes each error of the inner service through a
// function on its way out: errors of calls, of readiness and of poll, once each
// (tower ServiceBuilder::map_err, ntex-service Service::map_err). The function
// must be safe for concurrent use if the service is used so, and should keep what
// it is given as a cause. An error stays an error: where the function returns nil,
// the one that it was given stands. To recover, there is [MapResult].
//
// From readiness, [context.ErrWouldWait] passes unchanged: it is no failure, but
// what readiness says to a layer that asked it not to wait.
type MapErr[S, Req, Res any] struct {
	f func(error) error
}

// NewMapErr returns the layer that maps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewMapErr[S, Req, Res any](f func(error) error) (*MapErr[S, Req, Res], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &MapErr[S, Req, Res]{f}, nil
}

// Layer wraps inner. Shutdown is inner's.
func (l *MapErr[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	return &mapErr[S, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type mapErr[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	f func(error) error
}

func (s *mapErr[S, Req, Res]) Ready(ctx context.Context[S]) error {
	err := s.Inner.Ready(ctx)
	if errors.Is(err, context.ErrWouldWait) {
		return err
	}
	return s.mapped(err)
}

func (s *mapErr[S, Req, Res]) Poll(ctx context.Context[S]) error {
	return s.mapped(service.Poll(ctx, s.Inner))
}

func (s *mapErr[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	res, err := s.Inner.Call(ctx, req)
	return res, s.mapped(err)
}

func (s *mapErr[S, Req, Res]) mapped(err error) error {
	if err == nil {
		return nil
	}
	if mapped := s.f(err); mapped != nil {
		return mapped
	}
	return err
}
