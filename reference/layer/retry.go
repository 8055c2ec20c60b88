package layer

import (
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Retry is the layer that repeats a call as long as its policy says so
// (tower ServiceBuilder::retry, ntex-util Retry). The first attempt spends what
// readiness has reserved; before each further one the inner service is readied
// again, after the policy's delay, during which nothing is held.
//
// The answer is the outcome of the last attempt, as the policy left it. An
// error of the readiness of a further attempt is the answer itself, and the
// policy is not asked about it. If the context ends during a delay, the
// answer is the context's error.
type Retry[S, Req, Res any] struct {
	policy func() Policy[S, Req, Res]
}

// NewRetry returns the layer. policy is called once for each request and
// returns the policy for it; it must be safe for concurrent use if the service
// is used so. A nil policy is refused with a [parameter.Error] that names
// "policy"; a request for which it returns nil is not repeated.
func NewRetry[S, Req, Res any](policy func() Policy[S, Req, Res]) (*Retry[S, Req, Res], error) {
	if policy == nil {
		return nil, parameter.Nil("policy")
	}
	return &Retry[S, Req, Res]{policy}, nil
}

// Layer wraps inner. Readiness, shutdown and poll are inner's.
func (l *Retry[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if l.policy == nil {
		return nil, parameter.Nil("policy")
	}
	return &retry[S, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}, l.policy}, nil
}

type retry[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	policy func() Policy[S, Req, Res]
}

func (s *retry[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	policy := s.policy()
	if policy == nil {
		return s.Inner.Call(ctx, req)
	}
	next, copied := policy.Copy(req)
	response, err := s.Inner.Call(ctx, req)
	for number := 1; copied && ctx.Err() == nil; number++ {
		attempt := &Attempt[Req, Res]{Number: number, Request: next, Response: response, Err: err}
		delay, again := policy.Retry(ctx, attempt)
		if !again {
			return attempt.Response, attempt.Err
		}
		var none Res
		if err := pause(ctx, delay); err != nil {
			return none, err
		}
		if err := s.Inner.Ready(ctx); err != nil {
			return none, err
		}
		req = attempt.Request
		next, copied = policy.Copy(req)
		response, err = s.Inner.Call(ctx, req)
	}
	return response, err
}

// pause waits until the delay is over or ctx has ended. Whatever the caller
// holds is given back before: a layer inside may have answered without
// spending its reservation.
func pause[S any](ctx context.Context[S], delay time.Duration) error {
	if delay <= 0 {
		return ctx.Err()
	}
	_, idle := ctx.Split()
	idle.Finish()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
