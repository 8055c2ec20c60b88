package layer

import "github.com/plumbline-spec/plumbline/reference/parameter"

// Stack is two layers as one: a request passes outer, then inner, then the
// service (tower Stack, ntex-service Stack). Unlike a [Builder], it composes
// layers that change the types of request and response. In, Mid and Out are
// service types: inner makes Mid of In, and outer makes Out of Mid.
type Stack[In, Mid, Out any] struct {
	inner Layer[In, Mid]
	outer Layer[Mid, Out]
}

// NewStack returns the two layers as one. A nil layer is refused with a
// [parameter.Error] that names "inner" or "outer".
func NewStack[In, Mid, Out any](inner Layer[In, Mid], outer Layer[Mid, Out]) (*Stack[In, Mid, Out], error) {
	l := &Stack[In, Mid, Out]{inner, outer}
	if err := l.check(); err != nil {
		return nil, err
	}
	return l, nil
}

// Layer applies the inner layer to the service and the outer one to the result.
// If the inner one fails, the outer one is not applied. A layer that returns
// neither a service nor an error has failed with service.ErrNoService.
func (l *Stack[In, Mid, Out]) Layer(inner In) (none Out, err error) {
	if err := l.check(); err != nil {
		return none, err
	}
	mid, err := made(l.inner.Layer(inner))
	if err != nil {
		return none, err
	}
	return made(l.outer.Layer(mid))
}

func (l *Stack[In, Mid, Out]) check() error {
	switch {
	case l.inner == nil:
		return parameter.Nil("inner")
	case l.outer == nil:
		return parameter.Nil("outer")
	default:
		return nil
	}
}
