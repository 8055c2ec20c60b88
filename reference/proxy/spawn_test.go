package proxy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

func TestNewInstantiatesNothing(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		if w.workers != 0 {
			t.Errorf("%d instances", w.workers)
		}
		if w.handler.State() != proxy.HandlerState[string](w) {
			t.Error("State is not what New was given")
		}
	})
}

func TestNilStateIsRefused(t *testing.T) {
	_, err := proxy.New[string](nil)
	if refused, is := errors.AsType[*parameter.Error](err); !is || refused.Parameter != "state" {
		t.Errorf("got %v", err)
	}
}

func TestCopiesShareWorkers(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "count")
		w.handler = func(h proxy.ProxyHandler[string]) proxy.ProxyHandler[string] { return h }(w.handler)
		w.begin("b", "count")
		w.expect("1.1 starts a, a = 1, 1.2 starts b, b = 2")
	})
}

func TestNoWorkerIsWaitedForThatIsBusy(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.accept = func(_, concurrent, _ int) proxy.ShouldAccept { return answerIf(concurrent == 0) }
		w.begin("a", "wait:x respond:a")
		w.begin("b", "respond:b")
		w.expect("1.1 starts a, 2.1 starts b, b = b")
	})
}

func answerIf(yes bool) proxy.ShouldAccept {
	if yes {
		return proxy.Yes
	}
	return proxy.No
}

func TestRequestsDuringInstantiationStartWorkersOfTheirOwn(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.instantiate = func(int) error { <-w.gate("made").opened; return nil }
		w.begin("a", "respond:a")
		w.begin("b", "respond:b")
		if w.workers != 2 {
			t.Errorf("%d workers", w.workers)
		}
		w.open("made")
		w.begin("c", "respond:c")
		if w.workers != 2 {
			t.Errorf("%d workers after both were idle", w.workers)
		}
	})
}

// A thousand requests are in progress at once, in as many workers as the policy
// makes it.
func TestNothingIsLimited(t *testing.T) {
	for name, test := range map[string]struct{ concurrent, workers int }{
		"one in each worker": {1, 1000},
		"all in one":         {1000, 1},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, "actor", func(t *testing.T, w *world) {
				w.accept = func(_, concurrent, _ int) proxy.ShouldAccept { return answerIf(concurrent < test.concurrent) }
				for i := range 1000 {
					w.begin(fmt.Sprint(i), "wait:x respond:a")
				}
				if started := strings.Count(w.said(), "starts"); started != 1000 || w.workers != test.workers {
					t.Errorf("%d requests in %d workers", started, w.workers)
				}
				w.open("x")
				if answered := strings.Count(w.said(), "= a"); answered != 1000 {
					t.Errorf("%d answers", answered)
				}
			})
		})
	}
}

// Both idle workers are asked, and both decline: a third is started, and takes
// the request without asking (RACE-4, RACE-5).
func TestADeclinedRequestGoesOn(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.accept = func(_, concurrent, _ int) proxy.ShouldAccept { return answerIf(concurrent == 0) }
		w.begin("a", "wait:x respond:a")
		w.begin("b", "wait:x respond:b")
		w.open("x")
		w.said()
		w.accept = func(worker, _, _ int) proxy.ShouldAccept { w.say("%d asked", worker); return proxy.No }
		w.begin("c", "respond:c")
		w.expectAll("1 asked", "2 asked", "3.1 starts c", "c = c", "3 asked")
	})
}

// While worker 1 thinks about the request that it was woken for, two more are
// queued behind it. It declines: one worker is started for the queue, takes the
// first and, with that, becomes unavailable while there are others: so does the
// next.
func TestOneReplacementIsStartedForTheQueue(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "respond:a")
		w.said()
		thinking := false
		w.accept = func(worker, concurrent, _ int) proxy.ShouldAccept {
			if worker == 1 {
				thinking = true
				<-w.gate("thought").opened
				return proxy.Never
			}
			return answerIf(concurrent == 0)
		}
		for _, name := range []string{"b", "c", "d"} {
			w.begin(name, "wait:x respond:"+name)
		}
		if w.workers != 1 || !thinking {
			t.Errorf("%d workers while the first is available", w.workers)
		}
		w.open("thought")
		if w.workers != 4 {
			t.Errorf("%d workers", w.workers)
		}
		w.open("x")
		text := w.said()
		for _, want := range []string{"1 dropped <nil>", "b = b", "c = c", "d = d"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in %s", want, text)
			}
		}
	})
}

func TestTheQueueIsServedInOrder(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "respond:a")
		w.said()
		w.accept = func(int, int, int) proxy.ShouldAccept { <-w.gate("thought").opened; return proxy.Yes }
		for _, name := range []string{"b", "c", "d"} {
			w.begin(name, "respond:"+name)
		}
		w.open("thought")
		text := w.said()
		if b, c, d := strings.Index(text, "starts b"), strings.Index(text, "starts c"), strings.Index(text, "starts d"); b < 0 || b > c || c > d {
			t.Errorf("got %s", text)
		}
	})
}

// A worker takes a request while work after a response could go on, and that
// request ends it: nobody waits for its drop hook, as for any that has taken one.
func TestAWorkerThatTookARequestBesidePostReturnWorkIsNotAwaited(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "respond:a wait:a")
		w.accept = func(int, int, int) proxy.ShouldAccept { <-w.gate("thought").opened; return proxy.Yes }
		w.instantiate = func(int) error { <-w.gate("room").opened; return nil }
		w.drop = func(int) { <-w.gate("hook").opened }
		w.begin("b", "trap")
		w.open("a")
		w.open("thought")
		if said := w.said(); !strings.Contains(said, "1.2 starts b") || !strings.Contains(said, "1 dropped") {
			t.Errorf("the first worker has not been ended by b: %s", said)
		}
		workers := w.workers
		w.begin("c", "respond:c")
		if w.workers != workers+1 {
			t.Errorf("%d workers are started for c, which waits for a drop hook", w.workers-workers)
		}
	})
}
