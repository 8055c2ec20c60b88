package proxy_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

func TestThePolicyIsAskedWithBothCounts(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		var asked []string
		w.accept = func(_, concurrent, total int) proxy.ShouldAccept {
			asked = append(asked, fmt.Sprint(concurrent, "/", total))
			return proxy.Yes
		}
		w.begin("a", "wait:x respond:a wait:y")
		w.begin("b", "wait:x respond:b")
		w.open("x")
		w.begin("c", "respond:c")
		w.open("y")
		// A direct request is not asked about. After it, every turn asks, unless a task could run while others
		// have requests in flight.
		if got := fmt.Sprint(asked); got != "[1/1 1/1 2/2 0/2 0/2 0/3 0/3 0/3]" {
			t.Errorf("asked with %s", got)
		}
	})
}

func TestNeverEndsTheWorkerWhenItsWorkIsDone(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.accept = func(_, _, total int) proxy.ShouldAccept {
			if total >= 1 {
				return proxy.Never
			}
			return proxy.Yes
		}
		w.begin("a", "wait:x respond:a wait:y")
		w.begin("b", "respond:b")
		w.expectAll("1.1 starts a", "2.1 starts b", "b = b", "2 dropped <nil>")
		w.open("x")
		w.expect("a = a")
		w.open("y")
		w.expect("1 dropped <nil>")
	})
}

func TestASecondRequestEntersOnlyWhenTheFirstIsBlocked(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "wait:x respond:a")
		w.begin("b", "count")
		w.expect("1.1 starts a, 1.2 starts b, b = 2")
	})
}

// While the policy is asked, what the first request waits for comes: its task goes
// on before anything else, and may keep control for long.
func TestATaskThatCanRunKeepsRequestsOut(t *testing.T) {
	for name, test := range map[string]struct {
		asked int // which question of the policy it is
		want  string
	}{
		"nothing is queued":   {1, "1.1 starts a, a goes on, 2.1 starts b, b = b"},
		"a request is queued": {2, "1.1 starts a, 2.1 starts b, b = b, a goes on"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, "actor", func(t *testing.T, w *world) {
				asked := 0
				w.accept = func(worker, _, _ int) proxy.ShouldAccept {
					if worker == 1 {
						if asked++; asked == test.asked {
							w.openReal("x")
							// So that what is started instead comes to an end first.
							defer time.Sleep(time.Second)
						}
					}
					return proxy.Yes
				}
				w.enter = func(*proxy.Task, string) {
					time.Sleep(time.Second)
					w.say("a goes on")
					<-w.gate("control").opened
				}
				w.begin("a", "wait:x enter:a respond:a")
				sleep(time.Minute)
				w.begin("b", "respond:b")
				sleep(time.Minute)
				w.expect(test.want)
			})
		})
	}
}

func TestBackPressureOfTheGuestMakesItsWorkerUnavailable(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		asked := 0
		w.begin("a", "pressure:on wait:x pressure:off respond:a wait:z")
		w.accept = func(worker, _, _ int) proxy.ShouldAccept {
			if worker == 1 {
				asked++
			}
			return proxy.Yes
		}
		w.begin("b", "wait:z respond:b")
		w.expect("1.1 starts a, 2.1 starts b")
		if asked != 0 {
			t.Error("the policy was asked under back-pressure")
		}
		w.open("x")
		w.begin("c", "count")
		if asked == 0 {
			t.Error("the policy was not asked after back-pressure")
		}
	})
}

func TestBackPressureWithoutATaskEndsTheWorker(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "pressure:on respond:a")
		w.expectAll("1.1 starts a", "1 dropped <nil>", "a = a")
	})
}

func TestWorkAfterTheResponseDoesNotKeepRequestsOut(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		var statuses []proxy.WorkerStatus
		w.deadline = func(s proxy.WorkerStatus, _ time.Time) (none time.Time) { statuses = append(statuses, s); return none }
		w.begin("a", "respond:a wait:x")
		w.begin("b", "wait:y respond:b")
		w.expect("1.1 starts a, a = a, 1.2 starts b")
		if got := fmt.Sprint(statuses); got != "[requests post-return requests]" {
			t.Errorf("statuses %s", got)
		}
	})
}

func TestErrorsAndMissingResponsesDoNotEndReuse(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "error:DNS-timeout")
		w.begin("b", "yield")
		w.begin("c", "count")
		w.expect("1.1 starts a, a: guest answered with the error DNS-timeout, 1.2 starts b, " +
			"b: guest returned without a response, 1.3 starts c, c = 3")
	})
}

func TestStatuses(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		start := time.Now()
		var seen []string
		w.deadline = func(s proxy.WorkerStatus, since time.Time) (none time.Time) {
			seen = append(seen, fmt.Sprint(s, " ", since.Sub(start)))
			return none
		}
		expect := func(want string) {
			t.Helper()
			if got := fmt.Sprint(seen); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			seen = nil
		}
		w.begin("a", "wait:a respond:a")
		expect("[requests 0s]")
		time.Sleep(time.Second)
		w.begin("b", "wait:b respond:b")
		w.begin("c", "wait:c respond:c")
		expect("[requests 1s]")
		time.Sleep(time.Second)
		w.begin("d", "wait:d respond:d")
		expect("[requests 2s]")
		time.Sleep(time.Second)
		w.open("d") // the most recent of those that remain: the start moves back
		expect("[requests 1s]")
		w.open("b") // c was accepted at the same time
		expect("[]")
		w.open("c")
		expect("[requests 0s]")
		time.Sleep(time.Second)
		w.open("a")
		expect("[post-return 4s idle 4s]")
	})
}

func TestIdleBeginsWithTheWorker(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.deadline = func(s proxy.WorkerStatus, since time.Time) time.Time {
			if s == proxy.Idle {
				return since.Add(time.Second)
			}
			return time.Time{}
		}
		w.begin("a", "respond:a")
		w.expect("1.1 starts a, a = a")
		time.Sleep(999 * time.Millisecond)
		synctest.Wait()
		w.expect("")
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		w.expect("1 dropped <nil>")
	})
}

// A request that is queued at the instant of idle expiry is served (ST-8).
func TestAQueuedRequestWinsOverIdleExpiry(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.deadline = func(s proxy.WorkerStatus, since time.Time) time.Time {
			if s == proxy.Idle {
				return since.Add(time.Second)
			}
			return time.Time{}
		}
		w.begin("a", "count")
		time.Sleep(time.Second)
		w.begin("b", "count")
		w.expect("1.1 starts a, a = 1, 1.2 starts b, b = 2")
	})
}
