package context

import "sync"

// Callers makes the callers of one pipeline and takes them back, so that a
// call need not allocate one. It may be used by several goroutines at once.
type Callers struct {
	// resident is the caller of a short call, if no other has it. Taking and
	// freeing it is one compare-and-swap each. With the pool alone, a limit was
	// measured at 39 ns a call instead of 25.
	resident caller
	pool     sync.Pool
	// forgets is set where callers meet different owners each time.
	forgets bool
}

// common makes the callers that belong to no pipeline.
var common = &Callers{forgets: true}

// NewCallers returns the callers of one pipeline.
func NewCallers() *Callers {
	p := new(Callers)
	p.resident.home = p
	return p
}

// Enter returns a caller for one call that starts now. [Caller.Finish] must
// follow, usually deferred; without it reservations are never given back.
func (p *Callers) Enter() Caller {
	if mark, ok := p.resident.start(); ok {
		return Caller{&p.resident, mark}
	}
	return p.New()
}

// New returns a caller that may stay for long, such as a binding.
// [Caller.Finish] must follow.
func (p *Callers) New() Caller {
	c, ok := p.pool.Get().(*caller)
	if !ok {
		c = &caller{home: p, pooled: true}
		c.state.Store(generation | untidy)
	}
	return Caller{c, c.state.Load() &^ flags}
}

// Caller is whoever holds readiness: a tower clone, an ntex pipeline binding,
// one attempt of a retry. It is a small handle; copies name the same caller.
// Its methods may be called by several goroutines at once. The zero Caller
// names nobody.
//
// The memory of callers is used again. A handle or a context that outlives
// its caller finds it gone, and cannot touch the request that uses the memory
// next.
type Caller struct {
	caller *caller
	mark   uint64
}

// NewCaller returns a caller that holds nothing and belongs to no pipeline.
// [Caller.Finish] must follow, usually deferred; without it reservations are
// never given back.
func NewCaller() Caller { return common.New() }

// Finish ends the caller: what it still holds is released, and later attempts
// to reserve for it fail. Finishing again does nothing.
func (c Caller) Finish() {
	if c.caller != nil && !c.caller.state.CompareAndSwap(c.mark, c.mark+generation) {
		c.caller.finish(c.mark)
	}
}

// MoveTo hands everything that c holds to another caller. What that caller
// holds already, or cannot take because it is finished, is released.
func (c Caller) MoveTo(to Caller) {
	if c == to || c.caller.vacant() {
		return
	}
	s, ok := c.caller.lock(c.mark)
	if !ok {
		return
	}
	var room [seats]Releaser
	held := c.caller.drain(s, room[:0])
	c.caller.unlock(s &^ holding)
	for _, owner := range held {
		// A caller that is gone has released it already.
		_ = to.caller.reserve(to.mark, owner)
	}
}

// fresh returns a new caller that is likely to meet the owners that c meets.
func (c Caller) fresh() Caller {
	if c.caller == nil {
		return common.New()
	}
	return c.caller.home.New()
}
