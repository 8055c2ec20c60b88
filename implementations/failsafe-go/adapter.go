package failsafego

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/fallback"
	"github.com/failsafe-go/failsafe-go/ratelimiter"
	"github.com/failsafe-go/failsafe-go/timeout"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

// forever is longer than any script lasts. A limit of failsafe-go rejects what it cannot serve within its maximal wait,
// which is none unless it is set.
const forever = 100 * 365 * 24 * time.Hour

type policy = failsafe.Policy[string]

// Adapter checks failsafe-go. It keeps nothing between subjects.
type Adapter struct {
	// Smooth has rate limits built by NewSmoothBuilder, not by NewBurstyBuilder.
	Smooth bool
}

// Compose implements inprocess.Adapter. Layers and policies are both written with the outermost first.
func (a Adapter) Compose(env *inprocess.Environment, layers []script.Layer) (inprocess.Composed, error) {
	var policies stack
	wait := forever
	for index, l := range layers {
		if l.Name == "load-shed" {
			// To shed is an option of the limit inside: a maximal wait of nothing.
			if index+1 == len(layers) || !waits(layers[index+1].Name) {
				return nil, inprocess.Unsupported(l.Name)
			}
			wait = 0
			continue
		}
		built, err := a.policy(env, l, wait)
		if err != nil {
			return nil, err
		}
		policies = append(policies, built)
		wait = forever
	}
	return policies, nil
}

// waits tells whether a layer is one that failsafe-go can be told not to wait for.
func waits(layer string) bool { return layer == "concurrency-limit" || layer == "rate-limit" }

func (a Adapter) policy(env *inprocess.Environment, l script.Layer, wait time.Duration) (policy, error) {
	switch l.Name {
	case "concurrency-limit":
		limit, err := unsigned("limit", l.Limit)
		return bulkhead.NewBuilder[string](limit).WithMaxWaitTime(wait).Build(), err
	case "global-concurrency-limit":
		// A bulkhead is shared by whatever it is given to.
		shared, err := env.Shared("bulkhead "+l.Group, func() (any, error) {
			limit, err := unsigned("limit", l.Limit)
			return bulkhead.NewBuilder[string](limit).WithMaxWaitTime(wait).Build(), err
		})
		if err != nil {
			return nil, err
		}
		return shared.(policy), nil
	case "rate-limit":
		limit, err := unsigned("limit", l.Limit)
		if err != nil {
			return nil, err
		}
		per, err := duration("per", l.Per)
		if err != nil {
			return nil, err
		}
		return a.rateLimit(limit, per, wait)
	case "timeout":
		after, err := duration("timeout", l.Timeout)
		return timeout.New[string](after), err
	case "retry":
		return retry(l.Policy)
	case "map-error":
		mapped, err := env.MapError(l.Function)
		if err != nil {
			return nil, err
		}
		return fallback.NewWithFunc(func(execution failsafe.Execution[string]) (string, error) {
			return "", mapped(execution.LastError())
		}), nil
	default:
		return nil, inprocess.Unsupported(l.Name)
	}
}

// rateLimit builds a rate limit. A panic of the library while it builds is how the construction failed.
func (a Adapter) rateLimit(limit uint, per, wait time.Duration) (built policy, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("building the rate limit panicked: %v", value)
		}
	}()
	build := ratelimiter.NewBurstyBuilder[string]
	if a.Smooth {
		build = ratelimiter.NewSmoothBuilder[string]
	}
	return build(limit, per).WithMaxWaitTime(wait).Build(), nil
}

// unsigned is a parameter as the library takes it. What its type cannot express never reaches the library: that refusal
// is the compiler's.
func unsigned(parameter string, value *int) (uint, error) {
	switch {
	case value == nil:
		return 0, inprocess.Refused(parameter, errors.New("there is no default"))
	case *value < 0:
		return 0, inprocess.Refused(parameter, fmt.Errorf("%d does not fit in a uint", *value))
	default:
		return uint(*value), nil
	}
}

func duration(parameter string, value *script.Duration) (time.Duration, error) {
	if value == nil {
		return 0, inprocess.Refused(parameter, errors.New("there is no default"))
	}
	return time.Duration(*value), nil
}

// kinds names the library's errors in the words of the specification.
var kinds = map[error]string{
	bulkhead.ErrFull:        "overloaded",
	ratelimiter.ErrExceeded: "overloaded",
	timeout.ErrExceeded:     "elapsed",
	context.Canceled:        "cancelled",
}

// Kind implements inprocess.Adapter.
func (Adapter) Kind(err error) string {
	for known, kind := range kinds {
		if err == known { //nolint:errorlint // each link is judged by itself
			return kind
		}
	}
	return ""
}

// stack is policies that wait for a function.
type stack []policy

// Apply implements inprocess.Composed.
func (s stack) Apply(leaf *inprocess.Leaf) (inprocess.Service, error) {
	return service{failsafe.With(s...), leaf}, nil
}

// service is an executor with the function that it runs. Whoever has it is a caller.
type service struct {
	executor failsafe.Executor[string]
	leaf     *inprocess.Leaf
}

// Caller implements inprocess.Service.
func (s service) Caller() inprocess.Caller { return s }

// Invoke implements inprocess.Caller.
func (s service) Invoke(ctx context.Context, request string) (string, error) {
	return s.executor.WithContext(ctx).GetWithExecution(func(execution failsafe.Execution[string]) (string, error) {
		return s.leaf.Call(execution.Context(), request)
	})
}
