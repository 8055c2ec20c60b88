package proxy

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

// nowhere is an embedder without instances, whose policy says yes.
type nowhere struct{ WorkerState[string] }

var errNowhere = errors.New("there is no instance")

func (nowhere) Instantiate(context.Context) (*Instance[string], error) { return nil, errNowhere }
func (nowhere) ShouldAccept(int, int) ShouldAccept                     { return Yes }

// newTestWorker is a worker of a pool, at the instant where its leader has nothing
// to do.
func newTestWorker() *worker[string] {
	wake := make(chan struct{}, 1)
	l := &loop{accepting: true, stop: make(chan struct{}), wake: wake}
	return &worker[string]{pool: newPool[string](nowhere{}), wake: wake, state: nowhere{}, loop: l}
}

// No hook is called between the two, so that nothing outside of the package can
// make them meet.
func TestAWorkerThatParkedIsNotAvailableOnceATaskCanRun(t *testing.T) {
	w := newTestWorker()
	waiting := &Task{}
	w.loop.admit(waiting)
	w.loop.block(waiting)
	w.turn()
	if w.pool.available != 1 || len(w.pool.parked) != 1 {
		t.Fatalf("%d available, %d parked", w.pool.available, len(w.pool.parked))
	}
	waiting.Deliver(7)
	if task, e := w.next(); task != waiting || e.payload != 7 {
		t.Fatalf("next is %v with %v", task, e)
	}
	if w.pool.available != 0 || len(w.pool.parked) != 0 {
		t.Errorf("%d available, %d parked", w.pool.available, len(w.pool.parked))
	}
}

// The policy has said yes; another request expires then. The first of the queue
// stays there, in its place.
func TestARequestStaysInTheQueueWhenAnotherHasExpired(t *testing.T) {
	w := newTestWorker()
	w.loop.retire()
	r := &pendingRequest[string]{data: "mine"}
	w.pool.queue.push(r)
	if w.pool.take(w) != nil {
		t.Fatal("it is to be run")
	}
	if r.await() {
		<-r.done
	}
	// Who is started for it has no instance.
	if failed, is := errors.AsType[*InstantiationError[string]](r.err); !is || failed.Data != "mine" || failed.Cause != errNowhere {
		t.Errorf("got %v", r.err)
	}
}

// lasting is an expiration by which each status but Idle lasts that long.
type lasting time.Duration

func (d lasting) Deadline(status WorkerStatus, since time.Time) time.Time {
	if status == Idle {
		return time.Time{}
	}
	return since.Add(time.Duration(d))
}

// When the latest request is answered, the status is that of the earlier one
// again. Its time is over, and no timer has told yet.
func TestAWorkerOverItsTimeAcceptsNothingMore(t *testing.T) {
	w := newTestWorker()
	l := w.loop
	l.expiration = lasting(time.Hour)
	l.born = time.Now().Add(-90 * time.Minute)
	earlier, latest := &Task{request: &http.Request{}}, &Task{request: &http.Request{}}
	l.admit(earlier)
	earlier.accepted = 0
	l.admit(latest)
	l.answer(latest, nil)
	l.timer.Stop()
	if _, _, willing := l.willing(); willing {
		t.Error("it would take another request")
	}
	if timedOut, is := errors.AsType[*TimedOutError](l.cause); !is || timedOut.Status != Requests {
		t.Errorf("it ends by %v", l.cause)
	}
}
