package layer

// OptionLayer returns l, or [Identity] if l is nil: a layer that may be left out
// (tower option_layer). A layer that is left out adds nothing, not even a call.
func OptionLayer[T any](l Layer[T, T]) Layer[T, T] {
	if l == nil {
		return Identity[T]{}
	}
	return l
}
