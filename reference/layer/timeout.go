package layer

import (
	gocontext "context"
	"errors"
	"math"
	"runtime"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// ErrElapsed is the answer to a call that a [Timeout] has ended, and the cause
// (context.Cause) of the end that the inner service sees (tower Elapsed).
var ErrElapsed = errors.New("layer: timeout elapsed")

// Timeout is the layer that answers a call with [ErrElapsed] when it takes
// longer than a given time (tower ServiceBuilder::timeout). The time begins
// with the call; readiness is the inner service's and is not timed. An answer
// that comes at the very instant of the deadline is the answer.
//
// At the deadline the caller is answered whatever the inner service does, and
// the context of the inner call ends. The inner call runs on a goroutine of
// its own, which is gone as soon as the inner service returns. Until then the
// call is in progress: a limit inside the timeout counts it, and a service that
// does not heed its context keeps its place. What was reserved inside and not
// spent is given back at the deadline.
//
// A panic of the inner call goes on, with the same value, on the goroutine of
// the caller. Once the caller has been answered there is nobody left to tell,
// and what the inner call returns or panics with is dropped.
//
// Errors of the inner service pass unchanged; the others are [ErrElapsed] and
// the context's own, when that ends first.
type Timeout[S, Req, Res any] struct {
	after time.Duration
}

// NewTimeout returns the layer that gives each call so much time. An after of
// zero or less is refused with a [parameter.Error] that names "after": zero
// would read as no time at all to some, and as no timeout to others.
func NewTimeout[S, Req, Res any](after time.Duration) (*Timeout[S, Req, Res], error) {
	if after <= 0 {
		return nil, parameter.Refuse("after", "must be positive, is %v", after)
	}
	return &Timeout[S, Req, Res]{after}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *Timeout[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	// The timer fires one nanosecond, the resolution of the clock, after the
	// deadline: timers of one instant fire in no particular order, and an
	// answer that is due at the deadline is to come first.
	wait := l.after
	if wait < math.MaxInt64 {
		wait++
	}
	return &timeout[S, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}, wait}, nil
}

type timeout[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	wait time.Duration
}

func (s *timeout[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	timer := time.NewTimer(s.wait)
	defer timer.Stop()
	parent, cancel := gocontext.WithCancelCause(ctx.Go())
	defer cancel(nil)
	// With a caller of its own, a call that is late cannot spend what the
	// caller reserves for the next one.
	inner, caller := ctx.Split()
	defer caller.Finish()

	// With room for the outcome, the goroutine ends also if nobody waits.
	done := make(chan outcome[Res], 1)
	go s.run(inner.With(parent), req, done)

	var none Res
	select {
	case o := <-done:
		return finish(o, ctx, caller)
	case <-timer.C:
	case <-parent.Done():
	}
	select {
	case o := <-done:
		return finish(o, ctx, caller)
	default:
	}
	if err := parent.Err(); err != nil {
		return none, err
	}
	cancel(ErrElapsed)
	return none, ErrElapsed
}

func (s *timeout[S, Req, Res]) run(ctx context.Context[S], req Req, done chan<- outcome[Res]) {
	var o outcome[Res]
	returned := false
	defer func() {
		if !returned {
			o.lost = &service.PanicError{Value: recover()}
		}
		done <- o
	}()
	o.response, o.err = s.Inner.Call(ctx, req)
	returned = true
}

// outcome is how a call on another goroutine ended.
type outcome[Res any] struct {
	response Res
	err      error
	lost     *service.PanicError // nil if it returned
}

// finish lets a call end on this goroutine as it ended on the other. What it
// has not spent belongs to the context's caller again.
func finish[S, Res any](o outcome[Res], ctx context.Context[S], caller context.Caller) (Res, error) {
	switch {
	case o.lost == nil:
		caller.MoveTo(ctx.Caller())
		return o.response, o.err
	case o.lost.Value == nil:
		runtime.Goexit()
	}
	panic(o.lost.Value)
}
