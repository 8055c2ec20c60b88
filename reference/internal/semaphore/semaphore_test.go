package semaphore

import (
	"sync"
	"sync/atomic"
	"testing"
)

// free counts the permits by taking them all, and puts them back.
func free(s *Semaphore) int {
	n := 0
	for s.TryAcquire() {
		n++
	}
	for range n {
		s.Release()
	}
	return n
}

func TestAWaiterGrantedWhileItGivesUpPassesThePermitOn(t *testing.T) {
	s := New(0)
	first, second := s.enqueue(), s.enqueue()
	s.Release() // granted to first, which has not noticed
	s.giveUp(first)
	select {
	case <-second.granted:
	default:
		t.Fatal("the permit of a waiter that gave up was lost")
	}
	s.Release()
	if n := free(s); n != 1 {
		t.Fatalf("%d permits, want 1", n)
	}
}

func TestGivingUpInAnyPlaceKeepsTheOrder(t *testing.T) {
	for gone := range 3 {
		s := New(0)
		waiters := []*waiter{s.enqueue(), s.enqueue(), s.enqueue()}
		s.giveUp(waiters[gone])
		for i, w := range waiters {
			if i == gone {
				continue
			}
			s.Release()
			select {
			case <-w.granted:
			default:
				t.Fatalf("waiter %d was passed over after %d gave up", i, gone)
			}
		}
		if n := free(s); n != 0 {
			t.Fatalf("%d permits too many", n)
		}
	}
}

func TestAcquireWithAnEndedWait(t *testing.T) {
	ended := make(chan struct{})
	close(ended)
	s := New(1)
	if !s.Acquire(ended) {
		t.Fatal("a free permit was not taken")
	}
	if s.Acquire(ended) {
		t.Fatal("a permit out of nothing")
	}
	s.Release()
	if n := free(s); n != 1 {
		t.Fatalf("%d permits, want 1", n)
	}
}

func TestPermitsBalanceUnderParallelism(t *testing.T) {
	const goroutines, rounds = 8, 20000
	for _, permits := range []int{1, 3} {
		s := New(permits)
		var held, most atomic.Int64
		var all sync.WaitGroup
		for g := range goroutines {
			all.Go(func() {
				for i := range rounds {
					done := make(chan struct{})
					switch (g + i) % 4 {
					case 0:
						close(done)
					case 1:
						go close(done)
					case 2:
						done = nil
					case 3:
						if !s.TryAcquire() {
							continue
						}
						s.Release()
						continue
					}
					if !s.Acquire(done) {
						continue
					}
					if n := held.Add(1); n > most.Load() {
						most.Store(n)
					}
					held.Add(-1)
					s.Release()
				}
			})
		}
		all.Wait()
		if n := free(s); n != permits || most.Load() > int64(permits) {
			t.Errorf("%d permits left of %d, at most %d held", n, permits, most.Load())
		}
	}
}

// A release that has seen a waiter comes to grant late: the waiter has given
// up, somebody else took the permit, and a third one waits for it.
func TestALateGrantDoesNotMakeAPermit(t *testing.T) {
	s := New(0)
	gone := s.enqueue()
	s.state.Add(1) // the first half of Release
	s.giveUp(gone)
	if !s.TryAcquire() {
		t.Fatal("the permit is not free")
	}
	third := s.enqueue()
	s.grant() // the second half
	select {
	case <-third.granted:
		t.Fatal("one permit was given to two")
	default:
	}
	s.Release()
	<-third.granted
	s.Release()
	if n := free(s); n != 1 {
		t.Fatalf("%d permits, want 1", n)
	}
}
