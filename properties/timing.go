package properties

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// watched are the requests that have reached the leaf, and the instants at which they did, in the steps that were looked at.
type watched struct {
	requests []string
	at       []script.Duration
	steps    int
}

// look takes up the steps since it has looked before.
func (w *watched) look(trace script.Trace) {
	for _, step := range trace[w.steps:] {
		for _, event := range only(step.Events, script.Received) {
			w.requests = append(w.requests, event.Request)
			w.at = append(w.at, event.At)
		}
	}
	w.steps = len(trace)
}

// grants says when calls that come at those instants are let through.
type grants func(limit int, per script.Duration, calls []script.Duration) []script.Duration

// fixedWindow opens a window with the first call, lets limit calls through in it, and then opens the next with the next call.
func fixedWindow(limit int, per script.Duration, calls []script.Duration) []script.Duration {
	var granted []script.Duration
	end, left, now := script.Duration(-1), 0, script.Duration(0)
	for _, call := range calls {
		now = max(now, call)
		if end >= 0 && now < end && left == 0 {
			now = end
		}
		if end < 0 || now >= end {
			end, left = now+per, limit
		}
		left--
		granted = append(granted, now)
	}
	return granted
}

// tokenBucket begins full, with limit tokens, and gains them evenly.
func tokenBucket(limit int, per script.Duration, calls []script.Duration) []script.Duration {
	var granted []script.Duration
	interval := per / script.Duration(limit)
	full := script.Duration(0) // when the bucket is full again
	for _, call := range calls {
		now := call
		if len(granted) > 0 {
			now = max(now, granted[len(granted)-1])
		}
		now = max(now, full-per+interval)
		full = max(full, now) + interval
		granted = append(granted, now)
	}
	return granted
}

// smooth lets calls through with even spaces between them.
func smooth(limit int, per script.Duration, calls []script.Duration) []script.Duration {
	var granted []script.Duration
	for _, call := range calls {
		if len(granted) > 0 {
			call = max(call, granted[len(granted)-1]+per/script.Duration(limit))
		}
		granted = append(granted, call)
	}
	return granted
}

func rateProperty(algorithm string, model grants) Property {
	return Property{
		Name:     "a rate limit lets calls through at the instants of its algorithm: " + algorithm,
		Requires: []string{"rate-limit", "rate-limit-" + algorithm},
		Timed:    true,
		Check: func(rt *rapid.T, r *Run) {
			limit, per := one(rt, 1, 2, 4), span(one(rt, 20, 40))
			r.Open(script.Layer{Name: "rate-limit", Limit: &limit, Per: &per})
			answers := []string{"echo", "manual", "error:boom"}
			if r.oneCaller {
				answers = []string{"echo", "error:boom"} // the next call is made when this one has its answer
			}
			answered := one(rt, answers...)
			r.Leaf(script.Leaf{Answers: answered})
			var operations []int        // that take of the quota, or will: all but those that were given up while they waited
			var calls []script.Duration // when each of them came
			gone := map[int]bool{}      // those that were given up later
			never := map[string]bool{}  // the requests of those that were given up while they waited
			var received watched
			waits := func(operation int) bool { return !slices.Contains(received.requests, fmt.Sprintf("q%d", operation)) }
			rt.Repeat(map[string]func(*rapid.T){
				"invoke": func(rt *rapid.T) {
					if r.oneCaller && slices.ContainsFunc(operations, waits) {
						rt.Skip("the caller waits")
					}
					calls = append(calls, r.at)
					operation, _ := r.Invoke(fmt.Sprintf("q%d", r.operations+1))
					operations = append(operations, operation)
				},
				"give up": func(rt *rapid.T) {
					open := slices.Clone(operations)
					open = slices.DeleteFunc(open, func(operation int) bool {
						return !waits(operation) && (gone[operation] || answered != "manual")
					})
					if len(open) == 0 {
						rt.Skip("nothing is open")
					}
					operation := rapid.SampledFrom(open).Draw(rt, "operation")
					r.Cancel(operation)
					if !waits(operation) {
						gone[operation] = true
						return
					}
					never[fmt.Sprintf("q%d", operation)] = true
					index := slices.Index(operations, operation)
					operations, calls = slices.Delete(operations, index, index+1), slices.Delete(calls, index, index+1)
				},
				"advance": func(rt *rapid.T) { r.Advance(span(one(rt, 5, 1, 10, 19, 20, 40, 100))) },
				"": func(*rapid.T) {
					received.look(r.trace)
					want := slices.DeleteFunc(model(limit, per, calls), func(at script.Duration) bool { return at > r.at })
					if !slices.Equal(received.at, want) {
						r.Fail("calls are let through at %v, want %v", received.at, want)
					}
					if index := slices.IndexFunc(received.requests, func(request string) bool { return never[request] }); index >= 0 {
						r.Fail("%q was given up while it waited, and is let through", received.requests[index])
					}
				},
			})
		},
		OneCallerWillDo: true,
	}
}

// The properties of the algorithms of rate limits.
var (
	FixedWindow = rateProperty("fixed-window", fixedWindow)
	TokenBucket = rateProperty("token-bucket", tokenBucket)
	Smooth      = rateProperty("smooth", smooth)
)

// Timeout is the property of timeouts: a caller is answered at its deadline, to the granule, and never in place of a response that came
// before. Which of the two it is at the same instant is asked of those only who say so.
var Timeout = Property{
	Name:     "a call that takes too long is answered at its deadline",
	Requires: []string{"timeout"},
	Timed:    true,
	Check: func(rt *rapid.T, r *Run) {
		timeout := span(one(rt, 20, 10, 35))
		r.Open(script.Layer{Name: "timeout", Timeout: &timeout})
		begun := map[int]script.Duration{} // by operation, which is also the number of the exchange
		due := map[int]script.Duration{}   // when the leaf answers
		gone := map[int]bool{}             // those that were given up
		ties := r.declares("timeout-tie")
		hold := func(events []script.Event) {
			for _, event := range events {
				if !event.Ends() {
					continue
				}
				if gone[event.Operation] {
					if event.Event != script.Cancelled {
						r.Fail("#%d was given up, and has an answer", event.Operation)
					}
					continue
				}
				at, answered := due[event.Operation]
				deadline := begun[event.Operation] + timeout
				delete(begun, event.Operation)
				switch {
				case answered && at <= deadline:
					if event.Event != script.Response || event.At != at {
						r.Fail("#%d should have been answered by the service at %v", event.Operation, at)
					}
				case event.Event != script.Failed || !slices.Equal(event.Kinds, []string{"elapsed"}) || event.At < deadline || event.At > deadline+script.Granule:
					r.Fail("#%d should have been answered with elapsed at %v", event.Operation, deadline)
				}
			}
			for _, operation := range sorted(begun) {
				if at, answered := due[operation]; r.at >= begun[operation]+timeout+script.Granule || answered && at <= r.at {
					r.Fail("#%d should have been answered by now", operation)
				}
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"invoke": func(*rapid.T) {
				begun[r.operations+1] = r.at
				_, events := r.Invoke(fmt.Sprintf("q%d", r.operations+1))
				hold(events)
			},
			"answer": func(rt *rapid.T) {
				var open []int
				for _, operation := range sorted(begun) {
					if _, answered := due[operation]; !answered && (ties || r.at != begun[operation]+timeout) {
						open = append(open, operation)
					}
				}
				if len(open) == 0 {
					rt.Skip("nothing is open")
				}
				operation := rapid.SampledFrom(open).Draw(rt, "operation")
				command := script.Command{Do: script.Answer, Exchange: operation, Outcome: &script.Outcome{Response: new("ok")}}
				due[operation] = r.at
				if ties && one(rt, true, true, false) {
					command.After = new(span(one(rt, 5, 1, 10, 20, 35)))
					due[operation] += *command.After
				}
				hold(r.Do(command))
			},
			"give up": func(rt *rapid.T) {
				open := slices.DeleteFunc(sorted(begun), func(operation int) bool {
					_, answered := due[operation]
					return answered
				})
				if len(open) == 0 {
					rt.Skip("nothing is open")
				}
				operation := rapid.SampledFrom(open).Draw(rt, "operation")
				gone[operation] = true
				delete(begun, operation)
				events := r.Cancel(operation)
				hold(events)
				if len(only(events, script.Cancelled)) != 1 {
					r.Fail("#%d was given up, and is not cancelled", operation)
				}
			},
			"advance": func(rt *rapid.T) { hold(r.Advance(span(one(rt, 5, 1, 10, 20, 35)))) },
		})
	},
}

// ages is so long that twice as much does not fit in a duration, and once does in the years that the bubble's clock has left.
const ages = script.Duration(150 * 365 * 24 * time.Hour)

// wide is a maximum that no random part comes near: of four delays, with a random part of a hundred granules or more each, all are the
// same by a chance of one in a million.
const wide = script.Duration(20 * time.Second)

// JitterBounds is the property of a back-off with a random part: each delay is at least what it is without, and at most the maximum.
var JitterBounds = Property{
	Name:     "a back-off with a random part stays in its bounds",
	Requires: []string{"retry", "backoff"},
	Timed:    true,
	Check: func(rt *rapid.T, r *Run) {
		backoff := &script.Backoff{Min: span(1000), Max: one(rt, wide, span(3000), span(1500)), Jitter: one(rt, 50.0, 100, 10)}
		for call, delays := range delaysOfCalls(r, backoff) {
			for retry, delay := range delays {
				if least := min(backoff.Min<<retry, backoff.Max); delay < least || delay >= backoff.Max+script.Granule {
					r.Fail("attempt %d of call %d comes after %v, which is not between %v and %v", retry+1, call, delay, least, backoff.Max)
				}
			}
		}
	},
}

// JitterDiffers is the property of the same that it is for: not every call has the same delay.
var JitterDiffers = Property{
	Name:     "the random part of a back-off differs between calls",
	Requires: []string{"retry", "backoff"},
	Timed:    true,
	Check: func(rt *rapid.T, r *Run) {
		calls := delaysOfCalls(r, &script.Backoff{Min: span(1000), Max: wide, Jitter: one(rt, 50.0, 100, 10)})
		if !slices.ContainsFunc(calls, func(delays []script.Duration) bool { return delays[0] != calls[0][0] }) {
			r.Fail("every call is attempted again after %v", calls[0][0])
		}
	},
}

// delaysOfCalls makes four calls and has each attempt fail but the fourth. It returns how long each call has waited for each of its retries.
func delaysOfCalls(r *Run, backoff *script.Backoff) [][]script.Duration {
	const calls, retries = 4, 3
	r.Open(script.Layer{Name: "retry", Policy: &script.Policy{Retries: retries, Backoff: backoff}})
	var all [][]script.Duration
	for call := range calls {
		var delays []script.Duration
		failed := r.at
		_, events := r.Invoke(fmt.Sprintf("q%d", call))
		for attempt := range retries + 1 {
			received := only(events, script.Received)
			if len(received) != 1 {
				r.Fail("attempt %d of call %d does not reach the service", attempt, call)
			}
			if attempt > 0 {
				delays = append(delays, received[0].At-failed)
			}
			if attempt == retries {
				r.Answer(received[0].Exchange, script.Outcome{Response: new("ok")})
				break
			}
			failed = r.at
			events = append(r.Answer(received[0].Exchange, script.Outcome{Error: "boom"}), r.Advance(backoff.Max+script.Granule)...)
		}
		all = append(all, delays)
	}
	return all
}

// Retry is the property of retries: as many attempts as the policy allows, each when its delay is over, and the last outcome.
var Retry = Property{
	Name:     "a call is attempted as often and when its policy says",
	Requires: []string{"retry"},
	Timed:    true,
	Check: func(rt *rapid.T, r *Run) {
		policy := &script.Policy{Retries: rapid.IntRange(0, 4).Draw(rt, "retries")}
		if r.declares("backoff") && rapid.Bool().Draw(rt, "backoff") {
			policy.Backoff = &script.Backoff{Min: span(10), Max: span(one(rt, 30, 10, 1000))}
		} else {
			policy.Delay = span(one(rt, 0, 10, 20))
		}
		if r.declares("retry-policy-sees-requests") && rapid.Bool().Draw(rt, "changes") {
			policy.Request = "append:again"
		}
		r.Open(script.Layer{Name: "retry", Policy: policy})
		for call := range rapid.IntRange(1, 3).Draw(rt, "calls") {
			attempts(rt, r, policy, fmt.Sprintf("q%d", call))
		}
	},
}

// LongBackoff is the property of a back-off whose delay cannot be doubled any more: the next one is the maximum.
var LongBackoff = Property{
	Name:     "a back-off of centuries is as long as any other until its maximum",
	Requires: []string{"retry", "backoff"},
	Timed:    true,
	Check: func(rt *rapid.T, r *Run) {
		policy := &script.Policy{Retries: rapid.IntRange(1, 3).Draw(rt, "retries"), Backoff: &script.Backoff{Min: ages, Max: ages + ages/2}}
		r.Open(script.Layer{Name: "retry", Policy: policy})
		attempts(rt, r, policy, "q")
	},
}

// attempts makes a call and holds each attempt against its policy. It ends early where its caller gives up during a delay, and where the
// bubble's clock does not reach the next attempt.
func attempts(rt *rapid.T, r *Run, policy *script.Policy, request string) {
	operation, events := r.Invoke(request)
	for attempt := 0; ; attempt++ {
		received := only(events, script.Received)
		if len(received) != 1 || received[0].Request != request {
			r.Fail("attempt %d of %q does not reach the service", attempt, request)
		}
		if rapid.Bool().Draw(rt, "good") {
			if events = r.Answer(received[0].Exchange, script.Outcome{Response: new("ok")}); len(only(events, script.Response)) != 1 {
				r.Fail("the response is not the answer")
			}
			return
		}
		events = r.Answer(received[0].Exchange, script.Outcome{Error: "boom"})
		if attempt == policy.Retries {
			if failed := only(events, script.Failed); len(failed) != 1 || !slices.Equal(failed[0].Kinds, []string{"boom"}) {
				r.Fail("the error of the last attempt is not the answer")
			}
			return
		}
		if policy.Request != "" {
			request += ">again"
		}
		wait := delay(policy, attempt)
		if wait == 0 {
			continue
		}
		if wait < ages && one(rt, false, false, false, true) {
			events = append(events, r.Advance(one(rt, wait/2, 1))...)
			events = append(events, r.Cancel(operation)...)
			events = append(events, r.Advance(wait+script.Granule)...)
			if len(only(events, script.Received)) > 0 {
				r.Fail("%q was given up while it waited, and is attempted again", request)
			}
			if ends := slices.DeleteFunc(slices.Clone(events), func(event script.Event) bool { return !event.Ends() }); len(ends) != 1 || ends[0].Event != script.Cancelled {
				r.Fail("%q was given up while it waited, and is not cancelled", request)
			}
			return
		}
		early := script.Duration(1)
		if wait >= ages {
			early = script.Granule // a JSON number has no nanoseconds left at that distance
		}
		beyond := wait >= ages && r.at > 0
		if len(only(events, script.Received)) > 0 || !beyond && len(only(r.Advance(wait-early), script.Received)) > 0 {
			r.Fail("attempt %d comes before its delay is over", attempt+1)
		}
		if beyond {
			return
		}
		events = r.Advance(early + script.Granule)
	}
}

// delay is how long a policy waits after that attempt, the first of which is 0.
func delay(policy *script.Policy, attempt int) script.Duration {
	if policy.Backoff == nil {
		return policy.Delay
	}
	least := policy.Backoff.Min
	for range attempt {
		least = min(least, policy.Backoff.Max/2) * 2
	}
	return least
}
