package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// layeredHost is a host under a limit or under a time-out: calls of a service that are requests of a host.
type layeredHost struct {
	*Run
	limit, timeout int // zero for none; timeout in milliseconds
	now            script.Duration
	calls          []*hostedCall
}

// hostedCall is one call, whose guest waits at a gate of its own.
type hostedCall struct {
	operation int
	end       string // what the guest does when the gate is open
	since     script.Duration
	inside    bool
	ended     bool
}

func (c *hostedCall) gate() string { return fmt.Sprintf("g%d", c.operation) }

// inside lists the calls whose guests wait.
func (m *layeredHost) inside() []*hostedCall {
	return slices.DeleteFunc(slices.Clone(m.calls), func(c *hostedCall) bool { return !c.inside || c.ended })
}

// follow takes in as many calls as there is room for, and holds what happened against that and against who has to end how.
func (m *layeredHost) follow(events []script.Event, ends map[int]string) {
	events = slices.Clone(events) // the trace keeps them
	room := m.limit - len(m.inside())
	for _, c := range m.calls {
		if c.inside || c.ended || m.limit > 0 && room <= 0 {
			continue
		}
		room--
		c.inside = true
		if !slices.ContainsFunc(events, func(e script.Event) bool { return e.Event == script.Entered && e.Operation == c.operation }) {
			m.Fail("#%d is not begun on, and there is room", c.operation)
		}
		events = slices.DeleteFunc(events, func(e script.Event) bool { return e.Event == script.Entered && e.Operation == c.operation })
	}
	if more := only(events, script.Entered); len(more) > 0 {
		m.Fail("%s, and there is no room", more[0])
	}
	for _, event := range events {
		if !event.Ends() {
			continue
		}
		got := event.Text
		if event.Event != script.Response {
			got = string(event.Event)
			if len(event.Kinds) > 0 {
				got = event.Kinds[0]
			}
		}
		if want, is := ends[event.Operation]; !is || want != got {
			m.Fail("%s, and it was to end with %q", event, want)
		}
		delete(ends, event.Operation)
	}
	for operation, want := range ends {
		m.Fail("#%d goes on, and was to end with %q", operation, want)
	}
}

func (m *layeredHost) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"invoke": func(rt *rapid.T) {
			c := &hostedCall{operation: m.operations + 1, end: one(rt, "respond:x", "respond:y", "error:e"), since: m.now}
			m.calls = append(m.calls, c)
			_, events := m.Invoke("wait:" + c.gate() + " " + c.end)
			m.follow(events, nil)
		},
		"open": func(rt *rapid.T) {
			if waiting := m.inside(); len(waiting) > 0 {
				m.open(one(rt, waiting...))
				return
			}
			rt.Skip("nobody waits")
		},
		"cancel": func(rt *rapid.T) {
			waiting := m.inside()
			if len(waiting) == 0 {
				rt.Skip("nothing is in progress")
			}
			c := one(rt, waiting...)
			c.ended = true
			m.follow(m.Cancel(c.operation), map[int]string{c.operation: "cancelled"})
		},
		"advance": func(rt *rapid.T) {
			m.now += span(7)
			ends := map[int]string{}
			for _, c := range m.calls {
				if m.timeout > 0 && !c.ended && c.since+span(m.timeout) < m.now {
					c.ended = true
					ends[c.operation] = "elapsed"
				}
			}
			m.follow(m.Advance(span(7)), ends)
		},
	}
}

// open lets a guest go on, whose call ends with that.
func (m *layeredHost) open(c *hostedCall) {
	c.ended = true
	ends := map[string]string{"respond:x": "x", "respond:y": "y", "error:e": "guest:e"}
	m.follow(m.Do(script.Command{Do: script.OnHost, Host: 1, HostStep: &script.HostStep{Op: script.OpenGate, Gate: c.gate()}}),
		map[int]string{c.operation: ends[c.end]})
}

// LayeredHosts is the property of hosts under layers: a limit holds back what is beyond it, a time-out ends its own call and no
// other, and errors pass.
var LayeredHosts = Property{
	Name:  "layers around a host hold, and leave its other requests alone",
	Timed: true,
	Requires: []string{
		"proxy", "proxy-concurrent", "proxy-service", "proxy-error-code", "proxy-abandon", "concurrency-limit", "timeout",
	},
	Check: func(rt *rapid.T, r *Run) {
		m := &layeredHost{Run: r}
		layers := []script.Layer{{Name: "timeout", Timeout: new(span(1000))}}
		if one(rt, true, false) {
			m.limit = rapid.IntRange(1, 3).Draw(rt, "limit")
			layers[0] = script.Layer{Name: "concurrency-limit", Limit: &m.limit}
		} else {
			m.timeout = one(rt, 10, 20)
			layers[0].Timeout = new(span(m.timeout))
		}
		r.Do(script.Command{Do: script.OnHost, Host: 1, HostStep: &script.HostStep{Op: script.NewHost, Form: script.CallbackForm}})
		r.Do(script.Command{Do: script.Open, Service: 1, Host: 1, Stack: &script.Stack{Layers: layers, Leaf: "leaf"}})
		rt.Repeat(m.actions())
		for waiting := m.inside(); len(waiting) > 0; waiting = m.inside() {
			m.open(waiting[0])
		}
	},
}
