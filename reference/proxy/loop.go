package proxy

import (
	"sync"
	"sync/atomic"
	"time"
)

// loop is what one instance is doing: its tasks, the requests in flight, the
// worker's status. Only whoever leads the worker enters the guest; events, timers
// and expirations come from other goroutines.
type loop struct {
	guest       *Guest // only whoever leads uses it
	synchronous bool   // the guest is
	expiration  WorkerExpiration
	born        time.Time
	stop        chan struct{} // closed when the worker has to end
	wake        chan struct{} // the worker's
	current     *Task         // whose code runs; only whoever leads uses it
	turn        int           // tasks started; likewise

	mu        sync.Mutex
	stopped   atomic.Bool // stop is closed; set under the lock
	cause     error       // why, if not in order
	accepting bool        // more requests may be taken, as far as it depends on the past
	pressure  int         // of the guest
	alive     []*Task
	runnable  fifo[*Task]
	spare     []*activation
	flight    flight

	status   WorkerStatus
	since    time.Duration // after birth
	asked    bool
	deadline time.Time // of the status
	timer    *time.Timer
	armed    time.Time // the deadline that the timer is set for
}

func newLoop(guest *Guest, expiration WorkerExpiration, wake chan struct{}) *loop {
	l := &loop{
		guest:       guest,
		synchronous: guest.Synchronous(),
		expiration:  expiration,
		stop:        make(chan struct{}),
		wake:        wake,
		accepting:   true,
		born:        time.Now(),
	}
	guest.attach(l)
	return l
}

// willing tells whether another request may be taken as far as past and guest go,
// how many are in flight, and whether a task could run.
func (l *loop) willing() (concurrent int, busy, willing bool) {
	if len(l.wake) > 0 {
		select { // what is there to look at is looked at now
		case <-l.wake:
		default:
		}
	}
	if len(l.alive) == 0 {
		return 0, false, !l.spent() && !l.stopped.Load()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expireOverdue()
	return l.flight.count, l.runnable.len() > 0, !l.spent() && !l.stopped.Load()
}

// spent tells whether a worker without a task can take no more requests: a guest
// without a task cannot take back its back-pressure. The lock is held, or whoever
// leads the worker asks while there is no task.
func (l *loop) spent() bool { return !l.accepting || l.pressure > 0 }

// retire has no more requests taken.
func (l *loop) retire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepting = false
}

// admit takes a request in, unless the worker has been stopped or takes no more.
func (l *loop) admit(t *Task) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped.Load() || !l.accepting {
		return false
	}
	l.turn++
	t.id, t.loop, t.activation = uint32(l.turn), l, l.activation()
	t.accepted = l.age()
	t.place = len(l.alive)
	l.alive = append(l.alive, t)
	l.flight.add(t)
	l.setStatus(Requests, t.accepted)
	return true
}

// activation is one for a task that comes. The lock is held.
func (l *loop) activation() *activation {
	last := len(l.spare) - 1
	if last < 0 {
		return &activation{}
	}
	a := l.spare[last]
	l.spare = l.spare[:last]
	return a
}

// begin lets an admitted task run. It returns true if that is to be at once and
// no other could run.
func (l *loop) begin(t *Task, deadline time.Time, atOnce bool) bool {
	if atOnce && deadline.IsZero() && len(l.alive) == 1 && !l.stopped.Load() {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped.Load() {
		return false
	}
	t.deadline = deadline
	if t.flying {
		l.armFor(deadline)
	}
	if atOnce && l.runnable.len() == 0 {
		return true
	}
	l.runnable.push(t)
	return false
}

// next is the task whose turn it is, and what it is to be told; nil if all are
// blocked.
func (l *loop) next() (*Task, event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, is := l.runnable.pop()
	if !is || l.stopped.Load() {
		return nil, event{}
	}
	if t.waiting {
		t.waiting = false
		e, _ := t.mail.events.pop()
		return t, e
	}
	return t, event{}
}

// The prospects of a worker.
const (
	ends   = iota // it is stopped, or has nothing left to do
	runs          // a task can run
	sleeps        // it has to wait
)

// prospect is what a worker has before it. One without a task is idle.
func (l *loop) prospect(closed bool) int {
	if l.expiration == nil && len(l.alive) == 0 && !closed && !l.spent() && !l.stopped.Load() {
		return sleeps
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.stopped.Load():
		return ends
	case l.runnable.len() > 0:
		return runs
	case len(l.alive) > 0:
		return sleeps
	case closed, l.spent():
		return ends
	}
	age := l.rest()
	if l.stopped.Load() || passed(l.deadline, l.born.Add(age)) {
		return ends
	}
	return sleeps
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
	if t.activation != nil {
		delete(t.mail.timers, number)
	}
	l.tell(t, event{eventTimer, number})
}

// tell is deliver with the lock held.
func (l *loop) tell(t *Task, e event) {
	if l.stopped.Load() || t.activation == nil {
		return
	}
	m := t.mailbox()
	m.events.push(e)
	if t.waiting && m.events.len() == 1 {
		l.runnable.push(t)
		signal(l.wake)
	}
}

// block has a task wait for its next event.
func (l *loop) block(t *Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.waiting = true
	if t.mail != nil && t.mail.events.len() > 0 {
		l.runnable.push(t)
	}
}

// postpone gives a task its next turn after the others'.
func (l *loop) postpone(t *Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runnable.push(t)
}

// answer ends a request, with its reply or with an error. It is false if the request
// had its end before.
func (l *loop) answer(t *Task, err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.settle(t, err)
}

// settle is answer with the lock held.
func (l *loop) settle(t *Task, err error) bool {
	if !t.flying {
		return false
	}
	l.flight.remove(t)
	t.settle(err)
	l.reckon(l.age())
	return true
}

// finish is the end of a task that the guest has returned from.
func (l *loop) finish(t *Task) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle(t, &NoResponseError{})
	if l.stopped.Load() {
		return
	}
	last := len(l.alive) - 1
	l.alive[t.place] = l.alive[last]
	l.alive[t.place].place = t.place
	l.alive[last] = nil
	l.alive = l.alive[:last]
	var failure error
	if t.output != nil {
		failure = &BodyError{}
	}
	t.end(failure)
	*t.activation = activation{}
	l.spare, t.activation = append(l.spare, t.activation), nil
}

// halt ends the worker: the requests in flight are answered, and a guest that
// runs is told to stop. Only the first cause counts. The lock is held.
func (l *loop) halt(cause error) {
	if l.stopped.Load() {
		return
	}
	l.cause = cause
	l.stopped.Store(true)
	if l.timer != nil {
		l.timer.Stop()
	}
	answer := error(&TrapOrPanicError{})
	if l.synchronous {
		// Whose doing it was is certain then.
		switch cause.(type) { //nolint:errorlint // the cause itself
		case *TrapError, *ViolationError:
			answer = cause
		}
	}
	for t := l.flight.first; t != nil; t = l.flight.first {
		l.flight.remove(t)
		t.settle(answer)
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

// forget lets go of the instance, the embedder and the tasks. A response leads to
// its task, and that to the loop, for as long as its reader keeps it.
func (l *loop) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.guest, l.expiration = nil, nil
	l.current, l.alive, l.runnable, l.spare = nil, nil, fifo[*Task]{}, nil
}
