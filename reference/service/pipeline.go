package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Pipeline is how a service is called (ntex-service Pipeline). Each of its
// calls has a caller of its own, which gives back on the way out whatever was
// reserved and not spent, also when the service panics.
//
// It is made by [NewPipeline], [Chain.Pipeline] or [CreatePipeline]; the zero
// value cannot be used. A Pipeline may be used by several goroutines at once. Copying the pointer
// makes what ntex calls a clone: the same service, the same shutdown. Dropping
// the last copy does not run the service's Shutdown.
type Pipeline[S, Req, Res any] struct {
	service  Service[S, Req, Res]
	invoker  Invoker[S, Req, Res] // the service, or nil
	callers  *context.Callers
	shutdown shutdown
}

// NewPipeline returns a pipeline to s. A nil s is refused with a
// [parameter.Error] that names "service".
func NewPipeline[S, Req, Res any](s Service[S, Req, Res]) (*Pipeline[S, Req, Res], error) {
	if s == nil {
		return nil, parameter.Nil("service")
	}
	invoker, _ := s.(Invoker[S, Req, Res])
	return &Pipeline[S, Req, Res]{service: s, invoker: invoker, callers: context.NewCallers()}, nil
}

// Call waits until the service is ready and then calls it once. An error of
// readiness is returned as it is, and the service is not called then. The
// caller that ctx may name already has no part in it. Call does not allocate.
func (p *Pipeline[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	caller := p.callers.Enter()
	defer caller.Finish()
	ctx = ctx.WithCaller(caller)
	if p.invoker != nil {
		return p.invoker.Invoke(ctx, req)
	}
	if err := p.service.Ready(ctx); err != nil {
		var none Res
		return none, err
	}
	return p.service.Call(ctx, req)
}

// Ready waits until the service could take a call, and reserves nothing: the
// next call may have to wait again. To hold readiness, [Pipeline.Bind].
func (p *Pipeline[S, Req, Res]) Ready(ctx context.Context[S]) error {
	caller := p.callers.Enter()
	defer caller.Finish()
	return p.service.Ready(ctx.WithCaller(caller))
}

// Poll polls the service (ntex-service Service::poll); see [Poller].
func (p *Pipeline[S, Req, Res]) Poll(ctx context.Context[S]) error { return Poll(ctx, p.service) }

// Shutdown runs the service's Shutdown the first time and returns its error.
// Later calls, also from other goroutines, wait for that one and return the
// same error, or ctx's error if ctx ends first. Calls that are made after
// Shutdown are not rejected by the pipeline.
//
// If the service's Shutdown panics, the panic goes on in the first call, and
// the others return a [*PanicError].
func (p *Pipeline[S, Req, Res]) Shutdown(ctx context.Context[S]) error {
	done, first := p.shutdown.begin()
	if !first {
		select {
		case <-done:
			return p.shutdown.err
		default:
		}
		select {
		case <-done:
			return p.shutdown.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	caller := p.callers.New()
	defer caller.Finish()
	return p.shutdown.run(func() error { return p.service.Shutdown(ctx.WithCaller(caller)) })
}

// IsShutdown reports whether Shutdown has been called; it is true from the
// moment that the first Shutdown starts (ntex-service Pipeline::is_shutdown).
func (p *Pipeline[S, Req, Res]) IsShutdown() bool { return p.shutdown.begun() }
