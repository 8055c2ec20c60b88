package layer

import (
	"sync"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/internal/semaphore"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// RateLimit is the layer that lets at most limit calls through in each window
// of length per (tower ServiceBuilder::rate_limit). Each service built has a
// quota of its own.
//
// The algorithm is the fixed window: a window opens with the first call after
// the last one has ended, and a call at the very instant of its end belongs to
// the next. Two windows that touch can let twice the limit through in a time
// much shorter than per.
//
// Readiness waits for quota, in order of arrival, and only then asks the inner
// service. It sets quota aside and does not spend it: the call does, whatever
// becomes of it, at its own instant. Quota of a caller that goes away without
// calling is there for others. Errors of the inner service pass unchanged; the
// only errors of its own are the context's, when that ends the wait, and
// service.ErrNotReady.
type RateLimit[S, Req, Res any] struct {
	limit int
	per   time.Duration
}

// NewRateLimit returns the layer for limit calls per window. A limit below
// one, or a per of zero or less, is refused with a [parameter.Error] that
// names "limit" or "per".
func NewRateLimit[S, Req, Res any](limit int, per time.Duration) (*RateLimit[S, Req, Res], error) {
	if err := parameter.Positive("limit", limit); err != nil {
		return nil, err
	}
	if err := parameter.Positive("per", per); err != nil {
		return nil, err
	}
	return &RateLimit[S, Req, Res]{limit, per}, nil
}

// Layer wraps inner with a quota of its own.
func (l *RateLimit[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if err := parameter.Positive("limit", l.limit); err != nil {
		return nil, err
	}
	if err := parameter.Positive("per", l.per); err != nil {
		return nil, err
	}
	return &rateLimit[S, Req, Res]{
		Forward: service.Forward[S, Req, Res]{Inner: inner},
		quota:   quota{limit: l.limit, per: l.per, line: semaphore.New(1)},
	}, nil
}

type rateLimit[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	quota quota
}

// Release gives back the quota of a caller that did not call.
func (s *rateLimit[S, Req, Res]) Release() { s.quota.giveBack() }

func (s *rateLimit[S, Req, Res]) Ready(ctx context.Context[S]) error {
	if !ctx.Reserved(s) {
		if !s.quota.take() && !s.quota.wait(ctx.Done()) {
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

func (s *rateLimit[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	if !ctx.Spend(s) {
		var none Res
		return none, service.ErrNotReady
	}
	s.quota.spend()
	return s.Inner.Call(ctx, req)
}

// quota counts the calls of one window, and what is set aside for callers.
// What is set aside never exceeds what is left, in this window or the next, so
// spending needs no check.
type quota struct {
	limit int
	per   time.Duration
	line  *semaphore.Semaphore // only the head of the line watches the quota

	mu     sync.Mutex
	until  time.Time // the end of the window
	left   int       // in that window
	held   int       // set aside
	inLine int
	// changed is what the head of the line waits on, beside the time.
	changed chan struct{}
}

// free reports whether there is quota to set aside. The lock must be held.
func (q *quota) free(now time.Time) bool {
	if now.Before(q.until) {
		return q.held < q.left
	}
	return q.held < q.limit
}

// take sets quota aside, unless there is none or others wait for it.
func (q *quota) take() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	ok := q.inLine == 0 && q.free(time.Now())
	if ok {
		q.held++
	}
	return ok
}

func (q *quota) giveBack() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held--
	q.wake()
}

func (q *quota) spend() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now := time.Now(); !now.Before(q.until) {
		q.until = now.Add(q.per)
		q.left = q.limit
		q.wake() // the head of the line had no end of a window to wait for
	}
	q.left--
	q.held--
}

// wake makes the head of the line look again. The lock must be held.
func (q *quota) wake() {
	if q.changed != nil {
		close(q.changed)
		q.changed = nil
	}
}

// wait sets quota aside when there is some, or returns false when done is
// closed. It does not wait if done is closed already.
func (q *quota) wait(done <-chan struct{}) bool {
	select {
	case <-done:
		return false
	default:
	}
	q.join()
	if !q.line.Acquire(done) {
		q.leave()
		return false
	}
	defer q.line.Release()
	for {
		taken, due, changed := q.look()
		if taken {
			return true
		}
		if !sleep(due, changed, done) {
			q.leave()
			return false
		}
	}
}

func (q *quota) join() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inLine++
}

// leave is for those who give up: whoever is served leaves in look.
func (q *quota) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inLine--
}

// look sets quota aside for the head of the line, or returns when to look
// again: after due, if that is positive, and when changed is closed.
func (q *quota) look() (taken bool, due time.Duration, changed <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	if q.free(now) {
		q.held++
		q.inLine--
		q.changed = nil
		return true, 0, nil
	}
	q.changed = make(chan struct{})
	return false, q.until.Sub(now), q.changed
}

// sleep returns false if it was done that ended it.
func sleep(due time.Duration, changed, done <-chan struct{}) bool {
	var expired <-chan time.Time
	if due > 0 {
		timer := time.NewTimer(due)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case <-expired:
		return true
	case <-changed:
		return true
	case <-done:
		return false
	}
}
