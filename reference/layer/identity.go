package layer

import "github.com/plumbline-spec/plumbline/reference/parameter"

// Identity is the layer that returns the service unchanged
// (tower Identity, ntex-service Identity): what an empty list of layers is. T is
// a service type. The zero value is ready for use.
type Identity[T any] struct{}

// Layer returns inner.
func (Identity[T]) Layer(inner T) (T, error) {
	if any(inner) == nil {
		return inner, parameter.Nil("inner")
	}
	return inner, nil
}
