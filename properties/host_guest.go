package properties

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// hostRequest is one request of a host, from its being handed over to its answer.
type hostRequest struct {
	operation     int
	program, data string
	direct        *hostWorker // that was started for it
	queued        bool        // it was seen to be given to nobody at once
	worker        *hostWorker // that accepted it
	abandoned     bool        // its caller gave up
	cause         int         // which failed instantiation gave it back
	want, got     *hostAnswer
	body, gotBody *hostAnswer // of its response, once that has ended
}

// open tells whether the request has been given to no guest and has no answer.
func (r *hostRequest) open() bool { return r.worker == nil && r.got == nil && !r.abandoned }

// hostAnswer is an answer to a request, or the end of a body.
type hostAnswer struct {
	event script.Happening
	kind  string // the outermost; empty for a response
	text  string // of a body
	at    script.Duration
	late  script.Duration // how much later it may be
}

// String is the answer in words.
func (a *hostAnswer) String() string {
	if a == nil {
		return "no answer"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %q at %s", a.event, a.kind, a.text, a.at))
}

// matches tells whether an answer is as expected. Where several kinds are right, none is expected.
func (a *hostAnswer) matches(got *hostAnswer) bool {
	if a == nil || got == nil {
		return a == got
	}
	return a.event == got.event && (a.kind == anyKind || a.kind == got.kind) && a.text == got.text && inTime(got.at, a.at, a.late)
}

// guestSteps is the program that the guest is given.
func guestSteps(r *hostRequest) []string {
	return append([]string{script.EnterStep + strconv.Itoa(r.operation)}, strings.Fields(r.program)...)
}

// anyKind stands for a failure of whatever kind.
const anyKind = "*"

// Causes whose kinds no requirement names.
const (
	aPanic     = "a panic of the host"
	aViolation = "a guest that breaks the interface"
)

// hostTask is one request inside an instance.
type hostTask struct {
	request  *hostRequest
	number   int
	steps    []string
	gate     string // at which it is blocked
	answered bool
	accepted script.Duration
	body     strings.Builder
	open     bool // its body has begun and not ended
	ended    bool
}

// hostWorker is one worker.
type hostWorker struct {
	number   int
	live     bool // has its instance, and has not been dropped
	starting bool // its instance is being made
	direct   bool // it was started for one request
	dropped  bool // the hook has run
	fresh    bool // by this command
	told     string
	at       script.Duration // of the hook

	tasks    []*hostTask // that go on
	accepted int
	numbers  map[int]bool // of tasks, so far
	handed   int          // requests of which the guest has heard

	available bool // by its latest answer
	credit    bool // the policy has said yes since the latest acceptance
	never     bool
	spent     bool // a request has expired in it: it accepts no more
	pressure  int  // askings for no requests, as the guest has made them
	heard     int  // askings that were reported
	unsure    bool // a hook is held in which nobody sees what it has come to
	behind    bool // by this command its work after its last response goes on
	held      bool // may be asking its policy, which does not answer yet

	cause   string          // why it has to end by an error
	expired bool            // its time is over
	expiry  script.Duration // since then
	spins   bool            // its guest keeps control
	late    script.Duration // how much later than at its expiry it may end: a guest that keeps control is stopped between two turns
	status  string
	since   script.Duration
	asked   [2]int // what the policy was asked last
	most    int    // in flight, at most, since the last command
	seen    string // the latest status of which its expiration was asked
	seenAt  script.Duration
	expects []script.Event // what its guest is to do next
}

func (w *hostWorker) inFlight() int {
	count := 0
	for _, t := range w.tasks {
		if !t.answered {
			count++
		}
	}
	return count
}

// goesOn runs a task until it is blocked or ends, and says what is to be seen of that.
func (m *hostModel) goesOn(w *hostWorker, t *hostTask) {
	t.gate = ""
	for len(t.steps) > 0 && t.gate == "" && w.cause == "" {
		step := t.steps[0]
		t.steps = t.steps[1:]
		m.step(w, t, step)
	}
	switch {
	case w.cause != "":
		m.breaks(w, t)
	case t.gate == "" && !w.spins:
		m.returns(w, t)
	}
}

func (m *hostModel) step(w *hostWorker, t *hostTask, step string) {
	verb, operand, _ := strings.Cut(step, ":")
	expect := func(event script.Event) {
		event.Worker = w.number
		w.expects = append(w.expects, event)
	}
	switch verb {
	case "enter":
		w.handed++
		expect(script.Event{Event: script.Entered, Operation: t.request.operation, HostDetail: script.HostDetail{Task: t.number}})
	case "respond":
		m.answer(w, t, &hostAnswer{event: script.Response})
		t.wholeBody(operand, m.now)
	case "count":
		m.answer(w, t, &hostAnswer{event: script.Response})
		t.wholeBody(strconv.Itoa(w.handed), m.now)
	case "head":
		m.answer(w, t, &hostAnswer{event: script.Response})
		t.open = true
	case "body":
		t.body.WriteString(operand)
	case "end-body":
		t.endBody("", m.now)
	case "fail-body":
		t.endBody("body-failed", m.now)
	case "error":
		m.answer(w, t, &hostAnswer{event: script.Failed, kind: "guest:" + operand})
	case "wait":
		t.gate = operand
		expect(script.Event{Event: script.Waiting, Operation: t.request.operation, HostDetail: script.HostDetail{Task: t.number, Gate: operand}})
	case "pressure":
		on := operand == "on"
		if w.pressure--; on {
			w.pressure += 2
		}
		expect(script.Event{Event: script.Pressure, HostDetail: script.HostDetail{On: on}})
	case "spin":
		w.spins, w.late, w.unsure = true, script.Granule, true
	case "trap":
		w.cause = "trap"
	case "host-panic":
		w.cause = aPanic
	case "lie":
		w.cause = aViolation
		if operand == "twice" && !t.answered {
			panic("properties: who answers twice first answers once")
		}
	}
}

// wholeBody is the body of a response that is there at once.
func (t *hostTask) wholeBody(text string, at script.Duration) {
	t.body.WriteString(text)
	t.open = true
	t.endBody("", at)
}

// endBody ends a body, whose reader then has what was written. Nobody reads the body of a response that came too late.
func (t *hostTask) endBody(kind string, at script.Duration) {
	r := t.request
	if t.open && r.body == nil && r.want != nil && r.want.event == script.Response && !r.abandoned {
		r.body = &hostAnswer{event: script.Body, kind: kind, text: t.body.String(), at: at}
	}
	t.open = false
}

// answer gives a request its answer, unless it has one, and changes the worker's status.
func (m *hostModel) answer(w *hostWorker, t *hostTask, a *hostAnswer) {
	if t.answered {
		return // it has expired: the late response is discarded
	}
	t.answered = true
	a.at = m.now
	if !t.request.abandoned {
		t.request.want = a
	}
	w.status, w.since = script.PostReturnStatus, m.now
	for _, other := range w.tasks { // in the order of their acceptance
		if !other.answered {
			w.status, w.since = script.RequestsStatus, other.accepted
		}
	}
}

// returns is the end of a task.
func (m *hostModel) returns(w *hostWorker, t *hostTask) {
	t.endBody("body-failed", m.now)
	m.answer(w, t, &hostAnswer{event: script.Failed, kind: "no-response"})
	t.ended = true
	for index, other := range w.tasks {
		if other == t {
			w.tasks = append(w.tasks[:index:index], w.tasks[index+1:]...)
			break
		}
	}
	if len(w.tasks) == 0 {
		w.status, w.since = script.IdleStatus, m.now
	}
}

// breaks is the end of a worker by an error: its requests in flight fail, and so do the bodies that are open.
func (m *hostModel) breaks(w *hostWorker, culprit *hostTask) {
	for _, t := range w.tasks {
		kind := "trap-or-panic"
		switch {
		case !m.synchronous || t != culprit:
		case w.cause == "trap":
			kind = "trap"
		case w.cause == aViolation:
			kind = anyKind
		}
		t.endBody("trap-or-panic", m.now)
		m.answer(w, t, &hostAnswer{event: script.Failed, kind: kind, late: w.late})
	}
	w.tasks = nil
}
