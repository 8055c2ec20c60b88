package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// limited is a model of what is let in, around which its actions are: see limit_actions.go.
func limited(r *Run, model readinessModel, limit int) *limitModel {
	return &limitModel{Run: r, model: model, limit: limit, leaf: "ok", services: 1, progress: map[int]*claim{}}
}

// Limit is the property of a concurrency limit: it is neither exceeded nor lost, and serves in order.
var Limit = Property{
	Name:     "a limit is neither exceeded nor lost",
	Requires: []string{"concurrency-limit", "panic"},
	Check: func(rt *rapid.T, r *Run) {
		m := limited(r, invocations, rapid.IntRange(1, 4).Draw(rt, "limit"))
		m.ordered = true
		r.Open(script.Layer{Name: "concurrency-limit", Limit: &m.limit})
		m.whole(rt)
	},
}

// nested draws limits inside one another, and returns the narrowest with them.
func nested(rt *rapid.T) (narrowest int, layers []script.Layer) {
	narrowest = 100
	for range rapid.IntRange(1, 3).Draw(rt, "limits") {
		limit := rapid.IntRange(1, 4).Draw(rt, "limit")
		narrowest = min(narrowest, limit)
		layers = append(layers, script.Layer{Name: "concurrency-limit", Limit: &limit})
	}
	return narrowest, layers
}

// BackPressure is the property of limits inside one another and inside a buffer: the narrowest holds, nothing waits that has room, and
// who waited longest is served first.
var BackPressure = Property{
	Name:     "of limits inside one another the narrowest holds",
	Requires: []string{"concurrency-limit", "buffer", "panic"},
	Check: func(rt *rapid.T, r *Run) {
		limit, layers := nested(rt)
		m := limited(r, invocations, limit)
		m.ordered = true
		if bound := rapid.IntRange(0, 3).Draw(rt, "bound"); bound > 0 {
			m.bound = bound
			layers = slices.Insert(layers, 0, script.Layer{Name: "buffer", Bound: &bound})
		}
		r.Open(layers...)
		m.whole(rt)
	},
}

// SharedLimit is the property of one limit for two services. In which order they are served is not specified.
var SharedLimit = Property{
	Name:     "a limit that services share is neither exceeded nor lost",
	Requires: []string{"global-concurrency-limit", "panic"},
	Check:    func(rt *rapid.T, r *Run) { sharing(rt, r, invocations) },
}

// SharedReservations is the same where readiness holds room.
var SharedReservations = Property{
	Name:     "what a ready caller holds of a shared limit is for one call, and free when it leaves",
	Requires: []string{"global-concurrency-limit", "panic", "reserving"},
	Check:    func(rt *rapid.T, r *Run) { sharing(rt, r, reserving) },
}

func sharing(rt *rapid.T, r *Run, model readinessModel) {
	m := limited(r, model, rapid.IntRange(1, 3).Draw(rt, "limit"))
	m.services = 2
	stack := &script.Stack{Layers: []script.Layer{{Name: "global-concurrency-limit", Limit: &m.limit, Group: "g"}}, Leaf: "leaf"}
	for number := range m.services {
		r.Do(script.Command{Do: script.Open, Service: number + 1, Stack: stack})
	}
	m.whole(rt)
}

// Reservations is the property of limits where readiness holds room: no call without it, one call a readiness, and nothing is held by
// a caller that has left, has given up, or was told that the service inside has failed.
var Reservations = Property{
	Name:     "what a ready caller holds of a limit is for one call, and free when it leaves",
	Requires: []string{"concurrency-limit", "panic", "reserving"},
	Check: func(rt *rapid.T, r *Run) {
		limit, layers := nested(rt)
		m := limited(r, reserving, limit)
		m.ordered = true
		r.Open(layers...)
		m.whole(rt)
	},
}

// Advice is the property of limits where readiness holds nothing: no call goes past the limit, whatever its caller was told.
var Advice = Property{
	Name:     "a limit holds whatever callers were told that may not hold it",
	Requires: []string{"concurrency-limit", "panic", "advisory"},
	Check: func(rt *rapid.T, r *Run) {
		limit, layers := nested(rt)
		m := limited(r, advisory, limit)
		r.Open(layers...)
		m.whole(rt)
	},
}

// InFlight is the property of a limit that counts calls from the moment at which they are made. It promises no order.
var InFlight = Property{
	Name:     "a limit of calls in flight is neither exceeded nor lost",
	Requires: []string{"in-flight-limit", "panic"},
	Check:    func(rt *rapid.T, r *Run) { inFlight(rt, r, invocations) },
}

// AdvisedInFlight is the same where callers were told that they are ready, which takes nothing.
var AdvisedInFlight = Property{
	Name:     "a limit of calls in flight holds whatever callers were told",
	Requires: []string{"in-flight-limit", "panic", "advisory"},
	Check:    func(rt *rapid.T, r *Run) { inFlight(rt, r, advisory) },
}

// InFlightReadiness is the same where a ready caller elsewhere holds room: with this limit it is told whether there is a slot, and
// whether a call of it waits that comes when there is none any more is not specified.
var InFlightReadiness = Property{
	Name:     "readiness for a limit of calls in flight waits for a slot and takes none",
	Requires: []string{"in-flight-limit", "panic", "reserving"},
	Check:    func(rt *rapid.T, r *Run) { inFlight(rt, r, advisory, "call", "call unready") },
}

func inFlight(rt *rapid.T, r *Run, model readinessModel, without ...string) {
	m := limited(r, model, rapid.IntRange(1, 4).Draw(rt, "limit"))
	// What it has heard of the leaf counts until there is a slot, or not: that is not specified.
	m.without = append(without, "leaf")
	r.Open(script.Layer{Name: "in-flight-limit", Limit: &m.limit})
	m.whole(rt)
}

// Places is the property of a buffer where readiness holds a place in it: it accepts as many as its bound and no more, and hands them
// over in order.
var Places = Property{
	Name:     "a buffer accepts as many as its bound, ready callers included, and serves them in order",
	Requires: []string{"concurrency-limit", "buffer", "panic", "reserving"},
	Check:    func(rt *rapid.T, r *Run) { buffering(rt, r, reserving) },
}

// AdvisedPlaces is the same where readiness holds nothing.
var AdvisedPlaces = Property{
	Name:     "a buffer accepts as many as its bound, whatever callers were told, and serves them in order",
	Requires: []string{"concurrency-limit", "buffer", "panic", "advisory"},
	Check:    func(rt *rapid.T, r *Run) { buffering(rt, r, advisory) },
}

func buffering(rt *rapid.T, r *Run, model readinessModel) {
	limit, layers := nested(rt)
	m := limited(r, model, limit)
	m.ordered, m.bound = true, rapid.IntRange(1, 5).Draw(rt, "bound")
	r.Open(slices.Insert(layers, 0, script.Layer{Name: "buffer", Bound: &m.bound})...)
	m.whole(rt)
}

// noPermits is the property of a limit without permits: it lets nothing in, unless it is refused.
func noPermits(name, limiting string) Property {
	return Property{
		Name:     name,
		Requires: []string{limiting},
		Check: func(rt *rapid.T, r *Run) {
			none := one(rt, 0, -1, -7)
			if !accepted(r.Open(script.Layer{Name: limiting, Limit: &none})) {
				return
			}
			for number := range rapid.IntRange(1, 3).Draw(rt, "calls") {
				if _, events := r.Invoke(fmt.Sprintf("q%d", number)); len(only(events, script.Received)) > 0 {
					r.Fail("a call is let in")
				}
			}
		},
	}
}

// The properties of limits without permits.
var (
	NoPermits         = noPermits("a limit of zero or less lets nothing in, unless it is refused", "concurrency-limit")
	NoPermitsInFlight = noPermits("a limit of zero or less on calls in flight lets nothing in, unless it is refused", "in-flight-limit")
)
