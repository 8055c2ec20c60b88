package proxy

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
)

// worker owns one instance, and ends with it. It has a goroutine, which does all
// that is done to the guest, one call at a time; only if the instance is inline,
// a caller may be in its place for one step.
type worker[D any] struct {
	pool  *pool[D]
	wake  chan struct{} // holds one when there is something to look at
	loop  *loop         // once there is an instance
	state WorkerState[D]
	total int // requests accepted

	inline  bool        // callers may lead
	leading sync.Mutex  // held by whoever leads; nobody waits for it
	missed  atomic.Bool // the goroutine was woken while a caller led

	available bool // counted by the pool as such; set under its lock, by whoever leads
	resuming  bool // it was available before tasks went on that were all blocked; of whoever leads
	lent      bool // available only until it has ended; under the same lock
	parked    bool // the pool's, under its lock
}

// run is the life of a worker that is started for a request, or for the queue if
// that is nil. Every step of its end is deferred: the embedder's code may end the
// goroutine by runtime.Goexit.
func (w *worker[D]) run(first *pendingRequest[D]) {
	defer w.pool.end(w)
	instance := w.instance(first)
	if instance == nil {
		return
	}
	w.state = instance.State
	w.loop = newLoop(instance.Guest, instance.Expiration, w.wake)
	w.inline = instance.Inline && !w.loop.synchronous
	defer w.loop.forget()
	defer w.drop(instance.Guest)
	defer w.pool.hold(w)
	w.serve(first)
}

// instance makes the instance. Where that fails, it refuses the requests that the
// worker was started for, and returns nil.
func (w *worker[D]) instance(first *pendingRequest[D]) *Instance[D] {
	err := error(&PanicError{}) // if it does not return
	defer func() {
		if err != nil {
			w.refuse(first, err)
		}
	}()
	var instance *Instance[D]
	instance, err = w.instantiate()
	return instance
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
// Nobody else leads the worker from then on.
func (w *worker[D]) serve(first *pendingRequest[D]) {
	w.leading.Lock() // it is free, as nobody knows the worker yet
	returned := false
	defer func() {
		if !returned {
			w.loop.halted(&PanicError{Value: recover()})
		}
	}()
	if first == nil {
		// Without this a policy that takes nothing would strand the queue.
		first = w.pool.arrive(w)
	} else if !w.loop.admit(&first.Task) {
		w.pool.giveBack(first)
		first = nil
	}
	if first != nil {
		w.accept(first, false)
	}
	for !w.loop.stopped.Load() {
		w.turn()
		if t, e := w.next(); t != nil {
			w.step(t, e)
			continue
		}
		prospect := w.loop.prospect(w.pool.closed.Load())
		if prospect == ends {
			break
		}
		if prospect == sleeps {
			w.leading.Unlock()
			w.sleep()
			w.pool.unpark(w)
		}
	}
	w.loop.halted(nil)
	returned = true
}

// sleep returns when there is something to look at and no caller leads.
func (w *worker[D]) sleep() {
	for {
		<-w.wake
		if w.leading.TryLock() {
			return
		}
		// It may have looked at everything already, and not have let go yet.
		w.missed.Store(true)
		if w.leading.TryLock() {
			return
		}
	}
}

// rouse has an unparked worker look at the queue, for a request that is there.
func (w *worker[D]) rouse(r *pendingRequest[D]) {
	// Nobody else leads it, unless it parked just now, or something else woke it.
	if w.inline && w.leading.TryLock() {
		w.lead(r)
		return
	}
	signal(w.wake)
}

// lead has the caller of a request, which is queued, do what the goroutine of
// the worker would do if it were woken, up to the end of the guest's first call
// for that request. All that there is to do besides is left to that goroutine.
func (w *worker[D]) lead(r *pendingRequest[D]) {
	returned, prospect := false, ends
	defer func() {
		if !returned {
			w.loop.halted(&PanicError{Value: recover()})
		}
		w.leading.Unlock()
		if w.missed.Load() || prospect != sleeps {
			w.missed.Store(false)
			signal(w.wake)
		}
	}()
	if first := w.pick(); first != nil {
		// It may be another's, whose work the caller is not to wait for.
		if w.accept(first, first == r) {
			w.step(&r.Task, event{})
		}
		w.turn()
	}
	prospect = w.loop.prospect(w.pool.closed.Load())
	returned = true
}

// turn takes requests for as long as the worker may have another.
func (w *worker[D]) turn() {
	for r := w.pick(); r != nil; r = w.pick() {
		w.accept(r, false)
	}
}

// pick takes a request from the queue if the worker may have another. If there is
// none, a worker that does nothing is parked.
func (w *worker[D]) pick() *pendingRequest[D] {
	busy, willing := w.willing()
	switch {
	case !willing:
		return nil
	case busy:
		w.resume()
		r := w.pool.take(w)
		w.resuming = w.resuming && r == nil
		return r
	}
	w.resuming = false
	return w.pool.offer(w)
}

// willing tells whether the worker may have another request: its past and its
// guest allow it, nothing in the guest could run instead, and the policy says
// yes. With no request in flight, work after a response does not count; busy
// tells whether there is some to be run. A worker that is not willing is not
// available any more.
func (w *worker[D]) willing() (busy, is bool) {
	concurrent, busy, is := w.loop.willing()
	if is && !(busy && concurrent > 0) {
		switch w.state.ShouldAccept(concurrent, w.total) {
		case Yes:
			// While the policy was asked, a task may have become able to run, or a
			// request may have expired.
			if concurrent, busy, is = w.loop.willing(); is && !(busy && concurrent > 0) {
				return busy, true
			}
		case Never:
			w.loop.retire()
			is = false
		default:
			is = false
		}
	}
	if is {
		w.resume()
	} else {
		w.decline()
	}
	return busy, false
}

// next is the task whose turn it is. A worker that was parked when that task
// became able to run is not available any more: the task may keep control.
func (w *worker[D]) next() (*Task, event) {
	t, e := w.loop.next()
	if t != nil {
		w.resume()
	}
	return t, e
}

// decline makes the worker unavailable, because it will take no request.
func (w *worker[D]) decline() {
	if !w.loop.stopped.Load() {
		w.resuming = false
		w.withdraw()
	}
}

// resume makes the worker unavailable, because a task is to run. If it was
// available, and that task ends it, it has its place back.
func (w *worker[D]) resume() {
	if !w.loop.stopped.Load() {
		w.resuming = w.resuming || w.available
		w.withdraw()
	}
}

func (w *worker[D]) withdraw() {
	if w.available {
		w.pool.withdraw(w)
	}
}

// accept begins with a request that was admitted. If it is to run at once, and
// nothing else is before it, accept returns true, and the caller is to run it.
func (w *worker[D]) accept(r *pendingRequest[D], atOnce bool) bool {
	w.total++
	deadline, err := w.state.OnRequestStart(&r.Task, r.takeData())
	if err != nil {
		w.loop.halted(err)
		return false
	}
	return w.loop.begin(&r.Task, deadline, atOnce)
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
	case l.synchronous:
		l.halted(violation(export, "a guest without a callback returned the status %d, which is not EXIT", status))
	case status == statusYield:
		l.postpone(t)
	case status == statusWait:
		l.block(t)
	default:
		l.halted(violation(export, "it returned the status %d, which there is not", status))
	}
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
