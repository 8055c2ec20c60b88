package context

// Extensions is a context that is used for its extensions alone: to stage what
// may have to be discarded, and to commit it by [Extend]. A change that has
// been made to a context is never undone for work that fails
// (rama Extensions).
type Extensions = Context[struct{}]

// Insert puts value into the extensions of the context, and returns the value
// of the same static type that it replaces, if there was one. Copies made of
// the context earlier, a caller's among them, do not see it
// (rama Context::insert, Extensions::insert).
//
// The key is the static type T, exactly: a defined type, a pointer and an
// interface each have a key of their own. So a nil interface is a value like
// any other, kept under its interface type; an untyped nil has no type, and
// the compiler refuses it.
//
// The cost is a copy of the table of extensions, in two allocations up to 24.
func Insert[T, S any](c *Context[S], value T) (previous T, replaced bool) {
	if held := find[T](c.table()); held != nil {
		previous, replaced = *held, true
	}
	f := c.ownTable()
	f.extensions.put(&value)
	c.frame = f
	return previous, replaced
}

// MaybeInsert is [Insert] if there is a value. Otherwise it changes nothing
// and returns none, also where a value of that type is present
// (rama Context::maybe_insert).
func MaybeInsert[T, S any](c *Context[S], value T, there bool) (previous T, replaced bool) {
	if !there {
		return previous, false
	}
	return Insert(c, value)
}

// Get returns the extension whose static type is T, and whether there is one.
// A value that is present and zero is present. To ask for a type that is
// absent changes nothing (rama Context::get).
func Get[T, S any](c Context[S]) (value T, present bool) {
	if c.frame == nil {
		return
	}
	// This is find, written out: so it is small enough for the compiler to put
	// it into the function that calls Get, which halves what it costs.
	t := c.frame.extensions
	for i := hash((*T)(nil)); t != nil; i += stride {
		entry := t.slots[i%slots]
		if held, is := entry.(*T); is {
			return *held, true
		}
		if entry == nil {
			t = t.more
		}
	}
	return
}

// Contains reports whether there is an extension whose static type is T
// (rama Context::contains).
func Contains[T, S any](c Context[S]) bool { return find[T](c.table()) != nil }

// Remove takes the extension whose static type is T out of the context and
// returns it, and whether there was one (rama Context::remove).
func Remove[T, S any](c *Context[S]) (value T, removed bool) {
	held := find[T](c.table())
	if held == nil {
		return value, false
	}
	f := c.copyFrame()
	f.extensions = new(table)
	c.table().each(func(entry any) {
		if keyOf(entry) != keyOf(held) {
			f.extensions.put(entry)
		}
	})
	c.frame = f
	return *held, true
}

// Extend moves the extensions of other to c; where both have a value of one
// type, other's stays. other has no extensions afterwards, whoever refers to
// it; its state and the rest are not touched. To extend a context with itself
// changes nothing (rama Context::extend, Extensions::extend).
func Extend[S, O any](c *Context[S], other *Context[O]) {
	f := c.ownTable()
	other.table().each(f.extensions.put)
	Clear(other)
	c.frame = f
}

// Clear removes all extensions. State, guard, Go context and caller stay
// (rama Context::clear).
func Clear[S any](c *Context[S]) {
	if c.table() == nil {
		return
	}
	f := c.copyFrame()
	f.extensions = nil
	c.frame = f
}
