package properties

import (
	"slices"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// hostModel is a host: what its workers and its guests are to do. Which of several workers that would take a request does take it
// is left open, and read off what happens; so is how often somebody is asked. Beyond what is certain it expects nothing: while a
// hook is held, what its worker has come to is not seen.
type hostModel struct {
	*Run
	synchronous bool
	does        script.HostSettings
	byWorker    map[int]script.HostSettings
	handles     []int
	made        int // handles, ever
	requests    []*hostRequest
	workers     []*hostWorker
	now         script.Duration
	spare       int // workers that may be started for the queue: as often as one may have become unavailable

	// Of the command that is carried out.
	handed  *hostRequest
	before  []*hostWorker        // who was available
	certain bool                 // that this is all of them
	ending  map[*hostWorker]bool // those of them whose drop hook is held
	willing map[*hostWorker]bool // those of them whose policy would say yes
	crowd   bool                 // requests were queued before
	left    bool                 // a handle goes away
	begun   int                  // instantiations
}

// sameInstant tells whether two instants are the same but for what a timer may be late.
func sameInstant(a, b script.Duration) bool {
	return max(a, b)-min(a, b) < script.Duration(time.Microsecond)
}

// inTime tells whether something was at the instant at which it was due, or so much later.
func inTime(was, due, late script.Duration) bool {
	return sameInstant(was, due) || was > due && was < due+late || sameInstant(was, due+late)
}

// request returns the request of an operation.
func (m *hostModel) request(operation int) *hostRequest {
	index := slices.IndexFunc(m.requests, func(r *hostRequest) bool { return r.operation == operation })
	if index < 0 {
		m.Fail("there was no operation %d", operation)
	}
	return m.requests[index]
}

// queue lists the requests that nobody has accepted, and for which no worker was started.
func (m *hostModel) queue() []*hostRequest {
	var queue []*hostRequest
	for _, r := range m.requests {
		if r.open() && r.direct == nil {
			queue = append(queue, r)
		}
	}
	return queue
}

// pending tells whether a worker may be started for the queue: also for a request that was given up there.
func (m *hostModel) pending() bool {
	return slices.ContainsFunc(m.requests, func(r *hostRequest) bool {
		return r.worker == nil && r.direct == nil && (r.got == nil || r.abandoned)
	})
}

// waits tells whether a hook is held.
func (m *hostModel) waits() bool {
	return m.does.Asking == "wait" || m.does.Instantiate == "wait" || m.does.Start == "wait" || m.does.Drop == "wait"
}

// available lists who counts as available, and tells whether it is known of everybody.
func (m *hostModel) available() (workers []*hostWorker, certain bool) {
	certain = true
	for _, w := range m.workers {
		switch {
		case w.unsure && (w.live || m.does.Drop == "wait"):
			certain = false
		case w.available && (w.live || m.does.Drop == "wait"):
			workers = append(workers, w)
		}
	}
	return workers, certain && m.does.Start != "wait"
}

// policy is what the policy would answer to a worker now.
func (m *hostModel) policy(w *hostWorker) string {
	does := m.does
	if own, differs := m.byWorker[w.number]; differs {
		does = own
	}
	switch {
	case does.Accept != "limits":
		return does.Accept
	case does.MaxTotal > 0 && w.accepted >= does.MaxTotal:
		return "never"
	case does.MaxConcurrent > 0 && w.inFlight() >= does.MaxConcurrent:
		return "no"
	default:
		return "yes"
	}
}

// on takes a step on a host and holds what happens against the model.
func (m *hostModel) on(host int, step script.HostStep) {
	m.begins()
	command := script.Command{Do: script.OnHost, Host: host, HostStep: &step}
	switch step.Op {
	case script.Handle:
		m.operations++
		command.Operation = m.operations
		m.handed = &hostRequest{operation: m.operations, program: step.Program, data: step.Data}
		m.requests = append(m.requests, m.handed)
		for _, w := range m.before {
			w.held = w.held || m.does.Asking == "wait"
		}
	case script.OpenGate:
		for _, w := range m.workers {
			for _, t := range slices.Clone(w.tasks) {
				if t.gate == step.Gate && w.live && !t.ended {
					w.behind = w.inFlight() == 0
					m.goesOn(w, t)
					if limit := m.limit(w.status); limit != nil && w.since+*limit <= m.now && w.cause == "" {
						m.expires(w) // the instant since which its status lasts has moved backwards
					}
					if m.does.Asking == "wait" {
						w.held, w.unsure = true, true
					}
				}
			}
		}
	case script.SetHost:
		m.set(*step.Settings)
	case script.DropHost:
		m.handles, m.left = without(m.handles, host), true
	}
	m.follow(m.Do(command))
}

// begins notes what a command finds.
func (m *hostModel) begins() {
	m.handed, m.begun = nil, 0
	m.before, m.certain = m.available()
	m.ending, m.willing = map[*hostWorker]bool{}, map[*hostWorker]bool{}
	m.crowd, m.left = m.pending(), false
	for _, w := range m.before {
		m.ending[w] = !w.live
		m.willing[w] = w.live && m.policy(w) == "yes"
	}
	for _, w := range m.workers {
		w.most, w.behind = w.inFlight(), false
	}
}

// set changes what the embedder does.
func (m *hostModel) set(next script.HostSettings) {
	if next.Worker != 0 {
		m.byWorker[next.Worker] = next
		return
	}
	if next.Accept != "" {
		m.does.Accept, m.does.MaxTotal, m.does.MaxConcurrent = next.Accept, next.MaxTotal, next.MaxConcurrent
	}
	if next.Asking != "" {
		m.does.Asking = next.Asking
		for _, w := range m.workers {
			w.held = false
		}
	}
	if next.Instantiate != "" {
		m.does.Instantiate = next.Instantiate
	}
	if next.Start != "" {
		m.does.Start = next.Start
	}
	if next.Drop != "" {
		if m.does.Drop == "wait" && next.Drop != "wait" {
			for _, w := range m.workers {
				if w.dropped && (w.available || w.unsure) {
					w.available, w.unsure = false, false
					m.spare++
				}
			}
		}
		m.does.Drop = next.Drop
	}
}

// giveUp cancels a request.
func (m *hostModel) giveUp(r *hostRequest) {
	m.begins()
	r.abandoned = true
	r.want = &hostAnswer{event: script.Cancelled, at: m.now}
	m.follow(m.Cancel(r.operation))
}

// advance moves time. Nothing is queued meanwhile and no hook is held, so that each worker goes its own way.
func (m *hostModel) advance(by script.Duration) {
	m.begins()
	end := m.now + by
	for {
		at, due := m.earliest()
		if due == nil || at > end {
			break
		}
		m.now = max(m.now, at)
		due()
	}
	m.now = end
	m.follow(m.Advance(by))
}

// earliest is the first deadline, and what is due then. The expiration of a request comes before that of its worker.
func (m *hostModel) earliest() (at script.Duration, due func()) {
	sooner := func(deadline script.Duration, do func()) {
		if due == nil || deadline < at {
			at, due = deadline, do
		}
	}
	for _, w := range m.workers {
		if !w.live || w.cause != "" || w.expired {
			continue
		}
		for _, t := range w.tasks {
			if m.does.Request != nil && !t.answered {
				sooner(t.accepted+*m.does.Request, func() {
					w.spent, w.available = true, false
					m.answer(w, t, &hostAnswer{event: script.Failed, kind: "expired"})
				})
			}
		}
		if limit := m.limit(w.status); limit != nil && !w.held {
			sooner(w.since+*limit, func() { m.expires(w) })
		}
	}
	return at, due
}

// limit is how long a worker may stay in a status.
func (m *hostModel) limit(status string) *script.Duration {
	switch status {
	case script.IdleStatus:
		return m.does.Idle
	case script.RequestsStatus:
		return m.does.Requests
	default:
		return m.does.PostReturn
	}
}

// expires is the end of a worker whose time is over.
func (m *hostModel) expires(w *hostWorker) {
	w.expired, w.expiry = true, m.now
	if w.status == script.IdleStatus {
		return
	}
	w.cause = "timed-out"
	m.breaks(w, nil)
}

// outermost is the first of the kinds.
func outermost(kinds []string) string {
	if len(kinds) == 0 {
		return ""
	}
	return kinds[0]
}

// hostData is a request's data that no other has.
func hostData(operation int) string { return "d" + strings.Repeat("i", operation) }
