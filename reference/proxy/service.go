package proxy

import (
	"net/http"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// NewService makes a service of a handler, for layers to wrap. It is always
// ready, because a handler limits nothing: whoever wants that room runs out puts
// a concurrency limit around it. A call is over at the response's head, so what
// such a limit counts is requests without a head, as `wasmtime serve` does.
// Shutdown is that of the handler.
//
// data says what the embedder is given with each request; nil gives it the zero
// D.
func NewService[S, D any](
	handler ProxyHandler[D], data func(context.Context[S], *http.Request) D,
) (service.Service[S, *http.Request, *http.Response], error) {
	if handler.pool == nil {
		return nil, parameter.Refuse("handler", "must be made by New")
	}
	if data == nil {
		data = func(context.Context[S], *http.Request) (none D) { return none }
	}
	return &handlerService[S, D]{handler, data}, nil
}

type handlerService[S, D any] struct {
	handler ProxyHandler[D]
	data    func(context.Context[S], *http.Request) D
}

func (s *handlerService[S, D]) Ready(context.Context[S]) error { return nil }

func (s *handlerService[S, D]) Call(ctx context.Context[S], request *http.Request) (*http.Response, error) {
	return s.handler.Handle(ctx.Go(), s.data(ctx, request), request)
}

func (s *handlerService[S, D]) Shutdown(ctx context.Context[S]) error {
	return s.handler.Shutdown(ctx.Go())
}
