package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// AddExtension is the layer that inserts a value into the extensions of each
// call's context, before the inner call (rama AddExtensionLayer). What is
// inserted is a copy of the value, as by assignment, in place of one of the same
// type; so of two such layers the inner one wins. The caller's context stays as
// it was.
type AddExtension[S, Req, Res, T any] struct {
	value T
}

// NewAddExtension returns the layer that inserts value, under its static type.
// There is no value that it cannot accept.
func NewAddExtension[S, Req, Res, T any](value T) *AddExtension[S, Req, Res, T] {
	return &AddExtension[S, Req, Res, T]{value}
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *AddExtension[S, Req, Res, T]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	return &addExtension[S, Req, Res, T]{service.Forward[S, Req, Res]{Inner: inner}, l.value}, nil
}

type addExtension[S, Req, Res, T any] struct {
	service.Forward[S, Req, Res]
	value T
}

func (s *addExtension[S, Req, Res, T]) Call(ctx context.Context[S], req Req) (Res, error) {
	context.Insert(&ctx, s.value)
	return s.Inner.Call(ctx, req)
}
