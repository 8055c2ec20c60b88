package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Outcome is how a call ended, as the request of another service: with a
// response, or with an error if Err is not nil (the Result that the second
// service of ntex-service ServiceChain::then takes).
type Outcome[Res any] struct {
	Response Res
	Err      error
}

// NewThen returns a service that gives the outcome of first, be it a response
// or an error, to second, and answers with what second makes of it
// (ntex-service ServiceChain::then). An error of readiness is no outcome: it
// ends the call before first. Nor is the end of ctx: second is not called once
// ctx has ended.
//
// Readiness, shutdown, poll and refused parameters are those of [NewAndThen].
func NewThen[S, Req, Mid, Res any](first Service[S, Req, Mid], second Service[S, Outcome[Mid], Res]) (Service[S, Req, Res], error) {
	if first == nil {
		return nil, parameter.Nil("first")
	}
	if second == nil {
		return nil, parameter.Nil("second")
	}
	return &then[S, Req, Mid, Res]{
		both:   both[S]{a: first, b: second},
		first:  first,
		second: second,
	}, nil
}

type then[S, Req, Mid, Res any] struct {
	both[S]
	first  Service[S, Req, Mid]
	second Service[S, Outcome[Mid], Res]
}

func (s *then[S, Req, Mid, Res]) Call(ctx context.Context[S], req Req) (res Res, err error) {
	c, held := s.take(ctx)
	if !held {
		return res, ErrNotReady
	}
	defer c.finish()
	response, err := s.first.Call(ctx.WithCaller(c.first), req)
	// What the first did not spend is not kept from others any longer.
	c.first.Finish()
	if end := ctx.Err(); end != nil {
		if err == nil {
			err = end
		}
		return res, err
	}
	return Invoke(ctx.WithCaller(c.second), s.second, Outcome[Mid]{response, err})
}
