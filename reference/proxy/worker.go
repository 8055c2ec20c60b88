package proxy

import (
	"context"
	"errors"
	"log/slog"
)

// worker owns one instance, and ends with it. All that it does to the guest, it
// does on one goroutine, one call at a time.
type worker[D any] struct {
	pool  *pool[D]
	wake  chan struct{} // holds one when there is something to look at
	loop  *loop         // once there is an instance
	state WorkerState[D]
	total int // requests accepted

	// The pool's, under its lock.
	available bool
	parked    bool
}

// run is the life of a worker that is started for a request, or for the queue if
// that is nil.
func (w *worker[D]) run(first *pendingRequest[D]) {
	defer w.pool.leave(w)
	instance, err := w.instantiate()
	if err != nil {
		w.refuse(first, err)
		return
	}
	w.state = instance.State
	w.loop = newLoop(instance.Guest, instance.Expiration, w.wake)
	w.serve(first)
	w.pool.hold(w)
	w.drop(instance.Guest)
}

var (
	errNoInstance = errors.New("proxy: Instantiate returned neither an instance nor an error")
	errNoGuest    = errors.New("proxy: Instantiate returned an instance without a guest")
	errNoState    = errors.New("proxy: Instantiate returned an instance without a state")
	errGuestTaken = errors.New("proxy: Instantiate returned a guest that another worker has")
)

func (w *worker[D]) instantiate() (instance *Instance[D], err error) {
	returned := false
	defer func() {
		if !returned {
			instance, err = nil, &PanicError{Value: recover()}
		}
	}()
	instance, err = w.pool.state.Instantiate(context.Background())
	returned = true
	switch {
	case err != nil:
		return nil, err
	case instance == nil:
		return nil, errNoInstance
	case instance.Guest == nil:
		return nil, errNoGuest
	case !instance.Guest.taken.CompareAndSwap(false, true):
		return nil, errGuestTaken
	case instance.State == nil:
		return nil, errors.Join(errNoState, instance.Guest.Close(context.Background()))
	}
	return instance, nil
}

// refuse answers the requests that the worker was started for: its own, or all
// that are queued now.
func (w *worker[D]) refuse(first *pendingRequest[D], cause error) {
	requests := []*pendingRequest[D]{first}
	if first == nil {
		requests = w.pool.fail()
	}
	for _, r := range requests {
		r.refuse(cause)
	}
}

// serve works until the worker has to end. Whatever panics on the way, in the
// embedder's code or in the library beneath, ends the worker and nothing else.
func (w *worker[D]) serve(first *pendingRequest[D]) {
	returned := false
	defer func() {
		if !returned {
			w.loop.halted(&PanicError{Value: recover()})
		}
	}()
	if first == nil {
		// Without this a policy that takes nothing would strand the queue.
		first = w.pool.arrive()
	}
	if first != nil {
		w.accept(first)
	}
	for !w.over() {
		w.turn()
		if t, e := w.loop.next(); t != nil {
			w.step(t, e)
			continue
		}
		if w.over() || w.atRest() {
			break
		}
		<-w.wake
		w.pool.unpark(w)
	}
	w.loop.halted(nil)
	returned = true
}

// over tells whether the worker was stopped.
func (w *worker[D]) over() bool {
	select {
	case <-w.loop.stop:
		return true
	default:
		return false
	}
}

// turn takes requests for as long as the worker may have another: its past and
// its guest allow it, nothing in the guest could run instead, and the policy
// says yes. With no request in flight, work after a response does not count.
func (w *worker[D]) turn() {
	for {
		concurrent, busy, willing := w.loop.willing()
		if !willing || busy && concurrent > 0 {
			w.decline()
			return
		}
		switch w.state.ShouldAccept(concurrent, w.total) {
		case Yes:
		case Never:
			w.loop.retire()
			fallthrough
		default:
			w.decline()
			return
		}
		var r *pendingRequest[D]
		if busy {
			w.pool.decline(w)
			r = w.pool.take()
		} else {
			r = w.pool.offer(w)
		}
		if r == nil {
			return
		}
		w.accept(r)
	}
}

// decline makes the worker unavailable, unless this is its end: its place is kept
// then until its drop hook has returned.
func (w *worker[D]) decline() {
	if !w.loop.ending() {
		w.pool.decline(w)
	}
}

// accept takes in a request. The worker may have been stopped in the meantime;
// then it is somebody else's.
func (w *worker[D]) accept(r *pendingRequest[D]) {
	if !w.loop.admit(&r.Task) {
		w.pool.giveBack(r)
		return
	}
	w.total++
	deadline, err := w.state.OnRequestStart(&r.Task, r.data)
	if err != nil {
		w.loop.halted(err)
		return
	}
	w.loop.begin(&r.Task, deadline)
}

// step runs a task until it returns control.
func (w *worker[D]) step(t *Task, e event) {
	l := w.loop
	l.current = t
	var status uint32
	var err error
	export := exportCallback
	if !t.entered {
		t.entered, export = true, exportHandle
		status, err = l.guest.enter(t)
	} else {
		status, err = l.guest.resume(t, e)
	}
	l.current = nil
	switch {
	case err != nil:
		l.halted(classify(err))
	case status == statusExit:
		l.finish(t)
	case l.guest.Synchronous():
		l.halted(violation(export, "a guest without a callback returned the status %d, which is not EXIT", status))
	case status == statusYield:
		l.postpone(t)
	case status == statusWait:
		l.block(t)
	default:
		l.halted(violation(export, "it returned the status %d, which there is not", status))
	}
}

// atRest tells whether a worker that has nothing to do has to end now; if not and
// it has no task either, it is idle.
func (w *worker[D]) atRest() bool {
	l := w.loop
	closed := w.pool.isClosed()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped || len(l.alive) > 0 || l.runnable.len() > 0 {
		return false
	}
	if closed || l.spent() {
		return true
	}
	l.rest()
	return !l.deadline.IsZero() && passed(l.deadline, l.now())
}

// drop tells the embedder that the worker has ended, and closes the instance. A
// panic there can be told to nobody else but the log.
func (w *worker[D]) drop(guest *Guest) {
	defer func() {
		if err := guest.Close(context.Background()); err != nil {
			slog.Error("proxy: closing an instance", "error", err)
		}
	}()
	defer func() {
		if value := recover(); value != nil {
			slog.Error("proxy: the drop hook panicked", "panic", value)
		}
	}()
	w.state.OnDrop(w.loop.cause)
}
