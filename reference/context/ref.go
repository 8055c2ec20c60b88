package context

// Ref refers to one extension of one context, the variable that it was made
// for: what is written through it is read there, and in copies that are made
// afterwards, never in those made before (rama Context::get_mut).
//
// It stays valid while the variable does. Unlike a pointer to the value it
// cannot reach into a copy of the context, however long it is kept. The zero
// Ref refers to nothing.
type Ref[S, T any] struct{ context *Context[S] }

// GetRef returns a reference to the extension whose static type is T, and
// whether there is one (rama Context::get_mut).
func GetRef[T, S any](c *Context[S]) (ref Ref[S, T], present bool) {
	if !Contains[T](*c) {
		return ref, false
	}
	return Ref[S, T]{c}, true
}

// Get returns the value as it is now: the zero value if it has been removed.
func (r Ref[S, T]) Get() T {
	if r.context == nil {
		var none T
		return none
	}
	value, _ := Get[T](*r.context)
	return value
}

// Set replaces the value, and reports whether there was one to replace: what
// has been removed stays so. It costs what [Insert] costs.
func (r Ref[S, T]) Set(value T) bool {
	if r.context == nil || !Contains[T](*r.context) {
		return false
	}
	Insert(r.context, value)
	return true
}
