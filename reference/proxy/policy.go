package proxy

import (
	"context"
	"time"
)

// HandlerState is the embedder's part in a handler: it makes the instances
// (wasmtime HandlerState). D is the type of what it wants to go with each
// request (wasmtime's RequestId). It is used by many workers at once.
type HandlerState[D any] interface {
	// Instantiate makes an instance for a new worker, and says by what rules
	// the worker lives. It runs on the worker's goroutine; the context never
	// ends, so that no caller's giving up can end an instance. An error reaches
	// the callers as the cause of an [InstantiationError]; the cause of a
	// panic is a [PanicError].
	Instantiate(ctx context.Context) (*Instance[D], error)
}

// Instance is an instance of a guest and the rules for the worker that owns it
// (wasmtime Instance).
type Instance[D any] struct {
	// Guest is the instance. The worker closes it when it ends; it serves one
	// worker only.
	Guest *Guest
	// State is asked and told about requests; it must not be nil.
	State WorkerState[D]
	// Expiration says how long the worker may live; nil is forever.
	Expiration WorkerExpiration
	// Inline has a caller that finds the worker parked run it on its own
	// goroutine, in place of waking the worker's, up to the end of the guest's
	// first call for its request. That saves two switches of goroutines, which
	// are most of what a short request costs. In turn, the caller learns nothing
	// before the guest returns control from that call: neither the head that it
	// may have been given, nor that its request has expired, nor that its
	// context has ended. So this is for guests that return control soon. The
	// worker's hooks, but OnDrop, then run on that goroutine too, so they must
	// not wait for what the caller holds.
	//
	// It means nothing for a synchronous guest, which waits inside its calls.
	Inline bool
}

// WorkerState is the embedder's part in one worker (wasmtime WorkerState). Its
// methods run one at a time, on the worker's goroutine, or on a caller's if the
// instance is inline. A panic in one of them ends the worker as a panic of the
// guest's host does.
type WorkerState[D any] interface {
	// ShouldAccept is the policy of reuse: may the worker take another request
	// when concurrent are accepted and not yet answered, and total have been
	// accepted so far? It is asked again and again, always before a request is
	// taken from the queue, but not for a worker's first.
	ShouldAccept(concurrent, total int) ShouldAccept

	// OnRequestStart runs once for each accepted request, before the guest sees
	// it, with the data that came with it. If the request has no answer by the
	// deadline, its caller gets an [ExpirationError], and the worker takes no
	// more requests; the zero deadline is none. An error ends the worker: the
	// callers of all its requests in flight get a [TrapOrPanicError].
	OnRequestStart(task *Task, data D) (deadline time.Time, err error)

	// OnDrop runs once, when the worker has ended: all its callers have their
	// answers, and the instance is about to be closed. The error says why it
	// ended, and is nil if it ended in order: idle for too long, or no more
	// requests to take.
	OnDrop(err error)
}

// WorkerExpiration says how long a worker may live (wasmtime WorkerExpiration).
type WorkerExpiration interface {
	// Deadline returns when the worker expires if it is still in this status
	// since that time then; the zero time is never. It is asked once for each
	// status and start. At the deadline, an idle worker ends in order; any other
	// ends with a [TimedOutError], its requests in flight with a
	// [TrapOrPanicError].
	//
	// It is called from whatever goroutine changes the status, under the
	// worker's lock and perhaps the handler's, so it must be quick and must not
	// call the handler.
	Deadline(status WorkerStatus, since time.Time) time.Time
}

// ShouldAccept is an answer of the policy (wasmtime ShouldAccept).
type ShouldAccept int

// The answers of the policy.
const (
	No    ShouldAccept = iota // not now; ask again
	Yes                       // another one
	Never                     // none any more: the worker ends when its work is done
)

// String is the answer's name.
func (s ShouldAccept) String() string {
	switch s {
	case No:
		return "no"
	case Yes:
		return "yes"
	case Never:
		return "never"
	}
	return "unknown"
}
