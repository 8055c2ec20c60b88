package context

// extension is keyed by a nil pointer to the static type of the value: two
// keys are equal exactly when the types are identical, interfaces included.
type extension struct {
	key   any
	value any
}

// Insert puts value into the extensions of the context, and returns the value
// of the same static type that it replaces, if there was one. Copies made of
// the context earlier, a caller's among them, do not see it
// (rama Context::insert). It costs one copy of the table of extensions.
func Insert[T, S any](c *Context[S], value T) (previous T, replaced bool) {
	f := c.copyFrame()
	c.frame = f
	// Another context may share the table: it is copied, never written.
	table := make([]extension, len(f.extensions), len(f.extensions)+1)
	copy(table, f.extensions)
	f.extensions = table
	key := any((*T)(nil))
	for i := range table {
		if table[i].key == key {
			previous, _ = table[i].value.(T)
			table[i].value = value
			return previous, true
		}
	}
	f.extensions = append(table, extension{key, value})
	return previous, false
}

// Get returns the extension whose static type is T, and whether there is one
// (rama Context::get). A value that is present and zero is present.
func Get[T, S any](c Context[S]) (value T, present bool) {
	if c.frame == nil {
		return value, false
	}
	key := any((*T)(nil))
	for i := range c.frame.extensions {
		if c.frame.extensions[i].key == key {
			value, _ = c.frame.extensions[i].value.(T)
			return value, true
		}
	}
	return value, false
}
