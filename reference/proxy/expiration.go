package proxy

import "time"

// armFor sees to it that the timer fires soon after the deadline, if there is
// one. A timer that is set for an earlier time stays: it finds nothing due
// then, and is set anew. So a worker whose deadline moves with every request
// does not set its timer with every request. The lock is held.
//
// It fires a nanosecond, the resolution of the clock, late: timers of one
// instant fire in no particular order, and an answer that is due at the deadline
// is to come first.
func (l *loop) armFor(deadline time.Time) {
	if deadline.IsZero() || l.stopped.Load() || !l.armed.IsZero() && !deadline.Before(l.armed) {
		return
	}
	l.armed = deadline
	wait := time.Until(deadline)
	if wait < maxWait {
		wait++
	}
	if l.timer == nil {
		l.timer = time.AfterFunc(wait, l.expire)
		return
	}
	l.timer.Reset(wait)
}

const maxWait = 1<<63 - 1

// passed tells whether there is a deadline and its instant is over.
func passed(deadline, now time.Time) bool { return !deadline.IsZero() && now.After(deadline) }

// expire does what is due. It runs on the timer's goroutine, so that a guest
// that does not return control is no obstacle.
func (l *loop) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped.Load() {
		return
	}
	l.armed = time.Time{}
	now := time.Now()
	l.expireRequests(now)
	if passed(l.deadline, now) {
		// An idle worker looks at the queue once more before it ends.
		if l.status != Idle {
			l.halt(&TimedOutError{l.status})
			return
		}
	} else {
		l.armFor(l.deadline)
	}
	for t := l.flight.first; t != nil; t = t.next {
		l.armFor(t.deadline)
	}
	signal(l.wake)
}

// expireOverdue ends a worker whose time is over already: when the latest of its
// requests is answered, its status is again that of an earlier one, which may have
// begun long ago. Whether the timer or the next request is first would be chance.
// The lock is held.
func (l *loop) expireOverdue() {
	if l.stopped.Load() || l.status == Idle || l.deadline.IsZero() {
		return
	}
	now := time.Now()
	if !passed(l.deadline, now) {
		return
	}
	if l.expireRequests(now); passed(l.deadline, now) {
		l.halt(&TimedOutError{l.status})
	}
}

// expireRequests answers the requests whose deadline has passed. Their tasks go
// on; the worker takes no more requests. The lock is held.
func (l *loop) expireRequests(now time.Time) {
	expired := false
	for t := l.flight.first; t != nil; {
		next := t.next
		if passed(t.deadline, now) {
			l.flight.remove(t)
			t.settle(&ExpirationError{})
			expired = true
		}
		t = next
	}
	if expired {
		l.accepting = false
		l.reckon(now.Sub(l.born))
	}
}
