package layer

import (
	gocontext "context"
	"sync"
)

// lazyContext is a cancellable child of the embedded context that is made when
// somebody first needs more of it than the parent can answer. A call that is over
// before anybody asked, as most quick ones are, does not pay for it.
type lazyContext struct {
	gocontext.Context // the parent

	mu     sync.Mutex
	child  gocontext.Context
	cancel gocontext.CancelCauseFunc
	ended  bool
	cause  error
}

func (c *lazyContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made().Done()
}

func (c *lazyContext) Err() error { return c.now().Err() }

// Value is the child's where there is one: it is how package context finds the
// child, to hang others below it and to read its cause.
func (c *lazyContext) Value(key any) any { return c.now().Value(key) }

// now returns the context that can answer at present.
func (c *lazyContext) now() gocontext.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.child == nil && !c.ended {
		return c.Context
	}
	return c.made()
}

// made returns the child. The lock must be held.
func (c *lazyContext) made() gocontext.Context {
	if c.child == nil {
		c.child, c.cancel = gocontext.WithCancelCause(c.Context)
		if c.ended {
			c.cancel(c.cause)
		}
	}
	return c.child
}

// end ends the context, with the first cause that it is given.
func (c *lazyContext) end(cause error) {
	c.mu.Lock()
	cancel := c.cancel
	if !c.ended {
		c.ended, c.cause = true, cause
	}
	c.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
}
