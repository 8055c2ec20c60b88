package reference

import (
	"errors"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/layer"
)

// plan reads a policy of the script.
func (w *workshop) plan(described *script.Policy) (plan, error) {
	if described == nil || described.Retries < 0 {
		return plan{}, inprocess.Refused("policy", errors.New("a policy of no use"))
	}
	p := plan{described: described}
	var err error
	if described.Request != "" {
		if p.request, err = w.env.Map(described.Request); err != nil {
			return p, err
		}
	}
	if described.Result != "" {
		if p.result, err = w.env.Result(described.Result); err != nil {
			return p, err
		}
	}
	if b := described.Backoff; b != nil {
		if p.backoff, err = layer.NewBackoff(time.Duration(b.Min), time.Duration(b.Max), b.Jitter); err != nil {
			return p, err
		}
	}
	if b := described.Budget; b != nil {
		if p.budget, err = layer.NewBudget(time.Duration(b.TTL), b.PerSecond, b.Percent); err != nil {
			return p, err
		}
	}
	return p, nil
}

// plan is what the policies of one layer have in common.
type plan struct {
	described *script.Policy
	request   func(string) string                 // nil leaves the request as it is
	result    func(string, error) (string, error) // nil leaves the outcome as it is
	backoff   *layer.Backoff                      // nil: the described delay
	budget    *layer.Budget                       // nil: no budget
}

// begin makes the policy of one call.
func (p plan) begin() layer.Policy[state, string, string] {
	if p.budget != nil {
		p.budget.Deposit()
	}
	return &policy{p}
}

// policy is the policy of one call.
type policy struct{ plan }

func (p *policy) Copy(request string) (string, bool) { return request, !p.described.Uncopyable }

func (p *policy) Retry(_ ctx, attempt *layer.Attempt[string, string]) (time.Duration, bool) {
	if attempt.Number > p.described.Retries || !p.wants(attempt) || (p.budget != nil && !p.budget.Withdraw()) {
		if p.result != nil {
			attempt.Response, attempt.Err = p.result(attempt.Response, attempt.Err)
		}
		return 0, false
	}
	if p.request != nil {
		attempt.Request = p.request(attempt.Request)
	}
	if p.backoff != nil {
		return p.backoff.Delay(attempt.Number), true
	}
	return time.Duration(p.described.Delay), true
}

// wants tells whether the outcome is one that the policy would rather not have.
func (p *policy) wants(attempt *layer.Attempt[string, string]) bool {
	text, onResponse := strings.CutPrefix(p.described.On, "response:")
	switch {
	case onResponse:
		return attempt.Err == nil && attempt.Response == text
	case p.described.On == "all":
		return true
	case p.described.On == "never":
		return false
	default:
		return attempt.Err != nil
	}
}
