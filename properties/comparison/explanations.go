package comparison

import (
	"math"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// extra is an event that a deviation adds, and from which nothing follows.
type extra struct {
	requirement string
	event       script.Happening
	with        script.Verb // only in the outcome of that command; empty: of any
	first       bool        // of the first worker, and then it is missing where it is due
}

var extras = []extra{
	{"poll.not-run-by-readiness", script.Polled, "", false},
	{"shutdown.runs-once", script.LeafShutdown, script.Shutdown, false},
	{"shutdown.runs-once", script.Applied, script.Shutdown, false},
	{"host.new-instantiates-nothing", script.Instantiating, script.OnHost, true},
	{"host.new-instantiates-nothing", script.Instantiated, script.OnHost, true},
}

// explanation says where a deviation shows with consequences, so that what follows cannot be compared. Each stands for what the statements
// of the implementations under check observe, and names no implementation: another that declares the deviation is taken to show it
// likewise.
type explanation struct {
	requirement string
	shows       func(*difference) bool
}

var explanations = []explanation{
	{"poll.not-run-by-readiness", func(d *difference) bool {
		return d.earlier(func(c script.Command) bool { return c.Do == script.SetLeaf && c.Leaf.Poll != "" && c.Leaf.Poll != "ok" })
	}},
	{"shutdown.runs-once", func(d *difference) bool { return d.count(script.Shutdown) > 1 }},
	{"buffer.rejects-zero-bound", refusal(func(l script.Layer) bool { return l.Bound != nil && *l.Bound <= 0 })},
	{"rate-limit.rejects-zero", refusal(func(l script.Layer) bool {
		return l.Name == "rate-limit" && (*l.Limit <= 0 || *l.Per <= 0)
	})},
	{"timeout.rejects-zero", refusal(func(l script.Layer) bool { return l.Timeout != nil && *l.Timeout == 0 })},
	{"timeout.rejects-negative", refusal(func(l script.Layer) bool { return l.Timeout != nil && *l.Timeout < 0 })},
	{"backoff.rejects-bounds", refusal(func(l script.Layer) bool {
		return l.Policy != nil && l.Policy.Backoff != nil && l.Policy.Backoff.Jitter == 0
	})},
	{"backoff.rejects-jitter", refusal(func(l script.Layer) bool {
		return l.Policy != nil && l.Policy.Backoff != nil && l.Policy.Backoff.Jitter != 0
	})},
	{"backoff.jitter-stays-in-bounds", with("retry", func(d *difference) bool {
		return d.shifts() && d.layer(func(l script.Layer) bool {
			return l.Policy != nil && l.Policy.Backoff != nil && l.Policy.Backoff.Jitter != 0
		})
	})},
	{"buffer.drains-by-itself", with("buffer", func(d *difference) bool { return d.waits() })},
	{"retry.policy-changes-request", with("retry", func(d *difference) bool {
		return d.layer(func(l script.Layer) bool { return l.Policy != nil && l.Policy.Request != "" }) && d.seen(script.Received)
	})},
	{"retry.policy-changes-outcome", with("retry", func(d *difference) bool {
		return d.layer(func(l script.Layer) bool { return l.Policy != nil && l.Policy.Result != "" })
	})},
	{"retry.readiness-error-is-final", with("retry", func(d *difference) bool {
		return d.step.Err == nil && d.earlier(func(c script.Command) bool {
			return c.Do == script.SetLeaf && strings.HasPrefix(c.Leaf.Ready, "error:")
		})
	})},
	{"matcher-not.inserts-nothing", func(d *difference) bool {
		return d.earlier(func(c script.Command) bool {
			return c.Do == script.OnContext && c.Step.Op == script.Match && negates(*c.Step.Matcher)
		})
	}},
	{"layer-reuse.fresh-state", func(d *difference) bool {
		return d.earlier(func(c script.Command) bool { return c.Reuse != 0 }) && d.displaces()
	}},
	{"concurrency-limit.wakes-waiting-call", with("concurrency-limit", (*difference).overloaded)},
	{"concurrency-limit.wakes-waiting-call", with("global-concurrency-limit", (*difference).overloaded)},
	{"concurrency-limit.frees-permit-on-panic", with("concurrency-limit", afterPanic)},
	{"global-concurrency-limit.frees-permit-on-panic", with("global-concurrency-limit", afterPanic)},
	{"timeout.does-not-wait-for-service", with("timeout", func(d *difference) bool {
		return d.step.Err == nil && d.earlier(func(c script.Command) bool { return c.Do == script.SetLeaf && c.Leaf.Cancel == "ignore" })
	})},
	{"rate-limit.own-quota-per-service", with("rate-limit", func(d *difference) bool {
		return d.earlier(func(c script.Command) bool { return c.Reuse != 0 }) && d.waits()
	})},
	{"rate-limit.skips-cancelled-waiter", with("rate-limit", func(d *difference) bool { return d.count(script.Cancel) > 0 && d.shifts() })},
	// Readiness opens a later window where the call comes later: where the caller or the service inside takes its time.
	{"rate-limit.spends-at-call", with("rate-limit", func(d *difference) bool {
		late := d.count(script.Ready) > 0 || d.earlier(func(c script.Command) bool {
			return c.Do == script.SetLeaf && c.Leaf.Ready != "" && c.Leaf.Ready != "ok"
		})
		return late && d.step.At >= per(d) && (d.shifts() || d.seen(script.IsReady) || d.seen(script.Failed))
	})},
	{"rate-limit-fixed-window.opens-at-first-call", with("rate-limit", (*difference).shifts)},
	{"rate-limit-smooth.spaces-evenly", with("rate-limit", (*difference).shifts)},
	{"reservation.none-after-error", limits(func(d *difference) bool { return d.stays(script.Ready, script.Failed) && d.displaces() })},
	// A call that is rejected does not reach the limit inside.
	{"reservation.serves-one-call", limits(with("filter", func(d *difference) bool {
		return d.stays(script.Call, script.Failed) && d.displaces()
	}))},
	{"host.new-instantiates-nothing", (*difference).firstIsThere},
	{"instantiation.next-tries-again", func(d *difference) bool {
		return d.afterFailedInstantiation() && len(only(d.step.Missing, script.Instantiating)) > 0
	}},
	{"trap.instance-is-not-reused", func(d *difference) bool { return d.reuses(script.TrapStep) }},
	{"host-panic.leaves-host", func(d *difference) bool { return d.reuses(script.HostPanic) }},
	{"load-shed.leaves-no-claim", with("load-shed", func(d *difference) bool { return d.stays(script.Ready, "") && d.displaces() })},
}

// unnamed is a difference that no requirement names, with the reason why none does.
type unnamedDifference struct {
	implementation string // as its statement has it
	name           string
	shows          func(*difference) bool
}

var unnamed = []unnamedDifference{
	// A readiness check that is given up leaves its claim with the handle, like one that fails (reservation.none-after-error): a caller that
	// stays keeps its place in the queue, and then the permit. What a caller holds that has given up is not specified.
	{"tower", "a check that was given up keeps its claim", limits(func(d *difference) bool {
		return d.stays(script.Ready, script.Cancelled) && d.displaces()
	})},
	// The same behind a buffer, whose places are what is claimed.
	{"tower", "a check that was given up keeps its claim", with("buffer", func(d *difference) bool {
		return d.stays(script.Ready, script.Cancelled) && d.displaces()
	})},
	// A caller that is not ready panics, and its handle on the buffer is closed from then on. What a caller may do after a panic is not
	// specified.
	{"tower", "a handle that has panicked is closed", with("buffer", func(d *difference) bool {
		return d.step.Err == nil && d.stays(script.Call, script.Panicked)
	})},
	// The library closes its runtime when an instance cannot be made (handler/middleware.go, newGuest), and every instance with it:
	// a guest that is at work is broken off, and its response ends with the text of that error. No requirement says yet that a failed
	// instantiation is nothing to other workers.
	{"http-wasm-host-go", "a failed instantiation ends the others", func(d *difference) bool {
		return d.afterFailedInstantiation() && !d.seen(script.Instantiating)
	}},
	// The library doubles by floating point and turns what no duration holds into one (retrypolicy/retryexecutor.go): it
	// is negative then, and the retry comes at once. That breaks backoff.doubles. No spec shows it, because time would have to move by
	// more than a century, for which tokio's clock takes longer than a command may.
	{"failsafe-go", "a delay of which a duration does not hold the double is followed by none", with("retry", func(d *difference) bool {
		return d.seen(script.Received) && d.layer(func(l script.Layer) bool {
			return l.Policy != nil && l.Policy.Backoff != nil && l.Policy.Backoff.Max > math.MaxInt64/2
		})
	})},
	// SpawnReady awaits its task once more after that has failed, and tokio panics. tower takes an error of readiness to be final for the
	// handle, so its callers are told not to ask again.
	{"tower", "spawn-ready panics when it is asked after a failure", with("spawn-ready", func(d *difference) bool {
		return d.seen(script.Panicked) && d.stays("", script.Failed)
	})},
}

// with is a deviation that shows behind that layer only.
func with(layer string, shows func(*difference) bool) func(*difference) bool {
	return func(d *difference) bool {
		return d.layer(func(l script.Layer) bool { return l.Name == layer }) && shows(d)
	}
}

// per is the window of the script's rate limit.
func per(d *difference) (window script.Duration) {
	d.layer(func(l script.Layer) bool {
		if l.Per != nil {
			window = *l.Per
		}
		return l.Per != nil
	})
	return window
}

// limits is a deviation that shows behind any layer with permits.
func limits(shows func(*difference) bool) func(*difference) bool {
	return func(d *difference) bool {
		return d.layer(func(l script.Layer) bool { return l.Limit != nil }) && shows(d)
	}
}

// afterPanic is a deviation that shows once the leaf has panicked.
func afterPanic(d *difference) bool {
	return d.displaces() && d.earlier(func(c script.Command) bool { return c.Do == script.Answer && c.Outcome.Panic })
}

// refusal is a parameter that should have been refused, and was not.
func refusal(wrong func(script.Layer) bool) func(*difference) bool {
	return func(d *difference) bool {
		return d.step.Command.Do == script.Open && len(only(d.step.Missing, script.Refused)) > 0 && d.layer(wrong)
	}
}

// negates tells whether there is a not in a matcher.
func negates(m script.Matcher) bool { return m.Matcher == "not" || slices.ContainsFunc(m.Of, negates) }

func only(events []script.Event, kind script.Happening) []script.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e script.Event) bool { return e.Event != kind })
}
