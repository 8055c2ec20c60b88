// Package semaphore is a counting semaphore whose waiters are served in order
// of arrival, one for each permit that is released. The layers that limit
// stand on it; it knows nothing of services.
package semaphore

import (
	"sync"
	"sync/atomic"
)

// Semaphore holds a number of permits. It may be used by several goroutines at
// once.
type Semaphore struct {
	// state is total permits - permits held - waiters, at every moment. While
	// it is positive a permit is free for anybody; nobody needs the lock to
	// take that one, nor to return one while nobody waits.
	state atomic.Int64

	mu          sync.Mutex
	first, last *waiter
	waiting     int64 // how many are in the list
}

// waiter is in the list until it is granted a permit or gives up, whichever
// happens first under the lock. Its channel is made for each wait and not kept
// for the next: a channel of a testing/synctest bubble must not be used
// outside it.
type waiter struct {
	granted        chan struct{}
	previous, next *waiter
	queued         bool
}

// New returns a semaphore with n permits, all free; n is not negative.
func New(n int) *Semaphore {
	s := new(Semaphore)
	s.state.Store(int64(n))
	return s
}

// TryAcquire takes a permit if one is free.
func (s *Semaphore) TryAcquire() bool {
	n := s.state.Load()
	return n > 0 && (s.state.CompareAndSwap(n, n-1) || s.tryAgain())
}

// tryAgain is apart so that the usual case can be inlined.
func (s *Semaphore) tryAgain() bool {
	for {
		n := s.state.Load()
		if n <= 0 {
			return false
		}
		if s.state.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// Acquire takes a permit, waiting for one until done is closed, and reports
// whether it did. A permit that is free is taken even if done is closed; if it
// is closed and none is free, Acquire does not wait. A nil done never ends.
func (s *Semaphore) Acquire(done <-chan struct{}) bool {
	if s.TryAcquire() {
		return true
	}
	select {
	case <-done:
		return false
	default:
	}
	w := s.enqueue()
	if w == nil {
		return true
	}
	if done == nil {
		<-w.granted
		return true
	}
	select {
	case <-w.granted:
		return true
	case <-done:
		s.giveUp(w)
		return false
	}
}

// Release returns a permit, to the first waiter if there is one.
func (s *Semaphore) Release() {
	if s.state.Add(1) <= 0 {
		s.grant()
	}
}

// enqueue joins the queue; it returns nil if a permit was free after all.
func (s *Semaphore) enqueue() *waiter {
	w := &waiter{granted: make(chan struct{})}
	s.mu.Lock()
	// One less is a permit taken or a waiter more, whichever it was.
	if s.state.Add(-1) >= 0 {
		s.mu.Unlock()
		return nil
	}
	s.waiting++
	w.queued = true
	w.previous = s.last
	if s.last == nil {
		s.first = w
	} else {
		s.last.next = w
	}
	s.last = w
	s.mu.Unlock()
	return w
}

// grant gives a permit to the first waiter, for a release that found waiters.
// By now they may have given up, and others taken the permit and begun to wait:
// one may be granted only if state + waiting, which is the number of permits
// not held, is positive. No release is missed: what raises that sum above zero
// while somebody waits always comes here.
func (s *Semaphore) grant() {
	s.mu.Lock()
	w := s.first
	if w == nil || s.state.Load()+s.waiting <= 0 {
		s.mu.Unlock()
		return
	}
	s.remove(w)
	s.mu.Unlock()
	close(w.granted)
}

// giveUp leaves the queue. A permit granted in the meantime goes on to the
// next waiter.
func (s *Semaphore) giveUp(w *waiter) {
	s.mu.Lock()
	queued := w.queued
	if queued {
		s.remove(w)
		s.state.Add(1)
	}
	s.mu.Unlock()
	if !queued {
		s.Release()
	}
}

// remove takes w out of the queue.
func (s *Semaphore) remove(w *waiter) {
	if w.previous == nil {
		s.first = w.next
	} else {
		w.previous.next = w.next
	}
	if w.next == nil {
		s.last = w.previous
	} else {
		w.next.previous = w.previous
	}
	w.previous, w.next, w.queued = nil, nil, false
	s.waiting--
}
