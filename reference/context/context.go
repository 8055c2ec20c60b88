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
// extensions and the caller. It is passed by value; a copy shares the
// state's pointers, the Go context and the caller, and nothing else
// (rama Context).
//
// Context is itself a context.Context, for handing to Go libraries. That
// conversion allocates; [Context.Go] does not.
//
// The zero value is usable: it never ends, holds the zero state, has no
// extensions and names no caller. A Context may be read by several goroutines
// at once; its caller may be used by several at once too.
type Context[S any] struct {
	parent     context.Context
	state      S
	extensions *store
	caller     *caller
	// mark is the generation of the caller that this context was made for,
	// and whether it is a Now context. One word for both, because a context
	// is passed in registers through every layer.
	mark uint64
}

// New returns a context with the given Go context and state, no extensions
// and no caller. A nil parent means context.Background().
func New[S any](parent context.Context, state S) Context[S] {
	if parent == nil {
		parent = context.Background()
	}
	return Context[S]{parent: parent, state: state}
}

// Go returns Go's context underneath, as a parent for context.WithTimeout and
// its kin; put the result back by [Context.With]. For a Now context it is the
// context that Now was made from.
func (c Context[S]) Go() context.Context {
	if c.parent == nil {
		return context.Background()
	}
	return c.parent
}

// With returns the same context over another Go context. State, extensions
// and caller stay, and a Now context stays one. A nil parent means
// context.Background().
func (c Context[S]) With(parent context.Context) Context[S] {
	if parent == nil {
		parent = context.Background()
	}
	c.parent = parent
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

// State returns the state. For a state that is not a pointer it is a copy.
func (c Context[S]) State() S { return c.state }

// SetState replaces the state in this context, and in copies made of it
// afterwards (rama Context::state_mut).
func (c *Context[S]) SetState(state S) { c.state = state }

// WithState returns a context like c with another state, perhaps of another
// type. Extensions, Go context and caller stay (rama Context::map_state).
func WithState[T, S any](c Context[S], state T) Context[T] {
	return Context[T]{parent: c.parent, state: state, extensions: c.extensions, caller: c.caller, mark: c.mark}
}

// Deadline is that of the Go context underneath.
func (c Context[S]) Deadline() (time.Time, bool) { return c.Go().Deadline() }

// Done is closed when the context has ended; for a Now context it always is.
// It may be nil, for a context that never ends.
func (c Context[S]) Done() <-chan struct{} {
	if c.mark&now != 0 {
		return closed
	}
	if c.parent == nil {
		return nil
	}
	return c.parent.Done()
}

// Err returns nil until the context has ended, then the reason. When the Go
// context underneath a Now context has ended, its reason is the one returned.
func (c Context[S]) Err() error {
	if c.parent != nil {
		if err := c.parent.Err(); err != nil {
			return err
		}
	}
	if c.mark&now != 0 {
		return ErrWouldWait
	}
	return nil
}

// Value is that of the Go context underneath.
func (c Context[S]) Value(key any) any { return c.Go().Value(key) }
