package vocabulary

import (
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Term is one thing that a retry policy says beyond how many retries there may be.
type Term func(*script.Policy)

// Retry repeats a call that failed, up to so many times, unless the terms say otherwise.
func Retry(retries int, terms ...Term) script.Layer {
	policy := &script.Policy{Retries: retries}
	for _, term := range terms {
		term(policy)
	}
	return script.Layer{Name: "retry", Policy: policy}
}

// OnResponse has calls repeated that were answered with that response, and no others.
func OnResponse(response string) Term {
	return func(p *script.Policy) { p.On = "response:" + response }
}

// DelayedBy has the policy ask for that delay before each retry.
func DelayedBy(delay time.Duration) Term {
	return func(p *script.Policy) { p.Delay = script.Duration(delay) }
}

// ChangingRequest has the policy apply that function to the request of each retry.
func ChangingRequest(function string) Term {
	return func(p *script.Policy) { p.Request = function }
}

// ChangingOutcome has the policy apply that function to the last outcome.
func ChangingOutcome(function string) Term {
	return func(p *script.Policy) { p.Result = function }
}

// OfUncopyable says that requests cannot be copied.
func OfUncopyable() Term { return func(p *script.Policy) { p.Uncopyable = true } }

// BackingOff has the policy ask for exponentially growing delays, with so many percent of jitter.
func BackingOff(least, most time.Duration, jitter float64) Term {
	return func(p *script.Policy) {
		p.Backoff = &script.Backoff{Min: script.Duration(least), Max: script.Duration(most), Jitter: jitter}
	}
}

// PaidFrom has retries paid from a budget: so many a second in any case, and so many for each hundred calls, remembered for ttl.
func PaidFrom(ttl time.Duration, perSecond int, percent float64) Term {
	return func(p *script.Policy) {
		p.Budget = &script.Budget{TTL: script.Duration(ttl), PerSecond: perSecond, Percent: percent}
	}
}
