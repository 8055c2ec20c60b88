package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// NewMap returns a service that answers with what f makes of each response of
// s (ntex-service Service::map). f runs once for each response, never for an
// error; it must be safe for concurrent use if the service is used so.
// Readiness, shutdown and poll are s's. A nil s or f is refused with a
// [parameter.Error] that names "service" or "f".
func NewMap[S, Req, Mid, Res any](s Service[S, Req, Mid], f func(Mid) Res) (Service[S, Req, Res], error) {
	if s == nil {
		return nil, parameter.Nil("service")
	}
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &mapped[S, Req, Mid, Res]{Forward[S, Req, Mid]{s}, f}, nil
}

type mapped[S, Req, Mid, Res any] struct {
	Forward[S, Req, Mid]
	f func(Mid) Res
}

func (s *mapped[S, Req, Mid, Res]) Call(ctx context.Context[S], req Req) (res Res, err error) {
	response, err := s.Inner.Call(ctx, req)
	if err != nil {
		return res, err
	}
	return s.f(response), nil
}
