package failsafego

import (
	"errors"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

// retry builds a retry policy that does what the script's says.
func retry(p *script.Policy) (policy, error) {
	switch {
	case p == nil:
		return nil, inprocess.Refused("policy", errors.New("there is no default"))
	case p.Request != "", p.Result != "", p.Uncopyable:
		// A policy of failsafe-go sees neither requests nor a way to change an outcome.
		return nil, inprocess.Unsupported("retry")
	case p.Budget != nil:
		// Its budgets count what is in progress, not what there was in so much time.
		return nil, inprocess.Unsupported("retry-budget")
	}
	// Without ReturnLastFailure, the last outcome is wrapped in an error of the policy's own.
	builder := retrypolicy.NewBuilder[string]().WithMaxRetries(p.Retries).ReturnLastFailure()
	text, onResponse := strings.CutPrefix(p.On, "response:")
	switch {
	case onResponse:
		builder = builder.HandleIf(func(response string, err error) bool { return err == nil && response == text })
	case p.On == "all":
		builder = builder.HandleIf(func(string, error) bool { return true })
	case p.On == "never":
		builder = builder.HandleIf(func(string, error) bool { return false })
	}
	if b := p.Backoff; b != nil {
		return builder.WithBackoff(time.Duration(b.Min), time.Duration(b.Max)).WithJitterFactor(b.Jitter / 100).Build(), nil
	}
	return builder.WithDelay(time.Duration(p.Delay)).Build(), nil
}
