package properties

import (
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// follow holds the events of a command against the model, one after the other and then all together.
func (m *hostModel) follow(events []script.Event) {
	for _, event := range events {
		m.see(event)
	}
	m.settled()
}

// see takes up one event. The events of one worker are in order; those of several may be in any.
func (m *hostModel) see(event script.Event) {
	if event.Event == script.Instantiating {
		m.instantiating(event)
		return
	}
	if event.Operation != 0 && event.Worker == 0 {
		m.answered(event)
		return
	}
	if event.Worker < 1 || event.Worker > len(m.workers) {
		return
	}
	w := m.workers[event.Worker-1]
	switch event.Event {
	case script.Instantiated:
		if !w.starting || w.live {
			m.Fail("worker %d has another instance", w.number)
		}
		w.live, w.starting = true, false
		w.status, w.since = script.IdleStatus, event.At
		w.unsure = m.does.Start == "wait"
		if !w.direct {
			m.lost() // it takes a request at once, and is heard of only once that could be prepared
		}
	case script.AcceptAsked:
		m.askedPolicy(w, event)
	case script.Accepted:
		m.accepted(w, event)
	case script.Entered, script.Waiting, script.Pressure:
		m.guestDid(w, event)
	case script.WorkerStatus:
		w.seen, w.seenAt = event.Status, event.Since
	case script.Dropped:
		m.droppedWorker(w, event)
	}
}

// instantiating begins a worker: for the request that is handed over, if nobody was there for it, or else for the queue.
func (m *hostModel) instantiating(event script.Event) {
	w := &hostWorker{number: event.Worker, starting: true, numbers: map[int]bool{}}
	m.workers = append(m.workers, w)
	m.begun++
	if w.number != len(m.workers) {
		m.Fail("worker %d is the one after %d", w.number, len(m.workers)-1)
	}
	if m.handed != nil && m.begun == 1 && !m.certain {
		return // for the request or for the queue: that depends on what is not seen
	}
	if m.handed != nil && m.handed.open() && m.handed.direct == nil && len(m.before) == 0 {
		m.handed.direct, w.direct = w, true
		return
	}
	m.spare--
}

// askedPolicy holds a question to the policy against what the worker has taken in.
func (m *hostModel) askedPolicy(w *hostWorker, event script.Event) {
	switch {
	case !w.live:
		m.Fail("the policy is asked for worker %d, which is not there", w.number)
	case w.never:
		m.Fail("the policy is asked for worker %d again, and has said never", w.number)
	case w.heard > 0:
		m.Fail("the policy is asked for worker %d, whose guest asks not to be given requests", w.number)
	case w.accepted == 0 && m.isDirect(w):
		m.Fail("the policy is asked for worker %d before the request for which it was started", w.number)
	case event.Total != w.accepted:
		m.Fail("the policy is told that worker %d has accepted %d, and it has accepted %d", w.number, event.Total, w.accepted)
	case event.Concurrent < w.inFlight() || event.Concurrent > w.most:
		m.Fail("the policy is told that worker %d has %d requests in flight, and it has %d", w.number, event.Concurrent, w.inFlight())
	}
	if w.available && event.Answer != "yes" {
		m.lost()
	}
	w.asked = [2]int{event.Concurrent, event.Total}
	w.available, w.credit, w.unsure = event.Answer == "yes" && !w.spent && !(m.synchronous && len(w.tasks) > 0), event.Answer == "yes", false
	w.never = event.Answer == "never"
}

// isDirect tells whether the worker was started for a request that it has not accepted.
func (m *hostModel) isDirect(w *hostWorker) bool {
	return slices.ContainsFunc(m.requests, func(r *hostRequest) bool { return r.direct == w && r.open() })
}

// lost notes that a worker may have become unavailable while requests were queued, so that another may be started.
func (m *hostModel) lost() {
	if m.pending() {
		m.spare++
	}
}

// accepted gives a request to a worker's guest.
func (m *hostModel) accepted(w *hostWorker, event script.Event) {
	r := m.request(event.Operation)
	switch {
	case !w.live:
		m.Fail("#%d is accepted by worker %d, which is not there", r.operation, w.number)
	case r.worker != nil:
		m.Fail("#%d is accepted twice", r.operation)
	case r.got != nil && !r.abandoned:
		m.Fail("#%d is accepted and has its answer", r.operation)
	case event.Data != r.data:
		m.Fail("#%d is accepted with %q, and was sent with %q", r.operation, event.Data, r.data)
	case w.numbers[event.Task]:
		m.Fail("worker %d has had task %d before", w.number, event.Task)
	case w.never || w.spent:
		m.Fail("worker %d accepts #%d, and was to accept nothing more", w.number, r.operation)
	case w.heard > 0:
		m.Fail("worker %d accepts #%d, and its guest asks not to be given requests", w.number, r.operation)
	case w.accepted > 0 && !w.credit:
		m.Fail("worker %d accepts #%d, and its policy was not asked", w.number, r.operation)
	case w.inFlight() > 0 && len(w.expects) > 0:
		m.Fail("worker %d accepts #%d behind a task that goes on", w.number, r.operation)
	case w.accepted > 0 && m.synchronous && len(w.tasks) > 0:
		m.Fail("worker %d accepts #%d beside another", w.number, r.operation)
	case r.direct != nil && r.direct != w:
		m.Fail("#%d is accepted by worker %d, and worker %d was started for it", r.operation, w.number, r.direct.number)
	case r.direct == nil && slices.ContainsFunc(m.queue(), func(other *hostRequest) bool { return other.queued && other.operation < r.operation }):
		if r.queued && m.alone() {
			m.Fail("#%d is accepted, and others came before it", r.operation)
		}
	}
	r.worker, w.credit = w, false
	w.numbers[event.Task] = true
	w.accepted++
	t := &hostTask{request: r, number: event.Task, accepted: event.At, steps: guestSteps(r)}
	w.tasks = append(w.tasks, t)
	w.status, w.since = script.RequestsStatus, event.At
	w.most = max(w.most, w.inFlight())
	w.unsure, w.held = m.does.Asking == "wait", m.does.Asking == "wait"
	m.lost()
	w.available = false // until the policy is asked again
	m.goesOn(w, t)
}

// alone tells whether no more than one worker can have taken something out of the queue, so that what it took came in order.
func (m *hostModel) alone() bool {
	there := 0
	for _, w := range m.workers {
		if w.live || w.dropped && w.at == m.now {
			there++
		}
	}
	return there < 2
}

// guestDid holds what a guest did against its programs.
func (m *hostModel) guestDid(w *hostWorker, event script.Event) {
	if event.Event == script.Pressure {
		if w.heard--; event.On {
			w.heard += 2
		}
		if event.On && w.available {
			m.lost()
			w.available = false
		}
	}
	if len(w.expects) == 0 {
		m.Fail("%s, and the guest of that worker was to do nothing", event)
	}
	if want := w.expects[0]; want.String() != event.String() {
		m.Fail("%s, and %s was to come first", event, want)
	}
	w.expects = w.expects[1:]
}

// answered takes up the end of a request, or of a body.
func (m *hostModel) answered(event script.Event) {
	r := m.request(event.Operation)
	a := &hostAnswer{event: event.Event, kind: outermost(event.Kinds), at: event.At}
	switch {
	case event.Event == script.Body && r.gotBody != nil, event.Event != script.Body && r.got != nil:
		m.Fail("#%d has another end: %s", r.operation, event)
	case event.Event == script.Body:
		a.text = event.Text
		r.gotBody = a
		return
	}
	r.got = a
	if a.kind == "instantiation" {
		m.givenBack(r, event)
	}
}

// givenBack holds what a failed instantiation gives back against what was sent.
func (m *hostModel) givenBack(r *hostRequest, event script.Event) {
	switch {
	case event.Program != r.program:
		m.Fail("#%d is given back as %q, and was %q", r.operation, event.Program, r.program)
	case event.Data != r.data:
		m.Fail("#%d is given back with %q, and was sent with %q", r.operation, event.Data, r.data)
	case m.does.Instantiate == "error:x" && !slices.Contains(event.Kinds, "x"):
		m.Fail("#%d is not told why there is no instance", r.operation)
	}
	r.cause = event.Cause
}

// droppedWorker takes up that a drop hook ran.
func (m *hostModel) droppedWorker(w *hostWorker, event script.Event) {
	switch {
	case w.dropped:
		m.Fail("the drop hook of worker %d runs twice", w.number)
	case !w.live:
		m.Fail("the drop hook of worker %d runs, and it had no instance", w.number)
	}
	w.live, w.dropped, w.fresh, w.at, w.told = false, true, true, event.At, outermost(event.Kinds)
	if m.does.Drop == "wait" {
		// Some ask the policy before post-return work goes on, and some do not: no requirement decides. Where its answer is what it was,
		// that makes no difference.
		w.unsure = w.behind && !w.never && !w.spent && !(slices.Contains(m.before, w) && m.policy(w) == "yes")
		return
	}
	if w.available || w.unsure || m.pending() {
		m.lost()
	}
	w.available, w.unsure = false, false
}
