package layer

import (
	gocontext "context"
	"errors"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
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
	if err := parameter.Positive("after", after); err != nil {
		return nil, err
	}
	return &Timeout[S, Req, Res]{after}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *Timeout[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if err := parameter.Positive("after", l.after); err != nil {
		return nil, err
	}
	// The timer fires one nanosecond, the resolution of the clock, after the
	// deadline: timers of one instant fire in no particular order, and an
	// answer that is due at the deadline is to come first.
	wait := l.after
	if wait < math.MaxInt64 {
		wait++
	}
	return &timeout[S, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}, wait, time.Now()}, nil
}

type timeout[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	wait time.Duration
	// built is what times are counted from: time.Since reads one clock, where
	// time.Now reads two.
	built time.Time
}

func (s *timeout[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	// With a caller of its own, a call that is late cannot spend what the
	// caller reserves for the next one.
	inner, caller := ctx.Split()
	defer caller.Finish()
	c := &timedCall[S, Req, Res]{inner: s.Inner, ctx: inner, req: req}
	c.goContext.Context = ctx.Go()
	defer c.goContext.end(nil)

	c.over.Add(1)
	start := time.Since(s.built)
	go c.run()
	// A new goroutine tends to run next. One that is done when this one has its
	// turn again needs no timer and no watch on ctx. That was measured at half
	// the time for a call that returns at once, with one caller and with 64; a
	// call that yields took up to a sixth longer with 64, one that sleeps no
	// longer. How late the turn comes does not count: the time began before.
	runtime.Gosched()
	if c.end.Load() == 0 {
		c.wait(s.wait - (time.Since(s.built) - start)) // in this order it cannot overflow
	}

	var none Res
	switch c.end.Load() {
	case elapsed:
		c.goContext.end(ErrElapsed)
		return none, ErrElapsed
	case abandoned:
		return none, ctx.Go().Err()
	}
	switch {
	case c.lost == nil:
		// What the call has not spent belongs to its caller again.
		caller.MoveTo(ctx.Caller())
		return c.response, c.err
	case c.lost.Value == nil:
		runtime.Goexit()
	}
	panic(c.lost.Value)
}

// The ends of a timed call. The first one counts.
const (
	returned = 1 + iota
	elapsed
	abandoned
)

// timedCall is one inner call on a goroutine of its own.
type timedCall[S, Req, Res any] struct {
	inner     service.Service[S, Req, Res]
	ctx       context.Context[S]
	goContext lazyContext
	req       Req

	end  atomic.Int32
	over sync.WaitGroup // until there is an end

	// Settled before the end, if that is returned; nobody else's otherwise.
	response Res
	err      error
	lost     *service.PanicError // nil if the inner service returned
}

// wait returns when there is an end, after left at the latest.
func (c *timedCall[S, Req, Res]) wait(left time.Duration) {
	timer := time.AfterFunc(left, c.elapse)
	defer timer.Stop()
	if parent := c.goContext.Context; parent.Done() != nil {
		stop := gocontext.AfterFunc(parent, c.abandon)
		defer stop()
	}
	c.over.Wait()
}

func (c *timedCall[S, Req, Res]) settle(end int32) {
	if c.end.CompareAndSwap(0, end) {
		c.over.Done()
	}
}

func (c *timedCall[S, Req, Res]) elapse()  { c.settle(elapsed) }
func (c *timedCall[S, Req, Res]) abandon() { c.settle(abandoned) }

func (c *timedCall[S, Req, Res]) run() {
	lost := true
	defer func() {
		if lost {
			c.lost = &service.PanicError{Value: recover()}
		}
		c.settle(returned)
	}()
	c.response, c.err = c.inner.Call(c.ctx.With(&c.goContext), c.req)
	lost = false
}
