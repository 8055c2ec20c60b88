package layer

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/internal/semaphore"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// ConcurrencyLimit is the layer that lets at most limit calls be in flight at
// once (tower ServiceBuilder::concurrency_limit). Each service built has a
// limit of its own.
//
// Readiness takes a permit, before it asks the inner service, and waits for
// one in order of arrival; the permit moves to the call and is freed when the
// call returns, fails or panics, or when its caller goes away without calling.
// Errors of the inner service pass unchanged; the only errors of its own are
// the context's, when that ends the wait, and service.ErrNotReady.
type ConcurrencyLimit[S, Req, Res any] struct {
	limit int
}

// NewConcurrencyLimit returns the layer for at most limit calls in flight.
// A limit below one is refused with a [parameter.Error] that names "limit".
func NewConcurrencyLimit[S, Req, Res any](limit int) (*ConcurrencyLimit[S, Req, Res], error) {
	if err := parameter.Positive("limit", limit); err != nil {
		return nil, err
	}
	return &ConcurrencyLimit[S, Req, Res]{limit}, nil
}

// Layer wraps inner with a limit of its own.
func (l *ConcurrencyLimit[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if err := parameter.Positive("limit", l.limit); err != nil {
		return nil, err
	}
	return &concurrencyLimit[S, Req, Res]{
		Forward: service.Forward[S, Req, Res]{Inner: inner},
		permits: semaphore.New(l.limit),
	}, nil
}

type concurrencyLimit[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	permits *semaphore.Semaphore
}

// Release frees the permit of a caller that did not call.
func (s *concurrencyLimit[S, Req, Res]) Release() { s.permits.Release() }

func (s *concurrencyLimit[S, Req, Res]) Ready(ctx context.Context[S]) error {
	if !ctx.Reserved(s) {
		if !s.permits.TryAcquire() && !s.permits.Acquire(ctx.Done()) {
			return ctx.Err()
		}
		if err := ctx.Reserve(s); err != nil {
			return err
		}
	}
	err := s.Inner.Ready(ctx)
	if err != nil {
		ctx.GiveBack(s)
	}
	return err
}

func (s *concurrencyLimit[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	if !ctx.Spend(s) {
		var none Res
		return none, service.ErrNotReady
	}
	defer s.permits.Release()
	return s.Inner.Call(ctx, req)
}

// Invoke is Ready and Call; the permit stays here on its way from one to the
// other.
func (s *concurrencyLimit[S, Req, Res]) Invoke(ctx context.Context[S], req Req) (res Res, err error) {
	if !s.permits.TryAcquire() && !s.permits.Acquire(ctx.Done()) {
		return res, ctx.Err()
	}
	defer s.permits.Release()
	if err = s.Inner.Ready(ctx); err != nil {
		return res, err
	}
	return s.Inner.Call(ctx, req)
}
