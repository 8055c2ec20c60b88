package context

import (
	"errors"
	"runtime"
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

// caller.state is, from the lowest bit: the lock, one bit for each seat that
// holds a reservation, one bit if there are reservations without a seat, one
// bit if finishing takes more than a new generation, and the generation.
// Context.mark is the same generation and the now bit.
//
// The generation is odd while the caller is in use; it moves on when the
// caller starts and when it finishes (a pooled caller is nobody's in between,
// and moves on by two), so whoever kept a context for longer never finds it
// again. Everything that a caller does is one
// compare-and-swap of this word, which compares the generation too: that is
// both why a stale context cannot touch another request, and why a limit
// costs what its semaphore costs and little more.
const (
	locked     = 1 << 0
	now        = 1 << 0 // in a mark, where the lock is in a state
	firstSeat  = 1 << 1
	seats      = 8 // a stack rarely has more layers that reserve
	spilled    = firstSeat << seats
	holding    = spilled | (spilled - firstSeat)
	untidy     = spilled << 1
	generation = untidy << 1
	flags      = generation - 1
)

// seat belongs to one owner. It is not changed once a caller points to it.
type seat struct{ owner Releaser }

// caller is the body behind [Caller]. It holds no channel, so it may pass from
// one testing/synctest bubble to another.
type caller struct {
	state atomic.Uint64
	home  *Callers
	// seats are filled from the left, under the lock, and emptied only
	// between two generations. They outlast a generation because the calls of
	// one pipeline meet the same owners each time.
	seats [seats]atomic.Pointer[seat]
	// spill has the reservations of owners without a seat; it is under the lock.
	spill  []Releaser
	pooled bool
	_      [16]byte // 128 bytes in all: two callers must not share a cache line
}

// lock takes the lock if the caller is still of the generation of mark, and
// returns the state without it.
func (c *caller) lock(mark uint64) (state uint64, ok bool) {
	for {
		s := c.state.Load()
		if (s^mark)&^flags != 0 {
			return 0, false
		}
		if s&locked == 0 && c.state.CompareAndSwap(s, s|locked) {
			return s, true
		}
		runtime.Gosched()
	}
}

// unlock sets the state, whose lock bit is not set.
func (c *caller) unlock(state uint64) { c.state.Store(state) }

// bitOf returns the state bit of owner's seat; 0 if it has none. What it
// returns holds only within the generation in which it was asked.
func (c *caller) bitOf(owner Releaser) uint64 {
	for i := range c.seats {
		at := c.seats[i].Load()
		if at == nil {
			return 0
		}
		if at.owner == owner {
			return firstSeat << i
		}
	}
	return 0
}

// spillIndex returns where owner's reservation is in the spill, or -1.
func (c *caller) spillIndex(owner Releaser) int {
	for i, held := range c.spill {
		if held == owner {
			return i
		}
	}
	return -1
}

// vacant reports whether the caller holds nothing, of whichever generation.
func (c *caller) vacant() bool { return c == nil || c.state.Load()&holding == 0 }

func (c *caller) reserved(mark uint64, owner Releaser) bool {
	s := c.state.Load()
	if (s^mark)&^flags != 0 {
		return false
	}
	if bit := c.bitOf(owner); bit != 0 {
		return s&bit != 0
	}
	if s&spilled == 0 {
		return false
	}
	s, ok := c.lock(mark)
	if !ok {
		return false
	}
	held := c.spillIndex(owner) >= 0
	c.unlock(s)
	return held
}

func (c *caller) reserve(mark uint64, owner Releaser) error {
	if c == nil {
		owner.Release()
		return ErrCallerGone
	}
	for {
		s := c.state.Load()
		if (s^mark)&^flags != 0 {
			owner.Release()
			return ErrCallerGone
		}
		bit := c.bitOf(owner)
		switch {
		case bit == 0:
			return c.reserveNewcomer(mark, owner)
		case s&bit != 0:
			owner.Release()
			return nil
		case s&locked != 0:
			runtime.Gosched()
		case c.state.CompareAndSwap(s, s|bit):
			return nil
		}
	}
}

// reserveNewcomer gives owner a seat, or spills. Each owner passes here once.
func (c *caller) reserveNewcomer(mark uint64, owner Releaser) error {
	s, ok := c.lock(mark)
	if !ok {
		owner.Release()
		return ErrCallerGone
	}
	bit := c.bitOf(owner) // another goroutine may have seated it since
	for i := 0; bit == 0 && i < seats; i++ {
		if c.seats[i].Load() == nil {
			c.seats[i].Store(&seat{owner})
			bit = firstSeat << i
			if i == seats-1 || c.home.forgets {
				s |= untidy
			}
		}
	}
	surplus := s&bit != 0
	if bit == 0 {
		bit = spilled
		if surplus = c.spillIndex(owner) >= 0; !surplus {
			c.spill = append(c.spill, owner)
		}
	}
	c.unlock(s | bit)
	if surplus {
		owner.Release()
	}
	return nil
}

func (c *caller) spend(mark uint64, owner Releaser) bool {
	for {
		s := c.state.Load()
		if (s^mark)&^flags != 0 {
			return false
		}
		bit := c.bitOf(owner)
		switch {
		case bit == 0:
			return s&spilled != 0 && c.spendSpilled(mark, owner)
		case s&bit == 0:
			return false
		case s&locked != 0:
			runtime.Gosched()
		case c.state.CompareAndSwap(s, s&^bit):
			return true
		}
	}
}

func (c *caller) spendSpilled(mark uint64, owner Releaser) bool {
	s, ok := c.lock(mark)
	if !ok {
		return false
	}
	i := c.spillIndex(owner)
	if i >= 0 {
		last := len(c.spill) - 1
		c.spill[i] = c.spill[last]
		c.spill[last] = nil
		c.spill = c.spill[:last]
		if last == 0 {
			s &^= spilled
		}
	}
	c.unlock(s)
	return i >= 0
}

// drain appends what the caller holds to held, and empties the spill. The lock
// must be held, and the holding bits cleared by the unlock that follows.
func (c *caller) drain(state uint64, held []Releaser) []Releaser {
	for i := range c.seats {
		if state&(firstSeat<<i) != 0 {
			held = append(held, c.seats[i].Load().owner)
		}
	}
	held = append(held, c.spill...)
	clear(c.spill)
	c.spill = c.spill[:0]
	return held
}

// start takes a caller that is free; it fails if it is in use.
func (c *caller) start() (mark uint64, ok bool) {
	s := c.state.Load()
	ok = s&generation == 0 && c.state.CompareAndSwap(s, s+generation)
	return s + generation, ok
}

// finish ends the generation. It is the long way, for a caller that holds
// something, that came from a pool, or whose seats must be emptied before the
// next use.
func (c *caller) finish(mark uint64) {
	next := mark + generation
	if c.pooled {
		next = mark + 2*generation | untidy
	}
	var held []Releaser
	if c.crowded() || !c.pooled || !c.state.CompareAndSwap(mark|untidy, next) {
		s, ok := c.lock(mark)
		if !ok {
			return
		}
		held = c.drain(s, nil)
		if c.crowded() {
			c.spill = nil
			for i := range c.seats {
				c.seats[i].Store(nil)
			}
		}
		c.unlock(next)
	}
	if c.pooled {
		c.home.pool.Put(c)
	}
	giveBack(held)
}

// crowded reports whether all seats are taken, or the next user is likely to
// meet other owners than those who have one.
func (c *caller) crowded() bool {
	return c.seats[seats-1].Load() != nil || c.home.forgets && c.seats[0].Load() != nil
}

// giveBack releases all, even if a Release panics.
func giveBack(held []Releaser) {
	if len(held) == 0 {
		return
	}
	last := len(held) - 1
	defer giveBack(held[:last])
	held[last].Release()
}
