package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Chain builds a service out of others, one step after another
// (ntex-service ServiceChain). It is a value: each step returns a new chain and
// leaves the old one as it was. The first step that is refused ends the chain;
// [Chain.Service] and [Chain.Pipeline] return its error.
//
// A method of a Go type cannot have type parameters of its own, so the methods
// keep the types of request and response. A step that changes them, and any
// layer, is taken by [Extend].
//
// A chain adds nothing to the services that it is made of.
type Chain[S, Req, Res any] struct {
	service Service[S, Req, Res]
	err     error
}

// NewChain starts a chain with s (ntex-service chain). A nil s is refused with
// a [parameter.Error] that names "service".
func NewChain[S, Req, Res any](s Service[S, Req, Res]) Chain[S, Req, Res] {
	return Chain[S, Req, Res]{service: s}
}

// Extend takes the step that wrap makes of the chain's service, whatever the
// types of the result. wrap may be the Layer method of a layer; it is not
// called if an earlier step was refused.
func Extend[S, Req, Res, NextReq, NextRes any](
	c Chain[S, Req, Res],
	wrap func(Service[S, Req, Res]) (Service[S, NextReq, NextRes], error),
) Chain[S, NextReq, NextRes] {
	s, err := c.Service()
	if err != nil {
		return Chain[S, NextReq, NextRes]{err: err}
	}
	if wrap == nil {
		return Chain[S, NextReq, NextRes]{err: parameter.Nil("wrap")}
	}
	next, err := made(wrap(s))
	return Chain[S, NextReq, NextRes]{next, err}
}

// AndThen gives each response to next; see [NewAndThen].
func (c Chain[S, Req, Res]) AndThen(next Service[S, Res, Res]) Chain[S, Req, Res] {
	return Extend(c, func(s Service[S, Req, Res]) (Service[S, Req, Res], error) { return NewAndThen(s, next) })
}

// Then gives each outcome to next; see [NewThen].
func (c Chain[S, Req, Res]) Then(next Service[S, Outcome[Res], Res]) Chain[S, Req, Res] {
	return Extend(c, func(s Service[S, Req, Res]) (Service[S, Req, Res], error) { return NewThen(s, next) })
}

// Map passes each response through f; see [NewMap].
func (c Chain[S, Req, Res]) Map(f func(Res) Res) Chain[S, Req, Res] {
	return Extend(c, func(s Service[S, Req, Res]) (Service[S, Req, Res], error) { return NewMap(s, f) })
}

// MapErr passes each error through f; see [NewMapErr].
func (c Chain[S, Req, Res]) MapErr(f func(error) error) Chain[S, Req, Res] {
	return Extend(c, func(s Service[S, Req, Res]) (Service[S, Req, Res], error) { return NewMapErr(s, f) })
}

// Apply answers each request by f; see [NewApply].
func (c Chain[S, Req, Res]) Apply(
	f func(ctx context.Context[S], req Req, inner *Handle[S, Req, Res]) (Res, error),
) Chain[S, Req, Res] {
	return Extend(c, func(s Service[S, Req, Res]) (Service[S, Req, Res], error) { return NewApply(s, f) })
}

// Service returns the service that was built, or the error of the step that
// was refused.
func (c Chain[S, Req, Res]) Service() (Service[S, Req, Res], error) {
	if c.err == nil && c.service == nil {
		return nil, parameter.Nil("service")
	}
	return c.service, c.err
}

// Pipeline returns a pipeline to the service that was built, or the error of
// the step that was refused (ntex-service ServiceChain::into_pipeline).
func (c Chain[S, Req, Res]) Pipeline() (*Pipeline[S, Req, Res], error) {
	s, err := c.Service()
	if err != nil {
		return nil, err
	}
	return NewPipeline(s)
}
