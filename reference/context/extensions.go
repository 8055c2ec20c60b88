package context

// store is a table of extensions. A store is never
// changed once made; contexts that share it cannot see each other's inserts.
type store struct {
	entries []entry
}

// entry is keyed by a nil pointer to the static type of the value: two entries
// have equal keys exactly when the types are identical, interfaces included.
type entry struct {
	key   any
	value any
}

// Insert puts value into the extensions of the context, and returns the value
// of the same static type that it replaces, if there was one. Copies made of
// the context earlier, a caller's among them, do not see it
// (rama Context::insert). It costs one copy of the extensions' table.
func Insert[T, S any](c *Context[S], value T) (previous T, replaced bool) {
	key := any((*T)(nil))
	var old []entry
	if c.extensions != nil {
		old = c.extensions.entries
	}
	entries := make([]entry, len(old), len(old)+1)
	copy(entries, old)
	for i := range entries {
		if entries[i].key == key {
			previous, _ = entries[i].value.(T)
			entries[i].value = value
			c.extensions = &store{entries}
			return previous, true
		}
	}
	c.extensions = &store{append(entries, entry{key, value})}
	return previous, false
}

// Get returns the extension whose static type is T, and whether there is one
// (rama Context::get). A value that is present and zero is present.
func Get[T, S any](c Context[S]) (value T, present bool) {
	if c.extensions == nil {
		return value, false
	}
	key := any((*T)(nil))
	for i := range c.extensions.entries {
		if c.extensions.entries[i].key == key {
			value, _ = c.extensions.entries[i].value.(T)
			return value, true
		}
	}
	return value, false
}
