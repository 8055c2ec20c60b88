package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// hostServer is a host behind a server. Which instance serves a request is read off what happens.
type hostServer struct {
	*Run
	serve    script.Serve
	now      script.Duration
	requests []*served
	idle     map[int]script.Duration // since when a worker has no task
	given    map[int]int             // how many requests a worker was given
	closing  int                     // the operation that shuts the server down
	closed   bool
}

// served is one request.
type served struct {
	operation int
	program   []string // what is left of it
	since     script.Duration
	worker    int // that was given it; 0 while it waits
	answered  bool
	returned  bool
}

func (q *served) gate() string { return fmt.Sprintf("g%d", q.operation) }

// of lists the requests of a worker whose tasks go on.
func (m *hostServer) of(worker int) []*served {
	return slices.DeleteFunc(slices.Clone(m.requests), func(q *served) bool { return q.worker != worker || q.returned })
}

// under lists the requests that count against the bound.
func (m *hostServer) under() []*served {
	return slices.DeleteFunc(slices.Clone(m.requests), func(q *served) bool { return q.worker == 0 || q.answered })
}

// do carries out a command, and holds what happens against what was to happen.
func (m *hostServer) do(command script.Command, codes map[int]int) {
	events := m.Do(command)
	for _, event := range events {
		switch {
		case event.Event == script.Entered:
			m.entered(event, codes)
		case event.Event == script.Response:
			if want, is := codes[event.Operation]; !is || want != event.Code {
				m.Fail("%s, and it was to be %d", event, want)
			}
			delete(codes, event.Operation)
		case event.Event == script.Done && event.Operation == m.closing:
			m.closed = true
			for _, q := range m.requests {
				if !q.answered || !q.returned {
					m.Fail("the server has shut down, and #%d goes on", q.operation)
				}
			}
		case event.Event == script.Failed:
			m.Fail("%s", event)
		}
	}
	for operation, code := range codes {
		m.Fail("#%d is not answered, and was to be with %d", operation, code)
	}
	if under := len(m.under()); under > m.serve.MaxRequests {
		m.Fail("%d requests are under way, and the bound is %d", under, m.serve.MaxRequests)
	} else if under < m.serve.MaxRequests {
		for _, q := range m.requests {
			if q.worker == 0 {
				m.Fail("#%d waits, and %d requests are under way of %d", q.operation, under, m.serve.MaxRequests)
			}
		}
	}
}

// entered gives a request to a worker.
func (m *hostServer) entered(event script.Event, codes map[int]int) {
	w := event.Worker
	q := m.requests[slices.IndexFunc(m.requests, func(q *served) bool { return q.operation == event.Operation })]
	since, wasIdle := m.idle[w]
	inFlight := slices.DeleteFunc(m.of(w), func(q *served) bool { return q.answered })
	switch {
	case m.given[w] >= m.serve.MaxReuse:
		m.Fail("%s, which was given %d before", event, m.given[w])
	case len(inFlight) >= m.serve.MaxConcurrentReuse:
		m.Fail("%s, which has %d in flight", event, len(inFlight))
	case m.serve.IdleTimeout != nil && wasIdle && since+*m.serve.IdleTimeout < m.now:
		m.Fail("%s, which is idle since %s", event, since)
	}
	m.given[w]++
	q.worker = w
	delete(m.idle, w)
	m.run(q, codes)
}

// run has a guest go on until it waits or ends.
func (m *hostServer) run(q *served, codes map[int]int) {
	for len(q.program) > 0 {
		step := q.program[0]
		q.program = q.program[1:]
		switch step {
		case "wait":
			return
		case "respond:x", "head":
			m.answer(q, 200, codes)
		case "error:e":
			m.answer(q, 500, codes)
		case "trap":
			for _, other := range m.of(q.worker) {
				m.answer(other, 500, codes)
				other.returned = true
			}
			return
		}
	}
	m.answer(q, 500, codes)
	q.returned = true
	if len(m.of(q.worker)) == 0 {
		m.idle[q.worker] = m.now
	}
}

// answer is the answer to a request that has none.
func (m *hostServer) answer(q *served, code int, codes map[int]int) {
	if !q.answered {
		q.answered = true
		codes[q.operation] = code
	}
}

// text is the program as the guest gets it.
func (m *hostServer) text(q *served) string {
	text := ""
	for _, step := range q.program {
		if step == "wait" {
			step = "wait:" + q.gate()
		}
		text += " " + step
	}
	return text[1:]
}

func (m *hostServer) onHost(operation int, step script.HostStep, codes map[int]int) {
	m.do(script.Command{Do: script.OnHost, Host: 1, Operation: operation, HostStep: &step}, codes)
}

// waiting lists the requests whose guests wait.
func (m *hostServer) waiting() []*served {
	return slices.DeleteFunc(slices.Clone(m.requests), func(q *served) bool { return q.worker == 0 || q.returned })
}

func (m *hostServer) open(q *served) {
	codes := map[int]int{}
	m.run(q, codes)
	m.onHost(0, script.HostStep{Op: script.OpenGate, Gate: q.gate()}, codes)
}

func (m *hostServer) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"handle": func(rt *rapid.T) {
			if m.closing > 0 {
				rt.Skip("the server is shut down")
			}
			m.operations++
			q := &served{operation: m.operations, since: m.now}
			q.program = [][]string{
				{"wait", "respond:x"}, {"respond:x"}, {"error:e"}, {"trap"}, {"wait", "trap"}, {"respond:x", "wait"}, {"head", "wait", "end-body"}, {"wait", "error:e"},
			}[rapid.IntRange(0, 7).Draw(rt, "program")]
			if m.serve.RequestTimeout != nil {
				q.program = []string{"wait", "respond:x"}
			}
			m.requests = append(m.requests, q)
			m.onHost(q.operation, script.HostStep{Op: script.Handle, Program: m.text(q)}, map[int]int{})
		},
		"open": func(rt *rapid.T) {
			waiting := m.waiting()
			if len(waiting) == 0 {
				rt.Skip("nobody waits")
			}
			m.open(one(rt, waiting...))
		},
		"advance": func(rt *rapid.T) { m.advance(span(one(rt, 7, 13))) },
		"shut down": func(rt *rapid.T) {
			if m.closing > 0 || len(m.requests) < 3 || slices.ContainsFunc(m.requests, func(q *served) bool { return q.worker == 0 }) {
				rt.Skip("there is nothing to wait for, or somebody would have to be turned away")
			}
			m.operations++
			m.closing = m.operations
			m.onHost(m.closing, script.HostStep{Op: script.ShutdownHost}, map[int]int{})
		},
	}
}

// advance moves time. No request takes longer than the server's time.
func (m *hostServer) advance(by script.Duration) {
	if m.serve.RequestTimeout != nil && slices.ContainsFunc(m.requests, func(q *served) bool { return q.worker == 0 }) {
		return // when those begin that wait depends on when others expire
	}
	m.now += by
	codes := map[int]int{}
	for _, q := range m.requests {
		if m.serve.RequestTimeout != nil && !q.answered && q.since+*m.serve.RequestTimeout < m.now {
			m.answer(q, 500, codes)
			q.returned = true // its worker ends with it, or at least takes nothing more
		}
	}
	m.do(script.Command{Do: script.Advance, Duration: &by}, codes)
}

// HostServers is the property of a server in front of a host: its bounds hold, a failure is an answer like any other, and its
// shutdown waits for what is under way and for nothing else.
var HostServers = Property{
	Name:     "a server in front of a host keeps its bounds, whatever its guests do",
	Timed:    true,
	Requires: []string{"proxy", "proxy-concurrent", "proxy-server", "proxy-error-code", "proxy-post-return", "proxy-body"},
	Check: func(rt *rapid.T, r *Run) {
		m := &hostServer{Run: r, idle: map[int]script.Duration{}, given: map[int]int{}}
		m.serve = script.Serve{
			MaxReuse: one(rt, 1, 2, 3, 100), MaxConcurrentReuse: one(rt, 1, 2, 3), MaxRequests: one(rt, 100, 1, 2, 3), IdleTimeout: new(span(20) + span(1)/10),
		}
		if one(rt, false, false, true) {
			m.serve.RequestTimeout = new(span(one(rt, 20, 10)) + span(1)/10)
		}
		m.onHost(0, script.HostStep{Op: script.NewHost, Form: script.CallbackForm, Serve: &m.serve}, map[int]int{})
		rt.Repeat(m.actions())
		for waiting := m.waiting(); len(waiting) > 0; waiting = m.waiting() {
			m.open(waiting[0])
		}
		m.advance(span(1000))
		if m.closing > 0 && !m.closed {
			r.Fail("the server does not end its shutdown")
		}
	},
}
