package service

import (
	gocontext "context"
	"errors"
	"sync"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// ErrClosed is returned by a [Binding] that is closed.
var ErrClosed = errors.New("service: the binding is closed")

// Binding is one caller of a pipeline that separates readiness from the call
// (ntex-service PipelineBinding, a tower clone). What Ready reserves stays
// reserved for the next call made through this binding, and is given back by
// Close. Another binding does not inherit it.
//
// It is made by [Pipeline.Bind]; the zero value cannot be used. A Binding may
// be used by several goroutines at once; its calls overlap, and
// each takes with it what is reserved when it starts.
type Binding[S, Req, Res any] struct {
	pipeline *Pipeline[S, Req, Res]
	caller   context.Caller

	mu      sync.Mutex
	closed  bool
	pending map[*pending]struct{}
}

// pending is one Ready that has not returned.
type pending struct{ cancel gocontext.CancelFunc }

// Bind returns a new caller of the pipeline. Close must follow.
func (p *Pipeline[S, Req, Res]) Bind() *Binding[S, Req, Res] {
	return &Binding[S, Req, Res]{
		pipeline: p,
		caller:   p.callers.New(),
		pending:  make(map[*pending]struct{}),
	}
}

// Ready waits until the service can take one call of this binding and reserves
// it. Repeated, it reserves no more. It returns [ErrClosed] once the binding
// is closed, also when it was waiting then.
func (b *Binding[S, Req, Res]) Ready(ctx context.Context[S]) error {
	inner, cancel := gocontext.WithCancel(ctx.Go())
	defer cancel()
	check := &pending{cancel}
	if !b.enter(check) {
		return ErrClosed
	}
	defer b.leave(check)
	err := b.pipeline.service.Ready(ctx.With(inner).WithCaller(b.caller))
	if err != nil && b.isClosed() {
		return ErrClosed
	}
	return err
}

// Call waits until the service is ready, which it is already if Ready has
// succeeded since the last call, and then calls it. It returns [ErrClosed] if
// the binding is closed.
func (b *Binding[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	if b.isClosed() {
		var none Res
		return none, ErrClosed
	}
	ctx, caller := ctx.WithCaller(b.caller).Split()
	defer caller.Finish()
	return Invoke(ctx, b.pipeline.service, req)
}

// CallNow calls the service without a check of readiness of its own; it
// spends what Ready has reserved (ntex-service Pipeline::call_nowait). Where
// a layer needs a reservation and there is none, the error is [ErrNotReady].
// It returns [ErrClosed] if the binding is closed.
func (b *Binding[S, Req, Res]) CallNow(ctx context.Context[S], req Req) (Res, error) {
	if b.isClosed() {
		var none Res
		return none, ErrClosed
	}
	ctx, caller := ctx.WithCaller(b.caller).Split()
	defer caller.Finish()
	return b.pipeline.service.Call(ctx, req)
}

// Poll polls the service; see [Poller].
func (b *Binding[S, Req, Res]) Poll(ctx context.Context[S]) error { return b.pipeline.Poll(ctx) }

// Shutdown ends this binding's own pending Ready, with Go's
// context.Canceled, and then shuts the pipeline down as
// [Pipeline.Shutdown] does (ntex-service PipelineBinding::shutdown).
func (b *Binding[S, Req, Res]) Shutdown(ctx context.Context[S]) error {
	b.cancel(false)
	return b.pipeline.Shutdown(ctx)
}

// Close ends the binding: what it has reserved is given back and a Ready that
// waits returns. Calls in flight go on. Closing again does nothing.
func (b *Binding[S, Req, Res]) Close() {
	b.cancel(true)
	b.caller.Finish()
}

func (b *Binding[S, Req, Res]) cancel(closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = b.closed || closed
	for check := range b.pending {
		check.cancel()
	}
}

func (b *Binding[S, Req, Res]) enter(check *pending) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.pending[check] = struct{}{}
	}
	return !b.closed
}

func (b *Binding[S, Req, Res]) leave(check *pending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.pending, check)
}

func (b *Binding[S, Req, Res]) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}
