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
	f func(In) (Out, error)
}

// NewFunc returns the layer that wraps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewFunc[In, Out any](f func(In) (Out, error)) (*Func[In, Out], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &Func[In, Out]{f}, nil
}

// Layer returns what the function makes of inner. If that is neither a service
// nor an error, the error is service.ErrNoService.
func (l *Func[In, Out]) Layer(inner In) (none Out, err error) {
	if any(inner) == nil {
		return none, parameter.Nil("inner")
	}
	if l.f == nil {
		return none, parameter.Nil("f")
	}
	return made(l.f(inner))
}

// made turns the absence of both a service and an error into an error, so that
// it is found where the stack is built and not by a call.
func made[T any](s T, err error) (T, error) {
	if err == nil && any(s) == nil {
		err = service.ErrNoService
	}
	return s, err
}
