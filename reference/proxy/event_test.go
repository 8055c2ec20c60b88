package proxy_test

import (
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

func TestASecondEventIsKeptForTheNextCall(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "wait:x wait:y respond:a")
		w.task.Deliver(1)
		w.task.Deliver(2)
		synctest.Wait()
		w.expect("1.1 starts a, a = a")
	})
}

func TestAnEventIsKeptForATaskThatRuns(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.enter = func(task *proxy.Task, _ string) { task.Deliver(1) }
		w.begin("a", "enter:now wait:x respond:a")
		w.expect("1.1 starts a, a = a")
	})
}

func TestATaskThatYieldsRunsAfterTheOthers(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.enter = func(_ *proxy.Task, text string) { w.say("%s runs", text) }
		w.begin("a", "wait:x enter:a yield enter:a wait:y respond:a")
		w.begin("b", "wait:x enter:b wait:y respond:b")
		w.said()
		w.open("x")
		w.expect("a runs, b runs, a runs")
	})
}

func TestAnEventForATaskThatHasReturnedReachesNoOther(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.begin("a", "respond:a")
		over := w.task
		w.begin("b", "wait:x respond:b")
		over.Deliver(1)
		synctest.Wait()
		w.expectAll("1.1 starts a", "a = a", "1.2 starts b")
	})
}
