package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// readyModel is a service that adds nothing to its leaf's readiness.
type readyModel struct {
	*Run
	stack   stackModel
	state   string // of the leaf
	waiting map[int]*asking
	ready   []int // callers
	served  map[string]bool
}

// asking is one operation that waits for readiness.
type asking struct {
	caller  int
	request string // empty: readiness alone
}

// begin starts an operation and holds against the model what comes of it at once.
func (m *readyModel) begin(a *asking) {
	command := script.Command{Do: script.Ready, Caller: a.caller}
	if a.request != "" {
		command.Do, command.Request = script.Invoke, &a.request
	}
	operation := m.operations + 1
	m.waiting[operation] = a
	_, events := m.Start(command)
	m.settled(events)
}

// settled takes those out that need not wait any more, and sees that they and nobody else were answered.
func (m *readyModel) settled(events []script.Event) {
	if m.state == "wait" {
		if len(only(events, script.IsReady))+len(only(events, script.Received))+len(only(events, script.Failed)) > 0 {
			m.Fail("somebody is answered while the service waits")
		}
		return
	}
	for _, operation := range sorted(m.waiting) {
		a := m.waiting[operation]
		delete(m.waiting, operation)
		switch {
		case m.state != "ok":
			if !slices.ContainsFunc(events, func(e script.Event) bool {
				return e.Event == script.Failed && e.Operation == operation && slices.Equal(e.Kinds, []string{"outer", "inner"})
			}) {
				m.Fail("#%d is not told the error of the check", operation)
			}
		case a.request == "":
			m.ready = append(m.ready, a.caller)
			if !slices.ContainsFunc(events, func(e script.Event) bool { return e.Event == script.IsReady && e.Operation == operation }) {
				m.Fail("#%d is not told that it is ready", operation)
			}
		default:
			m.reached(events, a.request)
		}
	}
	for _, event := range only(events, script.Received) {
		if !m.served[event.Request] {
			m.Fail("the call %q was made without readiness, or twice", event.Request)
		}
		delete(m.served, event.Request)
	}
}

// reached notes that a call is to reach the leaf now.
func (m *readyModel) reached(events []script.Event, request string) {
	arrives := m.stack.request(request)
	m.served[arrives] = true
	if !slices.ContainsFunc(events, func(e script.Event) bool { return e.Event == script.Received && e.Request == arrives }) {
		m.Fail("the call %q does not reach the service", request)
	}
}

func sorted[V any](m map[int]V) []int {
	var keys []int
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (m *readyModel) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"ready":  func(*rapid.T) { m.begin(&asking{caller: m.Caller()}) },
		"invoke": func(*rapid.T) { m.begin(&asking{caller: m.Caller(), request: fmt.Sprintf("q%d", m.operations+1)}) },
		"call": func(rt *rapid.T) {
			if len(m.ready) == 0 || m.state != "ok" {
				rt.Skip("nobody is ready")
			}
			caller, request := take(rt, &m.ready), fmt.Sprintf("q%d", m.operations+1)
			_, events := m.Start(script.Command{Do: script.Call, Caller: caller, Request: &request})
			m.reached(events, request)
			m.settled(events)
		},
		"leave": func(rt *rapid.T) {
			if len(m.ready) == 0 {
				rt.Skip("nobody is ready")
			}
			m.settled(m.Do(script.Command{Do: script.Leave, Caller: take(rt, &m.ready)}))
		},
		"cancel": func(rt *rapid.T) {
			if len(m.waiting) == 0 {
				rt.Skip("nobody waits")
			}
			operation := rapid.SampledFrom(sorted(m.waiting)).Draw(rt, "operation")
			delete(m.waiting, operation)
			events := m.Cancel(operation)
			if len(only(events, script.Cancelled)) != 1 {
				m.Fail("#%d is not let go", operation)
			}
			m.settled(events)
		},
		"leaf": func(rt *rapid.T) {
			m.state = one(rt, "ok", "wait", "error:outer<inner")
			m.settled(m.Leaf(script.Leaf{Ready: m.state}))
		},
	}
}

// Readiness is the property of services and of layers that add nothing to readiness: no call without it, one call a readiness,
// errors surface, everybody who waits is woken, and nothing is left of a caller that has left.
var Readiness = Property{
	Name:     "a call is made when the service is ready and not before",
	Requires: []string{"readiness"},
	Check: func(rt *rapid.T, r *Run) {
		m := &readyModel{Run: r, stack: r.declares.layers(upTo(rt, 3, transparent)), state: "ok", waiting: map[int]*asking{}, served: map[string]bool{}}
		r.Open(m.stack...)
		rt.Repeat(m.actions())
	},
}
