package layer

import (
	gocontext "context"
	"errors"
	"sync/atomic"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/internal/semaphore"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// ErrClosed is returned by a [Buffer] that was shut down, or whose inner
// service panicked while it was asked for readiness (tower Closed).
var ErrClosed = errors.New("layer: the buffer is closed")

// BufferError is returned by a [Buffer], to every caller, once the readiness
// of its inner service has failed (tower ServiceError).
type BufferError struct {
	// Cause is the error of readiness.
	Cause error
}

// Error contains the cause.
func (e *BufferError) Error() string { return "layer: buffered service failed: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *BufferError) Unwrap() error { return e.Cause }

// Buffer is the layer that queues calls, up to a bound, while the inner
// service is not ready (tower ServiceBuilder::buffer).
//
// Readiness waits for a place in the queue and reserves it; it does not ask
// the inner service. The calls are dispatched one at a time and in order:
// each in its turn waits for the inner service's readiness, with a caller of
// its own, and lets the next one have the turn before its own inner call
// begins, so that inner calls overlap. So at most bound calls are queued,
// reservations included, and one more has the turn. There is no goroutine of
// the buffer's: each call takes its turn on its own, so what the inner service
// panics with reaches the caller that it concerns, and nothing orders what two
// calls do once both have been dispatched.
//
// A call whose context ends while it is queued frees its place at once and
// does not reach the inner service. Errors of inner calls pass unchanged.
// When the inner service's readiness fails, the call whose turn it was, those
// queued, and all later calls and checks of readiness of every caller get the
// same [*BufferError], and the inner service is not asked again; a context
// that ends is no such failure.
//
// Shutdown refuses new calls with [ErrClosed], dispatches those that are
// queued, and then shuts the inner service down. If its context ends before
// that, those still queued get ErrClosed too.
type Buffer[S, Req, Res any] struct {
	bound int
}

// NewBuffer returns the layer for at most bound queued calls. A bound below
// one is refused with a [parameter.Error] that names "bound".
func NewBuffer[S, Req, Res any](bound int) (*Buffer[S, Req, Res], error) {
	if err := parameter.Positive("bound", bound); err != nil {
		return nil, err
	}
	return &Buffer[S, Req, Res]{bound}, nil
}

// Layer puts a queue in front of inner.
func (l *Buffer[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if err := parameter.Positive("bound", l.bound); err != nil {
		return nil, err
	}
	return &buffer[S, Req, Res]{
		Forward: service.Forward[S, Req, Res]{Inner: inner},
		places:  semaphore.New(l.bound),
		turn:    semaphore.New(1),
	}, nil
}

type buffer[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	places *semaphore.Semaphore
	turn   *semaphore.Semaphore // its waiters are the queue

	closing atomic.Bool           // no new calls
	ended   atomic.Pointer[error] // no calls at all, and why
}

// Release frees the place of a caller that did not call.
func (s *buffer[S, Req, Res]) Release() { s.places.Release() }

func (s *buffer[S, Req, Res]) Ready(ctx context.Context[S]) error {
	if err := s.refusal(); err != nil {
		ctx.GiveBack(s)
		return err
	}
	if ctx.Reserved(s) {
		return nil
	}
	if !s.places.TryAcquire() && !s.places.Acquire(ctx.Done()) {
		return ctx.Err()
	}
	if err := s.refusal(); err != nil {
		s.places.Release() // the next waiter learns of it in turn
		return err
	}
	return ctx.Reserve(s)
}

func (s *buffer[S, Req, Res]) Call(ctx context.Context[S], req Req) (none Res, err error) {
	if err := s.refusal(); err != nil {
		ctx.GiveBack(s)
		return none, err
	}
	if !ctx.Spend(s) {
		return none, service.ErrNotReady
	}
	hasTurn := s.turn.TryAcquire() || s.turn.Acquire(ctx.Done())
	s.places.Release()
	if !hasTurn {
		return none, ctx.Err()
	}
	ctx, caller := ctx.Fork()
	defer caller.Finish()
	if err := s.dispatch(ctx); err != nil {
		return none, err
	}
	return s.Inner.Call(ctx, req)
}

// dispatch readies the inner service and passes the turn on.
func (s *buffer[S, Req, Res]) dispatch(ctx context.Context[S]) error {
	returned := false
	defer func() {
		if !returned {
			s.end(ErrClosed)
		}
		s.turn.Release()
	}()
	err := s.readyInner(ctx)
	returned = true
	return err
}

func (s *buffer[S, Req, Res]) readyInner(ctx context.Context[S]) error {
	if ended := s.ended.Load(); ended != nil {
		return *ended
	}
	// The turn may come at the very moment at which the caller gives up.
	if err := ctx.Go().Err(); err != nil {
		return err
	}
	err := s.Inner.Ready(ctx)
	if err == nil {
		return ctx.Go().Err()
	}
	if end := ctx.Err(); end != nil && (errors.Is(err, end) || errors.Is(err, gocontext.Cause(ctx.Go()))) {
		return err
	}
	s.end(&BufferError{err})
	return *s.ended.Load()
}

// refusal is why a new call cannot be accepted; nil if it can.
func (s *buffer[S, Req, Res]) refusal() error {
	if ended := s.ended.Load(); ended != nil {
		return *ended
	}
	if s.closing.Load() {
		return ErrClosed
	}
	return nil
}

// end settles what every caller is told from now on; the first reason stays.
func (s *buffer[S, Req, Res]) end(reason error) {
	s.ended.CompareAndSwap(nil, &reason)
	// One place too many: it goes through the hands of all who wait for one.
	s.places.Release()
}

func (s *buffer[S, Req, Res]) Shutdown(ctx context.Context[S]) error {
	s.closing.Store(true)
	s.places.Release() // as in end
	// Whoever has the turn after all that are queued finds the queue empty.
	drained := s.turn.TryAcquire() || s.turn.Acquire(ctx.Done())
	s.end(ErrClosed)
	// If the turn was not had, this one is surplus and reaches all who wait.
	s.turn.Release()
	err := s.Inner.Shutdown(ctx)
	if drained {
		return err
	}
	return errors.Join(ctx.Err(), err)
}
