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

// setStatus enters a status, which begins at an age of the worker, and asks for
// its deadline, unless it was asked about this status and start before. Without
// an expiration there is nobody to ask. The lock is held.
func (l *loop) setStatus(status WorkerStatus, since time.Duration) {
	if l.expiration == nil || l.asked && l.status == status && l.since == since {
		return
	}
	l.status, l.since, l.asked = status, since, true
	l.deadline = l.askDeadline()
	l.armFor(l.deadline)
}

// askDeadline is the embedder's code, which may panic. The panic ends the
// worker, on whatever goroutine it happens.
func (l *loop) askDeadline() (deadline time.Time) {
	returned := false
	defer func() {
		if !returned {
			l.halt(&PanicError{Value: recover()})
		}
	}()
	deadline = l.expiration.Deadline(l.status, l.born.Add(l.since))
	returned = true
	return deadline
}

// reckon sets the status after a request has left flight. The lock is held.
func (l *loop) reckon(age time.Duration) {
	if l.flight.last != nil {
		l.setStatus(Requests, l.flight.last.accepted)
		return
	}
	l.setStatus(PostReturn, age)
}

// rest enters Idle unless the worker is idle already, whose start stays: it is
// that of the worker itself, if it has done nothing yet. It returns the worker's
// age. The lock is held.
func (l *loop) rest() (age time.Duration) {
	age = l.age()
	if l.status == Idle {
		l.setStatus(Idle, l.since)
		return age
	}
	l.setStatus(Idle, age)
	return age
}

// age is how long there has been the worker; nobody wants to know if there is no
// expiration. time.Since reads one clock, where time.Now reads two: that was
// measured at half the time, three times a request.
func (l *loop) age() time.Duration {
	if l.expiration == nil {
		return 0
	}
	return time.Since(l.born)
}
