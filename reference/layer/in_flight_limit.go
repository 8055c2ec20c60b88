package layer

import (
	"sync/atomic"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/internal/semaphore"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// InFlightLimit is the layer that lets at most limit calls be in flight at
// once and counts them from the call, not from readiness (ntex-util InFlight).
// Each service built has a limit of its own.
//
// Its readiness is advisory, unlike that of [ConcurrencyLimit]: it waits until
// a slot is free, and then for the inner service, but it takes no slot, so
// several callers may be ready for one slot. The call takes it, and waits if
// there is none left. It is free again when the call returns, fails, panics or
// is given up. A call without readiness is held to the limit as well. Errors
// of the inner service pass unchanged; the only errors of its own are the
// context's, when that ends a wait.
type InFlightLimit[S, Req, Res any] struct {
	limit int
}

// NewInFlightLimit returns the layer for at most limit calls in flight. A
// limit below one is refused with a [parameter.Error] that names "limit".
func NewInFlightLimit[S, Req, Res any](limit int) (*InFlightLimit[S, Req, Res], error) {
	if err := parameter.Positive("limit", limit); err != nil {
		return nil, err
	}
	return &InFlightLimit[S, Req, Res]{limit}, nil
}

// Layer wraps inner with a limit of its own.
func (l *InFlightLimit[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if err := parameter.Positive("limit", l.limit); err != nil {
		return nil, err
	}
	return &inFlightLimit[S, Req, Res]{
		Forward: service.Forward[S, Req, Res]{Inner: inner},
		limit:   int64(l.limit),
		slots:   semaphore.New(l.limit),
	}, nil
}

type inFlightLimit[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	limit int64
	slots *semaphore.Semaphore
	// calls are those in flight. Readiness reads it, because taking a slot in
	// order to see whether one is free would keep it from somebody.
	calls atomic.Int64
}

func (s *inFlightLimit[S, Req, Res]) Ready(ctx context.Context[S]) error {
	if s.calls.Load() >= s.limit {
		if !s.slots.Acquire(ctx.Done()) {
			return ctx.Err()
		}
		s.slots.Release()
	}
	return s.Inner.Ready(ctx)
}

func (s *inFlightLimit[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	if !s.slots.TryAcquire() && !s.slots.Acquire(ctx.Done()) {
		var none Res
		return none, ctx.Err()
	}
	s.calls.Add(1)
	defer s.free()
	return s.Inner.Call(ctx, req)
}

func (s *inFlightLimit[S, Req, Res]) free() {
	s.calls.Add(-1)
	s.slots.Release()
}
