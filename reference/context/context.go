package context

import (
	"context"
	"errors"
	"time"
)

// ErrWouldWait is what Err returns for a context made by [Context.Now]: the
// service is not ready now, and was asked not to wait.
var ErrWouldWait = errors.New("context: not ready without waiting")

// closed is the Done channel of every Now context.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// Context is what a request carries: Go's context, the state of type S, the
// extensions, the guard and the caller (rama Context).
//
// It is passed by value, and assignment is what rama calls clone: from then on
// neither copy sees what is changed in the other. What is copied is the
// values themselves, as Go copies them. A pointer, a map or a slice in the
// state or among the extensions leads both copies to the same data.
//
// Context is itself a context.Context, for handing to Go libraries. That
// conversion allocates; [Context.Go] does not.
//
// The zero value is usable: it never ends, holds the zero state, has no
// extensions and no guard, and names no caller (rama Context::default). A nil
// *Context is not: whatever changes a context panics, as for any nil pointer,
// before a factory or a function that it was given is called.
//
// A Context may be read by several goroutines at once, and each may change a
// copy of its own; its caller may be used by several at once too. One variable
// must not be changed by one goroutine while another uses it.
type Context[S any] struct {
	// Three words, so that a context stays in registers through every layer:
	// the compiler keeps structs of up to four words there, and with five a
	// pass-through layer was measured at ten times the cost.
	frame  *frame[S]
	caller *caller
	// mark is the generation of the caller that this context was made for,
	// and whether it is a Now context.
	mark uint64
}

// frame is the part of a context that seldom changes on the way in. It is
// never written once a context points to it; a change is a new frame. That is
// why contexts may be copied without a lock.
type frame[S any] struct {
	parent     context.Context
	guard      *Guard
	state      S
	extensions *table // nil if there are none
}

// New returns a context with the given Go context and state, no extensions,
// no guard and no caller. A nil parent means context.Background()
// (rama Context::new, Context::with_state).
func New[S any](parent context.Context, state S) Context[S] {
	return Context[S]{frame: &frame[S]{parent: orBackground(parent), state: state}}
}

func orBackground(parent context.Context) context.Context {
	if parent == nil {
		return context.Background()
	}
	return parent
}

// copyFrame returns a frame of the caller's own, to be changed and put back.
func (c Context[S]) copyFrame() *frame[S] {
	if c.frame == nil {
		return &frame[S]{parent: context.Background()}
	}
	f := *c.frame
	return &f
}

// Go returns Go's context underneath, as a parent for context.WithTimeout and
// its kin; put the result back by [Context.With]. For a Now context it is the
// context that Now was made from.
func (c Context[S]) Go() context.Context {
	if c.frame == nil {
		return context.Background()
	}
	return c.frame.parent
}

// With returns the same context over another Go context. State, extensions
// and caller stay, and a Now context stays one. A nil parent means
// context.Background().
func (c Context[S]) With(parent context.Context) Context[S] {
	f := c.copyFrame()
	f.parent = orBackground(parent)
	c.frame = f
	return c
}

// Now returns the same context, already ended, with the error [ErrWouldWait].
// A service that is asked for readiness takes what is free, and otherwise
// returns at once: this is how a layer asks "are you ready now?"
// (tower LoadShed).
func (c Context[S]) Now() Context[S] {
	c.mark |= now
	return c
}

// Deadline is that of the Go context underneath.
func (c Context[S]) Deadline() (time.Time, bool) { return c.Go().Deadline() }

// Done is closed when the context has ended; for a Now context it always is.
// It may be nil, for a context that never ends.
func (c Context[S]) Done() <-chan struct{} {
	if c.mark&now != 0 {
		return closed
	}
	return c.Go().Done()
}

// Err returns nil until the context has ended, then the reason. When the Go
// context underneath a Now context has ended, its reason is the one returned.
func (c Context[S]) Err() error {
	if err := c.Go().Err(); err != nil || c.mark&now == 0 {
		return err
	}
	return ErrWouldWait
}

// Value is that of the Go context underneath.
func (c Context[S]) Value(key any) any { return c.Go().Value(key) }
