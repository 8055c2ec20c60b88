package properties

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// limitModel is a concurrency limit: who is in progress, and who waits in which order.
type limitModel struct {
	*Run
	limit    int
	ordered  bool           // who waited longest is served first
	progress map[int]int    // exchanges in progress, and their operations
	waiting  []int          // operations
	asked    map[string]int // the operations, by their requests
	received int            // exchanges so far
}

// admit takes calls in while there is room, and holds what happened against that.
func (m *limitModel) admit(events []script.Event) {
	received := only(events, script.Received)
	want := min(m.limit-len(m.progress), len(m.waiting))
	if len(received) != want {
		m.Fail("%d calls reached the leaf, want %d", len(received), want)
	}
	for _, event := range received {
		m.received++
		if event.Exchange != m.received {
			m.Fail("exchange %d begins, want %d", event.Exchange, m.received)
		}
		operation := m.asked[event.Request]
		index := slices.Index(m.waiting, operation)
		if index < 0 || m.ordered && index > 0 {
			m.Fail("call #%d is served, and #%d has waited longest", operation, m.waiting[0])
		}
		m.progress[event.Exchange] = operation
		m.waiting = slices.Delete(m.waiting, index, index+1)
	}
}

// ended takes a call out.
func (m *limitModel) ended(events []script.Event, exchange int, how script.Happening) {
	operation := m.progress[exchange]
	if ends := only(events, how); len(ends) != 1 || ends[0].Operation != operation {
		m.Fail("operation %d should have ended as %s", operation, how)
	}
	delete(m.progress, exchange)
	m.admit(events)
}

// ask makes one more call.
func (m *limitModel) ask() {
	request := fmt.Sprintf("q%d", m.operations+1)
	m.waiting = append(m.waiting, m.operations+1)
	m.asked[request] = m.operations + 1
	_, events := m.Invoke(request)
	m.admit(events)
}

// inProgress draws a call that is in progress and does something to it. Where there is none it makes a call: rapid gives up a check
// that skips too many actions in a row, and that would pass for a failure.
func (m *limitModel) inProgress(do func(exchange int)) func(*rapid.T) {
	return func(rt *rapid.T) {
		if len(m.progress) == 0 {
			m.ask()
			return
		}
		do(rapid.SampledFrom(slices.Sorted(maps.Keys(m.progress))).Draw(rt, "exchange"))
	}
}

func (m *limitModel) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"invoke": func(*rapid.T) {
			m.ask()
		},
		"answer": m.inProgress(func(exchange int) {
			m.ended(m.Answer(exchange, script.Outcome{Response: new("ok")}), exchange, script.Response)
		}),
		"fail": m.inProgress(func(exchange int) {
			m.ended(m.Answer(exchange, script.Outcome{Error: "boom"}), exchange, script.Failed)
		}),
		"panic": m.inProgress(func(exchange int) {
			m.ended(m.Answer(exchange, script.Outcome{Panic: true}), exchange, script.Panicked)
		}),
		"cancel in progress": m.inProgress(func(exchange int) {
			m.ended(m.Cancel(m.progress[exchange]), exchange, script.Cancelled)
		}),
		"cancel waiting": func(rt *rapid.T) {
			if len(m.waiting) == 0 {
				m.ask()
				return
			}
			index := rapid.IntRange(0, len(m.waiting)-1).Draw(rt, "index")
			operation := m.waiting[index]
			m.waiting = slices.Delete(m.waiting, index, index+1)
			events := m.Cancel(operation)
			if len(only(events, script.Cancelled)) != 1 {
				m.Fail("operation %d should have ended as cancelled", operation)
			}
			m.admit(events)
		},
	}
}

// whole holds random calls, answers, failures, panics and cancellations against the model, and sees that the capacity is whole at
// the end, whatever happened.
func (m *limitModel) whole(rt *rapid.T) {
	rt.Repeat(m.actions())
	for len(m.progress) > 0 {
		exchange := slices.Min(slices.Collect(maps.Keys(m.progress)))
		m.ended(m.Answer(exchange, script.Outcome{Response: new("ok")}), exchange, script.Response)
	}
	for range m.limit {
		m.ask()
	}
}

// Limit is the property of a concurrency limit: it is neither exceeded nor lost, and serves in order.
var Limit = Property{
	Name:     "a limit is neither exceeded nor lost",
	Requires: []string{"concurrency-limit", "panic"},
	Check: func(rt *rapid.T, r *Run) {
		m := &limitModel{Run: r, limit: rapid.IntRange(1, 4).Draw(rt, "limit"), ordered: true, progress: map[int]int{}, asked: map[string]int{}}
		r.Open(script.Layer{Name: "concurrency-limit", Limit: &m.limit})
		m.whole(rt)
	},
}

// BackPressure is the property of limits inside one another and inside a buffer: the narrowest holds, and nothing waits that has
// room.
var BackPressure = Property{
	Name:     "of limits inside one another the narrowest holds",
	Requires: []string{"concurrency-limit", "buffer", "panic"},
	Check: func(rt *rapid.T, r *Run) {
		m := &limitModel{Run: r, limit: 100, progress: map[int]int{}, asked: map[string]int{}}
		var layers []script.Layer
		for range rapid.IntRange(1, 3).Draw(rt, "limits") {
			limit := rapid.IntRange(1, 4).Draw(rt, "limit")
			m.limit = min(m.limit, limit)
			layers = append(layers, script.Layer{Name: "concurrency-limit", Limit: &limit})
		}
		if bound := rapid.IntRange(0, 3).Draw(rt, "bound"); bound > 0 {
			layers = slices.Insert(layers, 0, script.Layer{Name: "buffer", Bound: &bound})
		}
		r.Open(layers...)
		m.whole(rt)
	},
}

// NoPermits is the property of a limit without permits: it lets nothing in, unless it is refused.
var NoPermits = Property{
	Name:     "a limit of zero or less lets nothing in, unless it is refused",
	Requires: []string{"concurrency-limit", "in-flight-limit"},
	Check: func(rt *rapid.T, r *Run) {
		none := one(rt, 0, -1, -7)
		if !accepted(r.Open(script.Layer{Name: one(rt, "concurrency-limit", "in-flight-limit"), Limit: &none})) {
			return
		}
		for number := range rapid.IntRange(1, 3).Draw(rt, "calls") {
			if _, events := r.Invoke(fmt.Sprintf("q%d", number)); len(only(events, script.Received)) > 0 {
				r.Fail("a call is let in")
			}
		}
	},
}
