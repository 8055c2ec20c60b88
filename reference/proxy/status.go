package proxy

import "time"

// WorkerStatus is what a worker is doing (wasmtime WorkerStatus).
type WorkerStatus int

// The statuses of a worker.
const (
	// Idle: it has no task.
	Idle WorkerStatus = iota
	// Requests: it has requests in flight, and its status began when the most
	// recent one of them was accepted.
	Requests
	// PostReturn: all requests are answered or have expired, and a task of the
	// guest goes on. The status began with the last answer.
	PostReturn
)

// String is the status' name.
func (s WorkerStatus) String() string {
	switch s {
	case Idle:
		return "idle"
	case Requests:
		return "requests"
	case PostReturn:
		return "post-return"
	}
	return "unknown"
}

// setStatus enters a status and asks for its deadline, unless it was asked
// about this status and start before. The lock is held.
func (l *loop) setStatus(status WorkerStatus, since time.Time) {
	if l.asked && l.status == status && l.since.Equal(since) {
		return
	}
	l.status, l.since, l.asked = status, since, true
	l.deadline = l.askDeadline()
	l.armFor(l.deadline)
}

// askDeadline is the embedder's code, which may panic. The panic ends the
// worker, on whatever goroutine it happens.
func (l *loop) askDeadline() (deadline time.Time) {
	if l.expiration == nil {
		return time.Time{}
	}
	returned := false
	defer func() {
		if !returned {
			l.halt(&PanicError{Value: recover()})
		}
	}()
	deadline = l.expiration.Deadline(l.status, l.since)
	returned = true
	return deadline
}

// reckon sets the status after a request has left flight. The lock is held.
func (l *loop) reckon(now time.Time) {
	if l.flight.last != nil {
		l.setStatus(Requests, l.flight.last.accepted)
		return
	}
	l.setStatus(PostReturn, now)
}

// rest enters Idle unless the worker is idle already, whose start stays: it is
// that of the worker itself, if it has done nothing yet. The lock is held.
func (l *loop) rest() {
	if l.status == Idle {
		l.setStatus(Idle, l.since)
		return
	}
	l.setStatus(Idle, l.now())
}

// now is the time by which a status begins. time.Since reads one clock, where
// time.Now reads two: that was measured at half the time, three times a request.
func (l *loop) now() time.Time { return l.born.Add(time.Since(l.born)) }
