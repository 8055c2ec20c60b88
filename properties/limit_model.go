package properties

import (
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// readinessModel is what a successful readiness gives to its caller.
type readinessModel int

const (
	invocations readinessModel = iota // it is not asked for by itself
	reserving                         // room for one call
	advisory                          // nothing
)

// limitModel is a concurrency limit, or several inside one another, of which the narrowest counts: who is in progress, who was told
// to be ready, and who waits in which order. With a bound there is a buffer around the limits: see buffer_model.go.
type limitModel struct {
	*Run
	model    readinessModel
	limit    int
	bound    int      // of the buffer; 0: there is none
	ordered  bool     // who waited longest is served first
	services int      // that share the limit
	leaf     string   // its readiness: "ok", "wait" or "error"
	without  []string // actions that are not taken
	idle     []int    // callers that have nothing under way
	told     []int    // callers that were told to be ready: reserving ones have not called since
	progress map[int]*claim
	waiting  []*claim
	received int // exchanges so far
	given    given
}

// claim is an operation that is not over: a call, or readiness alone.
type claim struct {
	operation int
	caller    int
	request   string // empty: readiness alone
	queued    int    // the latest operation when this call was in the buffer's queue for certain; 0: it may wait for a place
}

// taken is how many permits are held.
func (m *limitModel) taken() int {
	if m.model == reserving && m.bound == 0 {
		return len(m.progress) + len(m.told)
	}
	return len(m.progress)
}

// room is how many more are let in.
func (m *limitModel) room() int {
	if m.leaf != "ok" {
		return 0
	}
	return m.limit - m.taken()
}

// calls are the calls among those that wait.
func (m *limitModel) calls() []*claim {
	return slices.DeleteFunc(slices.Clone(m.waiting), func(c *claim) bool { return c.request == "" })
}

// admit lets in whoever has room, holds what happened against that, and sees that no operation has ended but those.
func (m *limitModel) admit(events []script.Event, ended ...int) {
	m.nothingElse(events, ended)
	switch {
	case m.bound > 0:
		m.admitThroughBuffer(events)
	case m.model == advisory:
		m.admitAdvised(events)
	default:
		first := slices.Clone(m.waiting[:min(m.room(), len(m.waiting))])
		served := m.serve(events)
		if len(served) != len(first) {
			m.Fail("%d are let in, want %d", len(served), len(first))
		}
		for _, c := range served {
			if m.ordered && !slices.Contains(first, c) {
				m.Fail("#%d is let in, and #%d has waited longer", c.operation, first[0].operation)
			}
		}
	}
}

// admitAdvised is admit where readiness takes nothing, so that it says no more than whether there is room.
func (m *limitModel) admitAdvised(events []script.Event) {
	room, calls := m.room(), len(m.calls())
	served := m.serve(events)
	reached := len(only(events, script.Received))
	switch {
	case reached != min(room, calls):
		m.Fail("%d calls reach the leaf, want %d", reached, min(room, calls))
	case room == 0 && len(served) > 0:
		m.Fail("#%d is told that it is ready, and there is no room", served[0].operation)
	case m.room() > 0 && len(m.waiting) > 0:
		m.Fail("#%d waits, and there is room", m.waiting[0].operation)
	}
}

// serve takes those out of the line whose call is received or who are told that they are ready.
func (m *limitModel) serve(events []script.Event) []*claim {
	var served []*claim
	for _, event := range events {
		var is func(*claim) bool
		switch event.Event {
		case script.Received:
			is = func(c *claim) bool { return c.request != "" && c.request == event.Request }
		case script.IsReady:
			is = func(c *claim) bool { return c.request == "" && c.operation == event.Operation }
		default:
			continue
		}
		index := slices.IndexFunc(m.waiting, is)
		if index < 0 {
			m.Fail("something is let in that does not wait: %s", event)
		}
		c := m.waiting[index]
		m.waiting = slices.Delete(m.waiting, index, index+1)
		served = append(served, c)
		if event.Event == script.IsReady {
			m.told = append(m.told, c.caller)
			continue
		}
		if m.received++; event.Exchange != m.received {
			m.Fail("exchange %d begins, want %d", event.Exchange, m.received)
		}
		m.progress[event.Exchange] = c
	}
	return served
}

// nothingElse sees that no operation has ended but those that should have. Who was told to be ready is held against the line.
func (m *limitModel) nothingElse(events []script.Event, ended []int) {
	for _, event := range events {
		if event.Ends() && event.Event != script.IsReady && !slices.Contains(ended, event.Operation) {
			m.Fail("operation %d should not have ended", event.Operation)
		}
	}
}

// ended takes a call out that is in progress.
func (m *limitModel) ended(events []script.Event, exchange int, how script.Happening) {
	c := m.progress[exchange]
	m.sawEnd(events, c, how)
	delete(m.progress, exchange)
	m.rest(c.caller)
	m.admit(events, c.operation)
}

// sawEnd sees that an operation has ended in that way.
func (m *limitModel) sawEnd(events []script.Event, c *claim, how script.Happening) {
	for _, event := range only(events, how) {
		if event.Operation == c.operation {
			return
		}
	}
	m.Fail("operation %d should have ended as %s", c.operation, how)
}

// rest notes that a caller has one thing less under way.
func (m *limitModel) rest(caller int) {
	if !slices.Contains(m.told, caller) && !m.busy(caller) {
		m.idle = append(m.idle, caller)
	}
}

// busy tells whether a caller has something under way.
func (m *limitModel) busy(caller int) bool {
	for _, c := range m.progress {
		if c.caller == caller {
			return true
		}
	}
	return slices.ContainsFunc(m.waiting, func(c *claim) bool { return c.caller == caller })
}
