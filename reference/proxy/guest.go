package proxy

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero/api"
)

// Guest is an instance of a guest module, made by [Module.Instantiate]. It
// belongs to one worker.
type Guest struct {
	module   api.Module
	handle   api.Function
	callback api.Function // nil: the guest is synchronous
	memory   api.Memory
	context  context.Context // of every call into the guest
	stack    [3]uint64
	loop     *loop
	taken    atomic.Bool // by a worker
}

// Module is the instance as wazero has it, for an embedder that looks into it.
// Whoever calls its functions while a worker uses it breaks both.
func (g *Guest) Module() api.Module { return g.module }

// Synchronous tells whether the guest has no callback: each of its tasks is one
// call, which waits inside the functions of the host.
func (g *Guest) Synchronous() bool { return g.callback == nil }

// Close closes the instance. A worker does that for its own.
func (g *Guest) Close(ctx context.Context) error { return g.module.Close(ctx) }

func (g *Guest) attach(l *loop) {
	g.loop = l
	g.context = guestContext{l}
}

// The statuses that a guest returns with.
const (
	statusExit  = 0 // the task has ended
	statusYield = 1 // call me back after the others
	statusWait  = 2 // call me back with the next event
)

// enter starts a task in the guest.
func (g *Guest) enter(t *Task) (status uint32, err error) {
	g.stack[0] = uint64(t.id)
	err = g.handle.CallWithStack(g.context, g.stack[:1])
	return uint32(g.stack[0]), err
}

// resume calls a task back.
func (g *Guest) resume(t *Task, e event) (status uint32, err error) {
	g.stack = [3]uint64{uint64(t.id), uint64(e.code), uint64(e.payload)}
	err = g.callback.CallWithStack(g.context, g.stack[:])
	return uint32(g.stack[0]), err
}

// guestContext is what calls into the guest run under. It ends when the worker
// has to, and never because a caller gave up: a runtime that heeds contexts
// closes the whole instance, which others use too.
type guestContext struct{ loop *loop }

func (guestContext) Deadline() (time.Time, bool) { return time.Time{}, false }
func (c guestContext) Done() <-chan struct{}     { return c.loop.stop }

func (c guestContext) Err() error {
	select {
	case <-c.loop.stop:
		return context.Canceled
	default:
		return nil
	}
}

func (c guestContext) Value(key any) any {
	if key == (taskKey{}) {
		return c.loop.current
	}
	return nil
}
