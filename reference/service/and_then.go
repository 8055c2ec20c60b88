package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// NewAndThen returns a service that gives the response of first to second, and
// answers with what second makes of it (ntex-service ServiceChain::and_then).
// An error of first is the answer, and second is not called then.
//
// Readiness waits for both at once, and fails at once with an error of either;
// if both fail at the same time, with first's. What one has reserved is held
// while the other is waited for, so a limit that both share needs room for
// two. After an error, nothing is reserved in either. Second is checked again
// before it is called, because first may have taken a long time. A call
// without readiness returns [ErrNotReady]. Second is not called after ctx has
// ended.
//
// Shutdown shuts both down at the same time and waits for both; if both fail,
// their errors are joined. Poll polls first and then second, and ends with the
// first error.
//
// A nil service is refused with a [parameter.Error] that names "first" or
// "second".
func NewAndThen[S, Req, Mid, Res any](first Service[S, Req, Mid], second Service[S, Mid, Res]) (Service[S, Req, Res], error) {
	if first == nil {
		return nil, parameter.Nil("first")
	}
	if second == nil {
		return nil, parameter.Nil("second")
	}
	return &andThen[S, Req, Mid, Res]{
		both:   both[S]{a: first, b: second},
		first:  first,
		second: second,
	}, nil
}

type andThen[S, Req, Mid, Res any] struct {
	both[S]
	first  Service[S, Req, Mid]
	second Service[S, Mid, Res]
}

func (s *andThen[S, Req, Mid, Res]) Call(ctx context.Context[S], req Req) (res Res, err error) {
	c, held := s.take(ctx)
	if !held {
		return res, ErrNotReady
	}
	defer c.finish()
	response, err := s.first.Call(ctx.WithCaller(c.first), req)
	// What the first did not spend is not kept from others any longer.
	c.first.Finish()
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return res, err
	}
	return Invoke(ctx.WithCaller(c.second), s.second, response)
}
