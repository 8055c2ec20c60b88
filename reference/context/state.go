package context

// State returns the state (rama Context::state, Context::state_clone). It is a
// copy, as by assignment; a state that is a pointer leads to the same data.
func (c Context[S]) State() S {
	if c.frame == nil {
		var zero S
		return zero
	}
	return c.frame.state
}

// SetState replaces the state in this context, and in copies made of it
// afterwards (rama Context::state_mut).
func (c *Context[S]) SetState(state S) {
	f := c.copyFrame()
	f.state = state
	c.frame = f
}

// WithState returns a context like c with another state, perhaps of another
// type, and leaves c as it was. Extensions, guard, Go context and caller stay;
// c's state is not touched (rama Context::clone_with_state).
func WithState[T, S any](c Context[S], state T) Context[T] {
	f := &frame[T]{parent: c.Go(), state: state}
	if c.frame != nil {
		f.guard = c.frame.guard
		f.extensions = c.frame.extensions
	}
	return Context[T]{frame: f, caller: c.caller, mark: c.mark}
}

// CloneMapState returns a context like c with the state that f makes of c's,
// and leaves c as it was. f is called once. If it panics there is no new
// context (rama Context::clone_map_state).
func CloneMapState[T, S any](c Context[S], f func(S) T) Context[T] {
	return WithState(c, f(c.State()))
}

// MapState returns c with the state that f makes of it; extensions, guard, Go
// context and caller stay. f is called once. c is consumed: it is the zero
// Context afterwards. If f panics, c is as it was (rama Context::map_state).
func MapState[T, S any](c *Context[S], f func(S) T) Context[T] {
	mapped := CloneMapState(*c, f)
	*c = Context[S]{}
	return mapped
}

// SwapState returns c with another state, perhaps of another type, and the
// state that c had; extensions, guard, Go context and caller stay. c is
// consumed: it is the zero Context afterwards (rama Context::swap_state).
func SwapState[T, S any](c *Context[S], state T) (swapped Context[T], old S) {
	swapped, old = WithState(*c, state), c.State()
	*c = Context[S]{}
	return swapped, old
}
