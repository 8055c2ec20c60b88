package service

import (
	gocontext "context"
	"errors"
	"sync"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// grace is how long the shutdown of the second service is held back at most.
// It has to be longer than it takes to enter a function, also where the
// scheduler of a busy machine stops a thread for a time slice or two.
const grace = 10 * time.Millisecond

// Shutdown shuts both down at the same time and returns when both are done,
// also if one of them panics. If both fail the errors are joined.
//
// The first is started before the second. Two goroutines that are started one
// after the other do not promise that; so the second begins when the first
// looks whether its context has ended, which a service does before it waits,
// or when the first has returned. A first that waits without a look holds the
// second up for the grace.
func (s *both[S]) Shutdown(ctx context.Context[S]) (err error) {
	var second *aside
	start := sync.OnceFunc(func() {
		second = startAside(func() error { return s.b.Shutdown(ctx) })
	})
	timer := time.AfterFunc(grace, start)
	defer func() {
		timer.Stop()
		start()
		err = join(err, second.wait())
	}()
	return s.a.Shutdown(ctx.With(&watched{ctx.Go(), start}))
}

// watched is a context that calls a function when somebody is about to wait
// for its end.
type watched struct {
	gocontext.Context
	look func()
}

func (w *watched) Done() <-chan struct{} {
	w.look()
	return w.Context.Done()
}

// join is errors.Join, except that one error alone stays itself.
func join(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return errors.Join(first, second)
}
