package properties

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// by is a caller that has nothing under way: one that has been here before, or a new one.
func (m *limitModel) by(rt *rapid.T) int {
	if index := rapid.IntRange(0, len(m.idle)).Draw(rt, "caller"); index < len(m.idle) {
		caller := m.idle[index]
		m.idle = slices.Delete(m.idle, index, index+1)
		return caller
	}
	m.callers++
	m.Do(script.Command{Do: script.NewCaller, Caller: m.callers, Service: rapid.IntRange(1, m.services).Draw(rt, "service")})
	return m.callers
}

// start begins an operation of a caller.
func (m *limitModel) start(verb script.Verb, caller int) (*claim, []script.Event) {
	c := &claim{operation: m.operations + 1, caller: caller}
	command := script.Command{Do: verb, Caller: caller}
	if verb != script.Ready {
		c.request = fmt.Sprintf("q%d", c.operation)
		command.Request = &c.request
	}
	_, events := m.Start(command)
	return c, events
}

// begin makes one more call with a check of its own, or checks alone. Nobody waits for room while checks fail: see the action "leaf".
func (m *limitModel) begin(rt *rapid.T, verb script.Verb) {
	if m.leaf == "error" && m.taken() >= m.limit {
		m.becomes("ok")
	}
	full := m.bound > 0 && m.full()
	c, events := m.start(verb, m.by(rt))
	if m.leaf == "error" {
		m.failed(events, c)
		return
	}
	m.waiting = append(m.waiting, c)
	if full && len(only(events, script.IsReady)) > 0 {
		m.Fail("#%d is told that it is ready, and every place is taken", c.operation)
	}
	m.admit(events)
}

func (m *limitModel) ask(rt *rapid.T) { m.begin(rt, script.Invoke) }

// failed sees that checks have failed, and has those leave who asked for readiness alone: that they hold nothing while they stay is
// asked of implementations as a SHOULD.
func (m *limitModel) failed(events []script.Event, claims ...*claim) {
	var over []int
	for _, c := range claims {
		m.sawEnd(events, c, script.Failed)
		over = append(over, c.operation)
	}
	for _, c := range claims {
		events = append(events, m.letGo(c)...)
	}
	m.admit(events, over...)
}

// letGo notes that a claim has come to nothing. Whoever asked for readiness alone leaves: what a caller keeps of a check that it gave
// up is not specified.
func (m *limitModel) letGo(c *claim) []script.Event {
	if c.request == "" {
		return m.Do(script.Command{Do: script.Leave, Caller: c.caller})
	}
	m.rest(c.caller)
	return nil
}

// inProgress draws a call that is in progress and does something to it. Where there is none it makes a call: rapid gives up a check
// that skips too many actions in a row, and that would pass for a failure.
func (m *limitModel) inProgress(do func(exchange int)) func(*rapid.T) {
	return func(rt *rapid.T) {
		if len(m.progress) == 0 {
			m.ask(rt)
			return
		}
		do(rapid.SampledFrom(slices.Sorted(maps.Keys(m.progress))).Draw(rt, "exchange"))
	}
}

func (m *limitModel) actions() map[string]func(*rapid.T) {
	actions := map[string]func(*rapid.T){
		"invoke": m.ask,
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
			m.ended(m.Cancel(m.progress[exchange].operation), exchange, script.Cancelled)
		}),
		"cancel waiting": func(rt *rapid.T) {
			if len(m.waiting) == 0 {
				m.ask(rt)
				return
			}
			index := rapid.IntRange(0, len(m.waiting)-1).Draw(rt, "index")
			c := m.waiting[index]
			m.waiting = slices.Delete(m.waiting, index, index+1)
			events := m.Cancel(c.operation)
			m.sawEnd(events, c, script.Cancelled)
			if m.bound > 0 && c.request != "" {
				m.gaveUp()
			}
			m.admit(append(events, m.letGo(c)...), c.operation)
		},
	}
	if m.model != invocations {
		maps.Copy(actions, m.readinessActions())
	}
	for _, name := range m.without {
		delete(actions, name)
	}
	return actions
}

// readinessActions are what callers do that ask for readiness by itself.
func (m *limitModel) readinessActions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"ready": func(rt *rapid.T) { m.begin(rt, script.Ready) },
		"ready again": func(rt *rapid.T) {
			if len(m.told) == 0 || m.model != reserving || m.leaf != "ok" {
				m.begin(rt, script.Ready)
				return
			}
			c, events := m.start(script.Ready, rapid.SampledFrom(m.told).Draw(rt, "caller"))
			m.sawEnd(events, c, script.IsReady)
			m.admit(slices.DeleteFunc(events, func(e script.Event) bool { return e.Event == script.IsReady && e.Operation == c.operation }))
		},
		"call": func(rt *rapid.T) {
			if len(m.told) == 0 || m.leaf != "ok" && m.bound == 0 {
				m.begin(rt, script.Ready)
				return
			}
			m.call(rt)
		},
		"call unready": func(rt *rapid.T) {
			// Where there is room, either way is right.
			if m.bound > 0 && !m.full() || m.bound == 0 && m.taken() < m.limit || m.leaf == "error" {
				m.begin(rt, script.Ready)
				return
			}
			c, events := m.start(script.Call, m.by(rt))
			switch {
			case len(only(events, script.Panicked)) > 0: // what may become of its handle is not specified
				m.admit(append(events, m.Do(script.Command{Do: script.Leave, Caller: c.caller})...), c.operation)
				return
			case len(only(events, script.Failed)) > 0:
				m.rest(c.caller)
				m.admit(events, c.operation)
				return
			}
			if m.model == reserving {
				m.Fail("call #%d is made without readiness and without room, and not refused", c.operation)
			}
			m.waiting = append(m.waiting, c)
			m.admit(events)
		},
		"leave": func(rt *rapid.T) {
			all := slices.DeleteFunc(slices.Concat(m.told, m.idle), m.busy)
			if len(all) == 0 {
				m.begin(rt, script.Ready)
				return
			}
			m.leave(rapid.SampledFrom(all).Draw(rt, "caller"))
		},
		"leaf": func(rt *rapid.T) {
			states := []string{"ok", "wait", "error"}
			if m.bound > 0 || len(m.waiting) > m.limit-m.taken() {
				states = states[:2] // a buffer that fails does so for good, and who fails first inside a limit lets others fail
			}
			m.becomes(one(rt, states...))
		},
	}
}

// call makes a call of a caller that was told to be ready.
func (m *limitModel) call(rt *rapid.T) {
	if m.model == advisory {
		c, events := m.start(script.Call, rapid.SampledFrom(m.told).Draw(rt, "caller"))
		m.waiting = append(m.waiting, c)
		m.admit(events)
		return
	}
	c, events := m.start(script.Call, take(rt, &m.told))
	if m.bound > 0 {
		c.queued = c.operation
		m.waiting = append(m.waiting, c)
		m.admit(events)
		return
	}
	m.waiting = slices.Insert(m.waiting, 0, c)
	m.admit(events)
	if slices.Contains(m.waiting, c) {
		m.Fail("call #%d waits, whose caller is ready", c.operation)
	}
}

func (m *limitModel) leave(caller int) {
	is := func(other int) bool { return other == caller }
	m.told, m.idle = slices.DeleteFunc(m.told, is), slices.DeleteFunc(m.idle, is)
	m.admit(m.Do(script.Command{Do: script.Leave, Caller: caller}))
}

// becomes changes the leaf's readiness.
func (m *limitModel) becomes(state string) {
	m.leaf = state
	ready := state
	if state == "error" {
		ready = "error:boom"
	}
	events := m.Leaf(script.Leaf{Ready: ready})
	if state != "error" {
		m.admit(events)
		return
	}
	failing := m.waiting
	m.waiting = nil
	m.failed(events, failing...)
}

// whole holds random calls, answers, failures, panics and cancellations against the model, and what callers do with readiness where the
// model has it. It sees that the capacity is whole at the end, whatever happened.
func (m *limitModel) whole(rt *rapid.T) {
	rt.Repeat(m.actions())
	if m.leaf != "ok" {
		m.becomes("ok")
	}
	m.drain()
	if m.bound > 0 && m.model == reserving {
		for range m.bound + 1 {
			m.begin(rt, script.Ready)
		}
		m.drain()
	}
	for range m.limit + 1 {
		m.ask(rt)
	}
}

// drain has everybody leave who is ready and everything answered that is in progress, until nobody waits.
func (m *limitModel) drain() {
	for len(m.progress)+len(m.told) > 0 {
		if len(m.told) > 0 && !m.busy(m.told[0]) {
			m.leave(m.told[0])
			continue
		}
		exchange := slices.Min(slices.Collect(maps.Keys(m.progress)))
		m.ended(m.Answer(exchange, script.Outcome{Response: new("ok")}), exchange, script.Response)
	}
	if len(m.waiting) > 0 {
		m.Fail("#%d waits, and nothing is in its way", m.waiting[0].operation)
	}
}
