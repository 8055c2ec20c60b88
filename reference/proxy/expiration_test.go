package proxy_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

func sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestARequestThatExpiresFailsAlone(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.expires = time.Second
		w.begin("a", "wait:a respond:late wait:z")
		w.expires = 0
		w.begin("b", "wait:b respond:b")
		sleep(2 * time.Second)
		w.expect("1.1 starts a, 1.2 starts b, a: guest timed out")
		w.begin("c", "respond:c")
		w.expect("2.1 starts c, c = c") // the first takes no more
		w.open("a")                     // the late answer is let go
		w.open("b")
		w.expect("b = b")
		w.open("z") // the expired task was not cancelled
		w.expect("1 dropped <nil>")
	})
}

func TestARequestThatExpiresWhileThePolicyIsAskedKeepsOthersOut(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.expires = time.Second
		w.begin("a", "wait:a respond:late")
		w.expires = 0
		w.accept = func(int, int, int) proxy.ShouldAccept { <-w.gate("thought").opened; return proxy.Yes }
		w.begin("b", "respond:b")
		sleep(2 * time.Second)
		w.expect("1.1 starts a, a: guest timed out")
		w.open("thought")
		w.expect("2.1 starts b, b = b")
	})
}

func TestAnAnswerAtTheDeadlineWins(t *testing.T) {
	in(t, "pressure", func(t *testing.T, w *world) { // it answers after a second
		w.expires = time.Second
		w.begin("a", "")
		sleep(2 * time.Second)
		w.expect("1.1 starts a, a = done")
	})
}

func TestAWorkerExpiresWhileItHasRequests(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.deadline = func(s proxy.WorkerStatus, since time.Time) time.Time {
			if s == proxy.Requests {
				return since.Add(time.Second)
			}
			return time.Time{}
		}
		w.begin("a", "wait:x respond:a")
		sleep(2 * time.Second)
		w.expectAll("1.1 starts a", "1 dropped guest timed out", "a: worker trapped or panicked")
		timedOut, is := errors.AsType[*proxy.TimedOutError](w.dropped[0])
		if !is || timedOut.Status != proxy.Requests {
			t.Errorf("dropped with %v", w.dropped[0])
		}
	})
}

func TestAWorkerExpiresInItsWorkAfterTheResponse(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.deadline = func(s proxy.WorkerStatus, since time.Time) time.Time {
			if s == proxy.PostReturn {
				return since.Add(time.Second)
			}
			return time.Time{}
		}
		w.begin("a", "respond:a wait:x")
		sleep(2 * time.Second)
		w.expect("1.1 starts a, a = a, 1 dropped guest timed out")
	})
}

// Both the request and its worker are due: the request's own expiration counts
// (ST-7).
func TestARequestsOwnExpirationCountsFirst(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.deadline = func(s proxy.WorkerStatus, since time.Time) time.Time {
			if s == proxy.Requests {
				return since.Add(time.Second)
			}
			return time.Time{}
		}
		w.begin("a", "wait:x respond:a")
		w.expires = time.Second
		w.begin("b", "wait:x respond:b")
		sleep(2 * time.Second)
		w.expectAll("1.1 starts a", "1.2 starts b", "b: guest timed out", "1 dropped guest timed out", "a: worker trapped or panicked")
	})
}

func TestASynchronousGuestExpiresInsideTheHost(t *testing.T) {
	in(t, "actor-sync", func(t *testing.T, w *world) {
		w.expires = time.Second
		w.deadline = func(s proxy.WorkerStatus, since time.Time) time.Time {
			if s == proxy.PostReturn {
				return since.Add(time.Second)
			}
			return time.Time{}
		}
		w.begin("a", "wait:x respond:a")
		sleep(1500 * time.Millisecond)
		w.expect("1.1 starts a, a: guest timed out")
		sleep(time.Second)
		w.expect("1 dropped guest timed out")
	})
}

func TestAnAnsweredSynchronousRequestDoesNotExpire(t *testing.T) {
	in(t, "actor-sync", func(t *testing.T, w *world) {
		w.expires = time.Second
		w.begin("a", "respond:a wait:x")
		sleep(2 * time.Second)
		w.expect("1.1 starts a, a = a")
	})
}
