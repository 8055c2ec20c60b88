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
// itself (tower SpawnReady). Whoever waits for it returns as soon as his
// context ends, even if the inner service does not; the check goes on, and
// what it obtains, or the error or panic that it ends with, is there for the
// next readiness of the same caller. It ends when that caller goes away.
//
// A check runs on a goroutine of its own, which ends with the check. A
// readiness that need not wait, or must not, starts none. Errors of the inner
// service pass unchanged.
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
	starting sync.Mutex // so that a caller has one check, not two
	mu       sync.Mutex
	checks   map[*readyCheck]struct{}
}

// readyCheck is one check that goes on by itself. It is a reservation of the
// caller for whom it was started, and so it ends with that caller, and moves
// along when what the caller holds is handed to another.
type readyCheck struct {
	end    func()
	caller context.Caller // holds what the check obtains
	done   chan struct{}
	// Settled before done is closed.
	err      error
	panicked *service.PanicError
}

// Release ends a check whose outcome nobody wants.
func (c *readyCheck) Release() { c.end() }

func (s *spawnReady[S, Req, Res]) Ready(ctx context.Context[S]) error {
	for {
		check := s.find(ctx)
		if check == nil {
			err := s.Inner.Ready(ctx.Now())
			if !errors.Is(err, context.ErrWouldWait) || ctx.Err() != nil {
				return err
			}
			if check, err = s.start(ctx); err != nil {
				return err
			}
		}
		if !wait(check.done, ctx.Done()) {
			return ctx.Err()
		}
		if ctx.Spend(check) {
			return check.collect(ctx.Caller())
		}
		// Another readiness of the same caller was first, or it is gone.
	}
}

func (s *spawnReady[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	return s.Inner.Call(ctx, req)
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

// start returns the check of the caller that ctx names, a new one if there is
// none yet.
func (s *spawnReady[S, Req, Res]) start(ctx context.Context[S]) (*readyCheck, error) {
	s.starting.Lock()
	defer s.starting.Unlock()
	if check := s.find(ctx); check != nil {
		return check, nil
	}
	unbound, cancel := gocontext.WithCancel(gocontext.WithoutCancel(ctx.Go()))
	own, caller := ctx.With(unbound).Fork()
	check := &readyCheck{caller: caller, done: make(chan struct{})}
	check.end = func() {
		cancel()
		s.forget(check)
		caller.Finish()
	}
	s.remember(check)
	if err := ctx.Reserve(check); err != nil {
		return nil, err
	}
	go func() {
		returned := false
		defer func() {
			if !returned {
				check.panicked = &service.PanicError{Value: recover()}
			}
			close(check.done)
		}()
		check.err = s.Inner.Ready(own)
		returned = true
	}()
	return check, nil
}

func (s *spawnReady[S, Req, Res]) remember(check *readyCheck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks[check] = struct{}{}
}

func (s *spawnReady[S, Req, Res]) forget(check *readyCheck) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.checks, check)
}

// collect hands what the check obtained to the caller, or ends as it ended.
func (c *readyCheck) collect(to context.Caller) error {
	defer c.end()
	switch {
	case c.panicked == nil && c.err == nil:
		c.caller.MoveTo(to)
		return nil
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
