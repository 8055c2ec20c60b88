package context

import (
	"context"
	"sync"
)

// Guard is what makes a shutdown graceful: it tells work that the end is near,
// and lets whoever shuts down wait for the work that is under way
// (rama graceful::ShutdownGuard). It may be used by several goroutines at once.
type Guard struct {
	mu     sync.Mutex
	active int
	begun  bool
	ending chan struct{}
	idle   chan struct{}
}

// NewGuard returns a guard of nothing.
func NewGuard() *Guard { return &Guard{ending: make(chan struct{}), idle: make(chan struct{})} }

// Done is closed when the shutdown begins (rama ShutdownGuard::cancelled).
// Work that is under way may go on; work that waits for more to do should end.
func (g *Guard) Done() <-chan struct{} { return g.ending }

// Do runs f as work that a shutdown waits for, and returns when f does. After
// the shutdown is complete it returns false, and f is not run; while other work
// is under way, a shutdown that has begun waits for f too.
func (g *Guard) Do(f func()) bool {
	if !g.enter() {
		return false
	}
	defer g.leave()
	f()
	return true
}

// Go is [Guard.Do] on a goroutine of its own; it does not wait for f
// (rama ShutdownGuard::spawn_task).
func (g *Guard) Go(f func()) bool {
	if !g.enter() {
		return false
	}
	go func() {
		defer g.leave()
		f()
	}()
	return true
}

// Shutdown begins the shutdown, if that has not been done, and waits until no
// work is under way or ctx has ended; then it returns ctx's error. Later calls
// wait likewise. A ctx that has ended already begins the shutdown and no more.
func (g *Guard) Shutdown(ctx context.Context) error {
	g.begin()
	select {
	case <-g.idle:
		return nil
	default:
	}
	select {
	case <-g.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *Guard) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.begun {
		return
	}
	g.begun = true
	close(g.ending)
	if g.active == 0 {
		close(g.idle)
	}
}

func (g *Guard) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.begun && g.active == 0 {
		return false
	}
	g.active++
	return true
}

func (g *Guard) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.active--
	if g.begun && g.active == 0 {
		close(g.idle)
	}
}

// Guard returns the guard of a graceful shutdown; nil if the context has none
// (rama Context::guard). It survives every change of state and extensions.
func (c Context[S]) Guard() *Guard {
	if c.frame == nil {
		return nil
	}
	return c.frame.guard
}

// WithGuard returns the same context with that guard; nil means none.
func (c Context[S]) WithGuard(guard *Guard) Context[S] {
	f := c.copyFrame()
	f.guard = guard
	c.frame = f
	return c
}

// Spawn runs f on a goroutine of its own, with this context and a caller that
// lasts as long as f does. f outlives the call that spawns it: its context keeps
// the values of the Go context but neither its end nor its deadline, and f should
// heed [Guard.Done] instead. If the context has a guard, its shutdown waits for
// f. Spawn returns false, and f is not run, if that shutdown is complete
// (rama Context::spawn). A panic of f ends the program, as that of any
// goroutine does.
func (c Context[S]) Spawn(f func(Context[S])) bool {
	forked, caller := c.With(context.WithoutCancel(c.Go())).Fork()
	run := func() {
		defer caller.Finish()
		f(forked)
	}
	guard := c.Guard()
	if guard == nil {
		go run()
		return true
	}
	if !guard.Go(run) {
		caller.Finish()
		return false
	}
	return true
}
