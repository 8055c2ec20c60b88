package service

import "github.com/plumbline-spec/plumbline/reference/parameter"

// Middleware turns one service into another, perhaps of another type, while
// services are built (ntex-service Middleware, tower Layer). In and Out are
// service types. Package layer calls it a Layer and has those there are; it
// stands here because a factory needs it and package layer builds on this one.
type Middleware[In, Out any] interface {
	// Layer wraps inner. It may be called more than once, also by several
	// goroutines at once; each service that it returns has state of its own. A
	// nil inner is refused with a [parameter.Error] that names "inner".
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
