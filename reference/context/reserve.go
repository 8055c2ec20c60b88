package context

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
	fresh := c.Caller().fresh()
	return c.WithCaller(fresh), fresh
}

// Split returns the same context with a fresh caller to which everything that
// the present caller holds has moved. A layer that runs its inner call on a
// goroutine of its own needs it: an attempt that is late cannot spend what
// the caller reserves afterwards. The fresh caller's Finish must follow.
func (c Context[S]) Split() (Context[S], Caller) {
	fresh := c.Caller().fresh()
	c.Caller().MoveTo(fresh)
	return c.WithCaller(fresh), fresh
}

// Reserved reports whether the caller holds a reservation of owner's.
func (c Context[S]) Reserved(owner Releaser) bool {
	return !c.caller.vacant() && c.caller.reserved(c.mark, owner)
}

// Reserve hands to the caller one reservation that owner has just set aside.
// From here on it is either spent or given back by owner.Release, exactly
// once, whatever happens: at once if the caller holds one already (nil is
// returned, for it is ready) or if the caller is gone ([ErrCallerGone]).
func (c Context[S]) Reserve(owner Releaser) error {
	return c.caller.reserve(c.mark, owner)
}

// Spend takes owner's reservation from the caller and reports whether there
// was one. What was reserved is then the spender's to give back, when the
// work that it was for is over.
func (c Context[S]) Spend(owner Releaser) bool {
	return !c.caller.vacant() && c.caller.spend(c.mark, owner)
}

// GiveBack spends owner's reservation, if the caller holds one, and releases
// it. A service whose inner service turns out not to be ready uses it.
func (c Context[S]) GiveBack(owner Releaser) {
	if c.Spend(owner) {
		owner.Release()
	}
}
