package layer

import (
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Layer turns one service into another, perhaps of another type
// (tower Layer, ntex-service Middleware). In and Out are service types.
type Layer[In, Out any] = service.Middleware[In, Out]

// Func is a layer made of a function, which is called once for each
// application (tower layer_fn).
type Func[In, Out any] struct {
	wrap func(In) (Out, error)
}

// NewFunc returns the layer that wraps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewFunc[In, Out any](f func(In) (Out, error)) (*Func[In, Out], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &Func[In, Out]{f}, nil
}

// Layer returns what the function makes of inner.
func (l *Func[In, Out]) Layer(inner In) (Out, error) { return l.wrap(inner) }
