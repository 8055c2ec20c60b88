package proxy

import (
	"net/http"
	"sync"
	"time"
)

// loop is what one instance is doing: its tasks, the requests in flight, the
// worker's status. Only the worker's goroutine enters the guest; events, timers
// and expirations come from others.
type loop struct {
	guest      *Guest
	expiration WorkerExpiration
	born       time.Time
	stop       chan struct{} // closed when the worker has to end
	wake       chan struct{} // the worker's
	current    *Task         // whose code runs; only the worker's goroutine uses it
	turn       int           // tasks started; likewise

	mu        sync.Mutex
	stopped   bool  // stop is closed
	cause     error // why, if not in order
	accepting bool  // more requests may be taken, as far as it depends on the past
	pressure  int   // of the guest
	alive     []*Task
	runnable  fifo[*Task]
	flight    flight

	status   WorkerStatus
	since    time.Time
	asked    bool
	deadline time.Time // of the status
	timer    *time.Timer
	armed    time.Time // the deadline that the timer is set for
}

func newLoop(guest *Guest, expiration WorkerExpiration, wake chan struct{}) *loop {
	l := &loop{
		guest:      guest,
		expiration: expiration,
		stop:       make(chan struct{}),
		wake:       wake,
		accepting:  true,
		since:      time.Now(),
	}
	l.born = l.since
	guest.attach(l)
	return l
}

// willing tells whether another request may be taken as far as past and guest go,
// how many are in flight, and whether a task could run.
func (l *loop) willing() (concurrent int, busy, willing bool) {
	// What is there to look at is looked at now.
	select {
	case <-l.wake:
	default:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flight.count, l.runnable.len() > 0, l.accepting && l.pressure == 0 && !l.stopped
}

// ending tells whether the worker ends now.
func (l *loop) ending() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopped || len(l.alive) == 0 && l.spent()
}

// spent tells whether a worker without a task can take no more requests: a guest
// without a task cannot take back its back-pressure. The lock is held.
func (l *loop) spent() bool { return !l.accepting || l.pressure > 0 }

// retire has no more requests taken.
func (l *loop) retire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepting = false
}

// admit takes a request in, unless the worker has been stopped.
func (l *loop) admit(t *Task) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return false
	}
	l.turn++
	t.id, t.loop, t.accepted = uint32(l.turn), l, l.now()
	t.place = len(l.alive)
	l.alive = append(l.alive, t)
	l.flight.add(t)
	l.setStatus(Requests, t.accepted)
	return true
}

// begin lets an admitted task run.
func (l *loop) begin(t *Task, deadline time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return
	}
	t.deadline = deadline
	if t.flying {
		l.armFor(deadline)
	}
	l.runnable.push(t)
}

// next is the task whose turn it is, and what it is to be told; nil if all are
// blocked.
func (l *loop) next() (*Task, event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, is := l.runnable.pop()
	if !is || l.stopped {
		return nil, event{}
	}
	if t.waiting {
		t.waiting = false
		e, _ := t.events.pop()
		return t, e
	}
	return t, event{}
}

// deliver gives an event to a task: at once if it waits, otherwise when it does.
func (l *loop) deliver(t *Task, e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tell(t, e)
}

// ring is the firing of a timer.
func (l *loop) ring(t *Task, number uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(t.timers, number)
	l.tell(t, event{eventTimer, number})
}

// tell is deliver with the lock held.
func (l *loop) tell(t *Task, e event) {
	if l.stopped || t.gone {
		return
	}
	t.events.push(e)
	if t.waiting && t.events.len() == 1 {
		l.runnable.push(t)
		signal(l.wake)
	}
}

// block has a task wait for its next event.
func (l *loop) block(t *Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.waiting = true
	if t.events.len() > 0 {
		l.runnable.push(t)
	}
}

// postpone gives a task its next turn after the others'.
func (l *loop) postpone(t *Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runnable.push(t)
}

// answer ends a request. It is false if the request had its end before.
func (l *loop) answer(t *Task, response *http.Response, err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !t.flying {
		return false
	}
	l.flight.remove(t)
	t.settle(response, err)
	l.reckon(l.now())
	return true
}

// finish is the end of a task that the guest has returned from.
func (l *loop) finish(t *Task) {
	l.answer(t, nil, &NoResponseError{})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return
	}
	last := len(l.alive) - 1
	l.alive[t.place] = l.alive[last]
	l.alive[t.place].place = t.place
	l.alive[last] = nil
	l.alive = l.alive[:last]
	t.end(&BodyError{})
}

// halt ends the worker: the requests in flight are answered, and a guest that
// runs is told to stop. Only the first cause counts. The lock is held.
func (l *loop) halt(cause error) {
	if l.stopped {
		return
	}
	l.stopped, l.cause = true, cause
	if l.timer != nil {
		l.timer.Stop()
	}
	answer := error(&TrapOrPanicError{})
	if l.guest.Synchronous() {
		// Whose doing it was is certain then.
		switch cause.(type) { //nolint:errorlint // the cause itself
		case *TrapError, *ViolationError:
			answer = cause
		}
	}
	for t := l.flight.first; t != nil; t = l.flight.first {
		l.flight.remove(t)
		t.settle(nil, answer)
	}
	for _, t := range l.alive {
		t.end(&TrapOrPanicError{})
	}
	close(l.stop)
	signal(l.wake)
}

// halted is halt without the lock.
func (l *loop) halted(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.halt(cause)
}
