package properties

import (
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// settled holds what a command has come to against the model, when nothing more can happen without another.
func (m *hostModel) settled() {
	m.instantiationsSettled()
	m.startsSettled()
	for _, w := range m.workers {
		m.workerSettled(w)
	}
	for _, r := range m.requests {
		if !r.want.matches(r.got) {
			m.Fail("#%d has %s, and was to have %s", r.operation, r.got, r.want)
		}
		if !r.body.matches(r.gotBody) {
			m.Fail("the body of #%d has %s, and was to have %s", r.operation, r.gotBody, r.body)
		}
	}
	if m.spare < 0 {
		m.Fail("worker %d was started, and nothing asked for another", len(m.workers))
	}
	m.spawned()
	m.served()
	queue := m.queue()
	for _, r := range queue {
		r.queued = true
	}
	if len(queue) == 0 {
		m.spare = 0
	}
}

// instantiationsSettled answers those that workers without an instance were started for: its own request each, or all that are queued.
func (m *hostModel) instantiationsSettled() {
	var failed []*hostWorker
	queues := 0
	for _, w := range m.workers {
		switch {
		case !w.starting || m.does.Instantiate == "wait":
		case m.does.Instantiate == "ok":
			m.Fail("worker %d does not get its instance", w.number)
		default:
			failed = append(failed, w)
			w.starting = false
			if !w.direct {
				queues++
			}
		}
	}
	if len(failed) == 0 {
		return
	}
	cause := 0
	for _, r := range m.requests {
		if r.worker != nil || r.want != nil || r.direct != nil && r.direct.starting || r.direct == nil && queues == 0 {
			continue
		}
		switch {
		case r.got == nil:
			m.Fail("#%d has no answer, and there is no instance for it", r.operation)
		case r.got.event != script.Failed || m.does.Instantiate != "panic" && r.got.kind != "instantiation":
			m.Fail("#%d has %s, and there is no instance for it", r.operation, r.got)
		case r.direct == nil && queues == 1 && cause != 0 && r.cause != cause && m.does.Instantiate != "panic":
			m.Fail("#%d has an error of its own, and others failed by the same instantiation", r.operation)
		case r.direct == nil:
			cause = r.cause
		}
		r.want = r.got
	}
}

// startsSettled fails the requests that could not be prepared, with all others in their workers.
func (m *hostModel) startsSettled() {
	if m.does.Start == "ok" || m.does.Start == "wait" {
		return
	}
	ended := 0
	for _, w := range m.workers {
		if w.fresh && w.cause == "" && w.told != "" {
			if kind, is := strings.CutPrefix(m.does.Start, "error:"); is && w.told != kind {
				m.Fail("worker %d ends with %s, and a request could not be prepared in it: %s", w.number, w.told, kind)
			}
			w.cause, w.available = w.told, false // it had taken the request
			m.breaks(w, nil)
			ended++
		}
	}
	for _, r := range m.requests {
		if r.worker != nil || r.want != nil || r.got == nil {
			continue
		}
		if ended--; ended < 0 || r.got.kind != "trap-or-panic" {
			m.Fail("#%d has %s, and could not be prepared", r.operation, r.got)
		}
		r.want = r.got
	}
	if ended > 0 && !slices.ContainsFunc(m.requests, func(r *hostRequest) bool { return r.abandoned && r.worker == nil }) {
		m.Fail("%d workers more have ended than requests that could not be prepared", ended)
	}
}

// workerSettled holds a worker's end, or that it goes on, against what it has come to.
func (m *hostModel) workerSettled(w *hostWorker) {
	done := len(w.tasks) == 0
	switch {
	case w.fresh && w.cause != "" && w.told != w.cause && (w.cause != aPanic && w.cause != aViolation || w.told == ""):
		m.Fail("worker %d ends with %q, and that was %s", w.number, w.told, w.cause)
	case w.fresh && w.cause == "" && w.told != "":
		m.Fail("worker %d ends with %s, and nothing has befallen it", w.number, w.told)
	case w.fresh && w.expired && !w.never && !inTime(w.at, w.expiry, w.late):
		m.Fail("worker %d ends at %s, and its time was over at %s", w.number, w.at, w.expiry)
	case w.fresh && w.cause == "" && !w.expired && (!done || !w.never && !w.spent && w.pressure <= 0 && len(m.handles) > 0):
		m.Fail("worker %d ends, and nothing has ended it", w.number)
	case w.live && (w.cause != "" || w.expired):
		m.Fail("worker %d goes on, and was to end", w.number)
	case w.live && done && !w.held && (w.never || w.pressure > 0):
		m.Fail("worker %d has nothing to do and goes on, and will never accept again", w.number)
	case w.live && done && !w.held && m.left && len(m.handles) == 0:
		m.Fail("worker %d goes on without a handle on its host", w.number)
	case w.live && len(w.expects) > 0:
		m.Fail("worker %d: its guest was to do this and has not: %s", w.number, w.expects[0])
	case w.live && m.does.Start != "wait" && m.does.Asking != "wait" && !w.unsure && !w.spins && len(m.handles) > 0:
		m.restSettled(w)
	}
	w.fresh = false
	if !w.live {
		w.expects = nil
	}
}

// restSettled holds what the embedder was asked last for a worker at rest against what it has come to.
func (m *hostModel) restSettled(w *hostWorker) {
	if w.seen != w.status || !sameInstant(w.seenAt, w.since) {
		m.Fail("worker %d is said to be %s since %s, and is %s since %s", w.number, w.seen, w.seenAt, w.status, w.since)
	}
	if w.never || w.spent || w.heard > 0 || m.synchronous && len(w.tasks) > 0 {
		return
	}
	if want := [2]int{w.inFlight(), w.accepted}; w.asked != want {
		m.Fail("the policy was last told of worker %d that it had %d in flight of %d, and it has %d of %d",
			w.number, w.asked[0], w.asked[1], want[0], want[1])
	}
}

// spawned holds who was given the request of this command against who was available.
func (m *hostModel) spawned() {
	r := m.handed
	if r == nil || !m.certain {
		return
	}
	var live, willing []*hostWorker
	for _, w := range m.before {
		if !m.ending[w] {
			live = append(live, w)
		}
		if m.willing[w] {
			willing = append(willing, w)
		}
	}
	switch {
	case len(m.before) == 0:
		if m.begun != 1 && !m.crowd {
			m.Fail("#%d finds no worker that is available, and %d are started", r.operation, m.begun)
		}
		if r.direct == nil {
			m.Fail("#%d finds no worker that is available, and none is started", r.operation)
		}
		return
	case m.begun > 0 && (m.does.Asking == "wait" || len(willing) > 0 || len(live) < len(m.before)):
		m.Fail("#%d finds a worker that is available, and another is started", r.operation)
	case m.does.Asking != "wait" && m.does.Drop != "wait" && len(live) == len(m.before) && len(willing) == 0 && m.begun != 1 && !m.crowd:
		m.Fail("#%d finds nobody who will take it, and %d workers are started", r.operation, m.begun)
	case m.does.Asking != "wait" && m.does.Drop != "wait" && len(willing) > 0 && m.does.Start == "ok" && !slices.Contains(willing, r.worker):
		m.Fail("#%d is not served by a worker that would take it", r.operation)
	}
}

// served sees that nobody is forgotten.
func (m *hostModel) served() {
	if !m.waits() {
		for _, r := range m.requests {
			if r.open() {
				m.Fail("#%d is forgotten", r.operation)
			}
		}
		return
	}
	available, certain := m.available()
	if !certain || len(available) > 0 || len(m.queue()) == 0 {
		return
	}
	if !slices.ContainsFunc(m.workers, func(w *hostWorker) bool { return w.starting && !w.direct }) {
		m.Fail("#%d is queued, and nobody is there for the queue", m.queue()[0].operation)
	}
}
