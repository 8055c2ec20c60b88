package context

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// ErrCallerGone is returned by Reserve when the context names no caller, or
// one that is finished: nobody is left to give the reservation back.
var ErrCallerGone = errors.New("context: no caller, or the caller is finished")

// Releaser is a service that reserves capacity for callers. It must be a
// pointer: its identity is the key of the reservation.
type Releaser interface {
	// Release gives back one reservation that was not spent. It is called
	// once for each, from any goroutine; it must not wait.
	Release()
}

// Bits of caller.state and Context.mark. The generation is above them.
const (
	locked     = 1 << 0 // state only: somebody changes held
	now        = 1 << 0 // mark only: a Now context
	holding    = 1 << 1 // state only: held is not empty
	generation = 1 << 2 // one generation
	flags      = generation - 1
)

// inline is how many reservations a caller keeps without allocating. A stack
// rarely has more than four layers that reserve.
const inline = 4

// keep is the largest overflow that a pooled caller takes along, in entries.
const keep = 64

// caller is the pooled body behind [Caller]. It holds no channel, so it may
// pass from one testing/synctest bubble to another.
type caller struct {
	// state is the generation, the lock and the holding bit. The lock is a
	// bit of the same word so that taking it and checking the generation is
	// one step; it is held for a few instructions and never across a wait.
	state atomic.Uint64
	held  []Releaser
	room  [inline]Releaser
}

var callers = sync.Pool{New: func() any {
	c := new(caller)
	c.held = c.room[:0]
	c.state.Store(generation)
	return c
}}

// lock takes the lock if the caller is still of the generation of mark.
func (c *caller) lock(mark uint64) bool {
	for {
		s := c.state.Load()
		if (s^mark)&^flags != 0 {
			return false
		}
		if s&locked == 0 && c.state.CompareAndSwap(s, s|locked) {
			return true
		}
		runtime.Gosched()
	}
}

func (c *caller) unlock(mark uint64) {
	s := mark &^ flags
	if len(c.held) > 0 {
		s |= holding
	}
	c.state.Store(s)
}

// index returns where owner's reservation is, or -1.
func (c *caller) index(owner Releaser) int {
	for i, h := range c.held {
		if h == owner {
			return i
		}
	}
	return -1
}

func (c *caller) reserved(mark uint64, owner Releaser) bool {
	// The bit spares the lock in the usual case, the first readiness check.
	if s := c.state.Load(); (s^mark)&^flags != 0 || s&(holding|locked) == 0 {
		return false
	}
	if !c.lock(mark) {
		return false
	}
	defer c.unlock(mark) // comparing panics if owner is not comparable
	return c.index(owner) >= 0
}

func (c *caller) reserve(mark uint64, owner Releaser) error {
	if !c.lock(mark) {
		owner.Release()
		return ErrCallerGone
	}
	if !c.add(mark, owner) {
		owner.Release()
	}
	return nil
}

func (c *caller) add(mark uint64, owner Releaser) bool {
	defer c.unlock(mark)
	if len(c.held) > 0 && c.index(owner) >= 0 {
		return false
	}
	c.held = append(c.held, owner)
	return true
}

func (c *caller) spend(mark uint64, owner Releaser) bool {
	if s := c.state.Load(); (s^mark)&^flags != 0 || s&(holding|locked) == 0 || !c.lock(mark) {
		return false
	}
	defer c.unlock(mark)
	i := c.index(owner)
	if i < 0 {
		return false
	}
	last := len(c.held) - 1
	copy(c.held[i:], c.held[i+1:])
	c.held[last] = nil
	c.held = c.held[:last]
	return true
}

// drain appends what the caller holds to into, and leaves it holding nothing.
// The lock must be held.
func (c *caller) drain(into []Releaser) []Releaser {
	into = append(into, c.held...)
	clear(c.held)
	if c.held = c.held[:0]; cap(c.held) > keep {
		c.held = c.room[:0]
	}
	return into
}

func (c *caller) finish(mark uint64) {
	mark &^= flags
	if !c.state.CompareAndSwap(mark, mark+generation) {
		if !c.lock(mark) {
			return
		}
		held := c.drain(nil)
		c.state.Store(mark + generation)
		defer callers.Put(c)
		giveBack(held)
		return
	}
	callers.Put(c)
}

// giveBack releases the latest reservation first, and all of them even if a
// Release panics.
func giveBack(held []Releaser) {
	if len(held) == 0 {
		return
	}
	last := len(held) - 1
	defer giveBack(held[:last])
	held[last].Release()
}

// Caller is whoever holds readiness: a tower clone, an ntex pipeline binding,
// one attempt of a retry. It is a small handle; copies name the same caller.
// Its methods may be called by several goroutines at once. The zero Caller
// names nobody.
//
// Callers are pooled. A handle or a context that outlives its caller finds it
// gone, and cannot touch the request that uses the pooled memory next.
type Caller struct {
	caller *caller
	mark   uint64
}

// NewCaller returns a caller that holds nothing. [Caller.Finish] must follow,
// usually deferred; without it reservations are never given back.
func NewCaller() Caller {
	c := callers.Get().(*caller)
	return Caller{c, c.state.Load()}
}

// Finish ends the caller: what it still holds is released, the latest
// reservation first, and later attempts to reserve for it fail. Finishing
// again does nothing.
func (c Caller) Finish() {
	if c.caller != nil {
		c.caller.finish(c.mark)
	}
}

// MoveTo hands everything that c holds to another caller. What that caller
// holds already, or cannot take because it is finished, is released.
func (c Caller) MoveTo(to Caller) {
	if c.caller == nil || c == to || c.caller.state.Load()&(holding|locked) == 0 || !c.caller.lock(c.mark) {
		return
	}
	var room [inline]Releaser
	held := c.caller.drain(room[:0])
	c.caller.unlock(c.mark)
	for _, owner := range held {
		if to.caller == nil {
			owner.Release()
			continue
		}
		// A finished caller has released it already.
		_ = to.caller.reserve(to.mark, owner)
	}
}

// Caller returns the caller that the context names; the zero Caller if none.
func (c Context[S]) Caller() Caller { return Caller{c.caller, c.mark &^ flags} }

// WithCaller returns the same context, naming another caller. What the
// present caller holds stays with it.
func (c Context[S]) WithCaller(caller Caller) Context[S] {
	c.caller = caller.caller
	c.mark = caller.mark | c.mark&now
	return c
}

// Fork returns the same context with a fresh caller that holds nothing, for a
// layer that runs something on the side: a worker's request, a hedge, an
// attempt at readiness that may have to be undone. The fresh caller's Finish
// must follow; MoveTo first keeps what was reserved.
func (c Context[S]) Fork() (Context[S], Caller) {
	fresh := NewCaller()
	return c.WithCaller(fresh), fresh
}

// Split returns the same context with a fresh caller to which everything that
// the present caller holds has moved. A layer that runs its inner call on a
// goroutine of its own needs it: an attempt that is late cannot spend what
// the caller reserves afterwards. The fresh caller's Finish must follow.
func (c Context[S]) Split() (Context[S], Caller) {
	fresh := NewCaller()
	c.Caller().MoveTo(fresh)
	return c.WithCaller(fresh), fresh
}

// Reserved reports whether the caller holds a reservation of owner's.
func (c Context[S]) Reserved(owner Releaser) bool {
	return c.caller != nil && c.caller.reserved(c.mark, owner)
}

// Reserve hands to the caller one reservation that owner has just set aside.
// From here on it is either spent or given back by owner.Release, exactly
// once, whatever happens: at once if the caller holds one already (nil is
// returned, for it is ready) or if the caller is gone ([ErrCallerGone]).
func (c Context[S]) Reserve(owner Releaser) error {
	if c.caller == nil {
		owner.Release()
		return ErrCallerGone
	}
	return c.caller.reserve(c.mark, owner)
}

// Spend takes owner's reservation from the caller and reports whether there
// was one. What was reserved is then the spender's to give back, when the
// work that it was for is over.
func (c Context[S]) Spend(owner Releaser) bool {
	return c.caller != nil && c.caller.spend(c.mark, owner)
}

// GiveBack spends owner's reservation, if the caller holds one, and releases
// it. A service whose inner service turns out not to be ready uses it.
func (c Context[S]) GiveBack(owner Releaser) {
	if c.Spend(owner) {
		owner.Release()
	}
}
