package layer

import (
	gocontext "context"
	"errors"
	"sync"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// SpawnReady is the layer whose readiness, once it has to wait, goes on by
// itself (tower SpawnReady). When the context of a caller that waits ends, the
// caller is answered and the check goes on; what it obtains, or the error or
// panic that it ends with, is there for the next readiness of the same caller.
// The check ends when that caller goes away.
//
// A check runs on a goroutine of its own, which ends with the check. A
// readiness that need not wait, or must not, starts none. Errors of the inner
// service pass unchanged. The zero value is ready for use.
type SpawnReady[S, Req, Res any] struct{}

// NewSpawnReady returns the layer. It cannot fail; the error is there so that
// all constructors of layers are alike.
func NewSpawnReady[S, Req, Res any]() (*SpawnReady[S, Req, Res], error) {
	return &SpawnReady[S, Req, Res]{}, nil
}

// Layer wraps inner.
func (*SpawnReady[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	return &spawnReady[S, Req, Res]{
		Forward: service.Forward[S, Req, Res]{Inner: inner},
		checks:  make(map[*readyCheck]struct{}),
	}, nil
}

type spawnReady[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	// turn is held while a check begins or its outcome is claimed, so that a
	// caller has one of them and not two.
	turn   sync.Mutex
	mu     sync.Mutex
	checks map[*readyCheck]struct{}
}

// readyCheck is one check that goes on by itself. It is a reservation of the
// caller for whom it was started, and so it ends with that caller, and moves
// along when what the caller holds is handed to another.
type readyCheck struct {
	end    func()
	cancel gocontext.CancelFunc // nil once the check has ended
	caller context.Caller       // holds what the check obtains
	done   chan struct{}
	// Settled before done is closed.
	err      error
	panicked *service.PanicError
}

// Release ends a check whose outcome nobody wants.
func (c *readyCheck) Release() { c.end() }

func (s *spawnReady[S, Req, Res]) Ready(ctx context.Context[S]) error {
	for {
		check, err := s.begin(ctx)
		if check == nil {
			return err
		}
		if !wait(check.done, ctx.Done()) {
			return ctx.Err()
		}
		if s.claim(ctx, check) {
			return check.outcome()
		}
		// Another readiness of the same caller was first, or it is gone.
	}
}

func (s *spawnReady[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	return s.Inner.Call(ctx, req)
}

// begin returns the check of the caller that ctx names, a new one if there is
// none yet; or no check and the outcome, if nobody has to wait or may.
func (s *spawnReady[S, Req, Res]) begin(ctx context.Context[S]) (*readyCheck, error) {
	s.turn.Lock()
	defer s.turn.Unlock()
	if check := s.find(ctx); check != nil {
		return check, nil
	}
	err := s.Inner.Ready(ctx.Now())
	if !errors.Is(err, context.ErrWouldWait) {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	unbound, cancel := gocontext.WithCancel(gocontext.WithoutCancel(ctx.Go()))
	own, caller := ctx.With(unbound).Fork()
	check := &readyCheck{cancel: cancel, caller: caller, done: make(chan struct{})}
	check.end = func() { s.end(check) }
	s.remember(check)
	if err := ctx.Reserve(check); err != nil {
		return nil, err
	}
	go check.run(func() error { return s.Inner.Ready(own) })
	return check, nil
}

// claim hands what the check obtained to the caller that ctx names, unless the
// check belongs to nobody any more.
func (s *spawnReady[S, Req, Res]) claim(ctx context.Context[S], check *readyCheck) bool {
	s.turn.Lock()
	defer s.turn.Unlock()
	if !ctx.Spend(check) {
		return false
	}
	check.caller.MoveTo(ctx.Caller())
	check.end()
	return true
}

// find returns the check of the caller that ctx names, or nil.
func (s *spawnReady[S, Req, Res]) find(ctx context.Context[S]) *readyCheck {
	s.mu.Lock()
	defer s.mu.Unlock()
	for check := range s.checks {
		if ctx.Reserved(check) {
			return check
		}
	}
	return nil
}

func (s *spawnReady[S, Req, Res]) remember(check *readyCheck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks[check] = struct{}{}
}

// end stops the check and gives back what it holds. A caller may remember the
// owners of its reservations for a while: what the request carried is not kept
// alive by that.
func (s *spawnReady[S, Req, Res]) end(check *readyCheck) {
	s.mu.Lock()
	cancel := check.cancel
	check.cancel = nil
	delete(s.checks, check)
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	check.caller.Finish()
}

func (c *readyCheck) run(ready func() error) {
	returned := false
	defer func() {
		if !returned {
			c.panicked = &service.PanicError{Value: recover()}
		}
		close(c.done)
	}()
	c.err = ready()
	returned = true
}

// outcome ends as the check has ended.
func (c *readyCheck) outcome() error {
	switch {
	case c.panicked == nil:
		return c.err
	case c.panicked.Value == nil:
		return c.panicked
	default:
		panic(c.panicked.Value)
	}
}

// wait reports whether it was over that ended it. It prefers over.
func wait(over, done <-chan struct{}) bool {
	select {
	case <-over:
		return true
	default:
	}
	select {
	case <-over:
		return true
	case <-done:
		return false
	}
}
