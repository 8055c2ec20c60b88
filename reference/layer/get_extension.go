package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// GetExtension is the layer that hands the extension of type T, if each call's
// context has one, to a function (rama GetExtensionLayer). The function is given
// a copy, before the inner call. Where there is no such extension it is not
// called, and the inner call is made all the same. It must be safe for
// concurrent use if the service is used so.
type GetExtension[S, Req, Res, T any] struct {
	f func(context.Context[S], T)
}

// NewGetExtension returns the layer that hands extensions to f. A nil f is
// refused with a [parameter.Error] that names "f".
func NewGetExtension[Req, Res, S, T any](f func(context.Context[S], T)) (*GetExtension[S, Req, Res, T], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &GetExtension[S, Req, Res, T]{f}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *GetExtension[S, Req, Res, T]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.f == nil {
		return nil, parameter.Nil("f")
	}
	return &getExtension[S, Req, Res, T]{service.Forward[S, Req, Res]{Inner: inner}, l.f}, nil
}

type getExtension[S, Req, Res, T any] struct {
	service.Forward[S, Req, Res]
	f func(context.Context[S], T)
}

func (s *getExtension[S, Req, Res, T]) Call(ctx context.Context[S], req Req) (Res, error) {
	if value, present := context.Get[T](ctx); present {
		s.f(ctx, value)
	}
	return s.Inner.Call(ctx, req)
}
