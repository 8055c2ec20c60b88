package service

import "github.com/plumbline-spec/plumbline/reference/parameter"

// Middleware wraps services while they are built (ntex-service Middleware,
// tower Layer). It is the same interface as layer.Layer, so every layer is a
// middleware; it stands here because a factory needs it and package layer
// builds on this one. In and Out are service types.
type Middleware[In, Out any] interface {
	// Layer wraps inner. It may be called more than once, also by several
	// goroutines at once.
	Layer(inner In) (Out, error)
}

// NewMiddlewareFactory returns a factory that makes a service by factory and
// then wraps it by m (ntex-service apply). When factory fails, m is not
// applied; when m fails, its error is that of the creation, and the service
// that was made is dropped, which does not shut it down. A nil parameter is
// refused with a [parameter.Error] that names "middleware" or "factory".
func NewMiddlewareFactory[S, Req, Res, NextReq, NextRes, C any](
	m Middleware[Service[S, Req, Res], Service[S, NextReq, NextRes]],
	factory Factory[S, Req, Res, C],
) (Factory[S, NextReq, NextRes, C], error) {
	if m == nil {
		return nil, parameter.Nil("middleware")
	}
	return wrapFactory(factory, false, m.Layer)
}

// Identity is the middleware that returns the service as it is
// (ntex-service Identity, tower Identity). T is the type of the service.
type Identity[T any] struct{}

// Layer returns inner. A nil inner is refused with a [parameter.Error] that
// names "inner".
func (Identity[T]) Layer(inner T) (T, error) {
	if any(inner) == nil {
		return inner, parameter.Nil("inner")
	}
	return inner, nil
}

// Stack is two middlewares as one: the outer is applied to what the inner has
// made, so a request passes the outer first (ntex-service Stack, tower Stack).
type Stack[In, Mid, Out any] struct {
	inner Middleware[In, Mid]
	outer Middleware[Mid, Out]
}

// NewStack returns the middleware that applies inner and then outer. A nil one
// is refused with a [parameter.Error] that names "inner" or "outer".
func NewStack[In, Mid, Out any](inner Middleware[In, Mid], outer Middleware[Mid, Out]) (*Stack[In, Mid, Out], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if outer == nil {
		return nil, parameter.Nil("outer")
	}
	return &Stack[In, Mid, Out]{inner, outer}, nil
}

// Layer applies inner to s and outer to the result. When inner fails, outer is
// not applied.
func (m *Stack[In, Mid, Out]) Layer(s In) (Out, error) {
	mid, err := m.inner.Layer(s)
	if err != nil {
		var none Out
		return none, err
	}
	return m.outer.Layer(mid)
}
