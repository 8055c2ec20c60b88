package context

// The functions of this file return a reference to the extension whose static
// type is T, and insert one first if there is none. A factory is run only then,
// and once. Nothing is inserted before it has returned: if it fails or panics,
// or is nil, the type is absent as it was, and the context can be used as
// before. A factory that inserts a value of the type into the same variable is
// replaced by its own result.

// GetOrInsert inserts value if there is none (rama Context::get_or_insert).
func GetOrInsert[T, S any](c *Context[S], value T) Ref[S, T] {
	if !Contains[T](*c) {
		Insert(c, value)
	}
	return Ref[S, T]{c}
}

// GetOrInsertDefault inserts the zero value of T if there is none
// (rama Context::get_or_insert_default).
func GetOrInsertDefault[T, S any](c *Context[S]) Ref[S, T] {
	var zero T
	return GetOrInsert(c, zero)
}

// GetOrInsertWith inserts what factory returns if there is none
// (rama Context::get_or_insert_with). Where factory converts another value, it
// is rama's Context::get_or_insert_from.
func GetOrInsertWith[T, S any](c *Context[S], factory func() T) Ref[S, T] {
	if !Contains[T](*c) {
		Insert(c, factory())
	}
	return Ref[S, T]{c}
}

// GetOrInsertWithContext inserts what factory returns if there is none. The
// factory is given the context as it is now, state and extensions; it is a
// copy, so changes to it are seen nowhere else
// (rama Context::get_or_insert_with_ctx).
func GetOrInsertWithContext[T, S any](c *Context[S], factory func(Context[S]) T) Ref[S, T] {
	if !Contains[T](*c) {
		Insert(c, factory(*c))
	}
	return Ref[S, T]{c}
}

// GetOrTryInsertWith inserts what factory returns if there is none. An error of
// the factory is returned as it is, with a Ref that refers to nothing, and
// nothing is inserted; a later factory may succeed. Where a value is present
// there is never an error. It is [GetOrTryInsertWithContext] for a factory that
// needs no context.
func GetOrTryInsertWith[T, S any](c *Context[S], factory func() (T, error)) (Ref[S, T], error) {
	if !Contains[T](*c) {
		value, err := factory()
		if err != nil {
			return Ref[S, T]{}, err
		}
		Insert(c, value)
	}
	return Ref[S, T]{c}, nil
}

// GetOrTryInsertWithContext is [GetOrTryInsertWith] with a factory that is given
// a copy of the context, as by [GetOrInsertWithContext]
// (rama Context::get_or_try_insert_with_ctx).
func GetOrTryInsertWithContext[T, S any](c *Context[S], factory func(Context[S]) (T, error)) (Ref[S, T], error) {
	if !Contains[T](*c) {
		value, err := factory(*c)
		if err != nil {
			return Ref[S, T]{}, err
		}
		Insert(c, value)
	}
	return Ref[S, T]{c}, nil
}
