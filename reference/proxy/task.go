package proxy

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Task is one request inside an instance. A response is a part of its task, and
// with it becomes garbage of its caller's, so it is no larger than it has to be.
type Task struct {
	id          uint32
	outcome     atomic.Int32
	loop        *loop
	*activation // while the loop has the task; set under the loop's lock
	request     *http.Request
	done        chan struct{} // closed when there is an answer; made when the caller awaits it

	// Settled before the outcome is: the reply, or why there is none.
	err   error
	reply http.Response
}

// activation is what a loop knows of a task, up to the task's return. Then the loop
// uses it for another.
type activation struct {
	// What the guest has said so far, beside the reply's header; only whoever
	// leads the worker uses it.
	head    int  // the size of the reply's header in bytes
	claimed bool // it has answered
	entered bool

	// The rest is under the loop's lock.
	flying         bool
	waiting        bool
	place          int           // among the loop's tasks
	accepted       time.Duration // after the worker's birth
	deadline       time.Time
	previous, next *Task
	input          *input  // of the request's body, once it is read
	output         *output // of the response's body, if it is streamed
	mail           *mail   // once there is an event or a timer
}

// mail is what comes to a task. It is under the loop's lock.
type mail struct {
	events fifo[event]
	timers map[uint32]*time.Timer // that have not fired
	timed  uint32                 // timers so far
}

// mailbox is the task's mail, made if there is none. The loop's lock is held.
func (t *Task) mailbox() *mail {
	if t.mail == nil {
		t.mail = &mail{}
	}
	return t.mail
}

// The outcomes of a request for its caller.
const (
	pending int32 = iota // the caller does not wait, or not yet
	awaited              // it does
	answered
	abandoned
)

// event is what a task is told when it is called back.
type event struct {
	code    uint32
	payload uint32
}

// The codes of events.
const (
	eventNone     = 0 // it had yielded
	eventTimer    = 1 // payload: the timer's number
	eventRead     = 2 // the request's body can be read on
	eventWrite    = 3 // the response's body has room again, or nobody reads it any more
	eventEmbedder = 4 // payload: the embedder's
)

// What a task may take of the host's memory, where the limit on the guest's own
// does not reach.
const (
	timerLimit = 1024    // that have not fired; no program has a use for so many
	headLimit  = 1 << 20 // bytes of a response's headers, as net/http's DefaultMaxHeaderBytes
)

type taskKey struct{}

// TaskOf returns the task whose code runs, when a function of the host that the
// guest has called asks with the context that it was given. That context ends
// when the worker has to end: a function that waits should heed it.
func TaskOf(ctx context.Context) (*Task, bool) {
	if own, is := ctx.(guestContext); is { // nobody has wrapped it
		return own.loop.current, own.loop.current != nil
	}
	t, is := ctx.Value(taskKey{}).(*Task)
	return t, is && t != nil
}

// ID is the task's number within its instance. Numbers are not used again.
func (t *Task) ID() uint32 { return t.id }

// Request is the request that the task is about. Its body belongs to the guest.
func (t *Task) Request() *http.Request { return t.request }

// Deliver gives the task an event of the embedder's, with a payload that means
// what the embedder and the guest have agreed upon. A task that waits is called
// back; one that runs is when it waits next. Nothing happens if the task has
// returned. It may be called from any goroutine.
func (t *Task) Deliver(payload uint32) { t.loop.deliver(t, event{eventEmbedder, payload}) }

// settle gives the caller its answer, the reply or an error in its place, or lets
// go of a reply that nobody waits for. The loop's lock is held.
func (t *Task) settle(err error) {
	t.err = err
	if t.outcome.CompareAndSwap(pending, answered) {
		return
	}
	if t.outcome.CompareAndSwap(awaited, answered) {
		close(t.done)
		return
	}
	if t.activation != nil && t.output != nil {
		t.output.discard()
	}
}

// await is false if there is an answer. If there is none, done will tell.
func (t *Task) await() bool {
	if t.outcome.Load() == answered {
		return false
	}
	t.done = make(chan struct{})
	return t.outcome.CompareAndSwap(pending, awaited)
}

// abandon tells whether the caller, who waits, gave up before there was an
// answer.
func (t *Task) abandon() bool { return t.outcome.CompareAndSwap(awaited, abandoned) }

// end lets go of what a task holds. A response body that is still open fails.
// The loop's lock is held.
func (t *Task) end(failure error) {
	if t.mail != nil {
		for _, timer := range t.mail.timers {
			timer.Stop()
		}
	}
	if t.output != nil {
		t.output.end(failure)
	}
	if body := t.request.Body; body != nil && body != http.NoBody {
		go body.Close() // it may wait for a Read that is under way
	}
}

// startTimer has an event delivered after a while. It is false if there are too
// many.
func (t *Task) startTimer(after time.Duration) (number uint32, is bool) {
	t.loop.mu.Lock()
	defer t.loop.mu.Unlock()
	m := t.mailbox()
	if len(m.timers) == timerLimit {
		return 0, false
	}
	m.timed++
	number = m.timed
	if t.loop.stopped.Load() {
		return number, true
	}
	if m.timers == nil {
		m.timers = map[uint32]*time.Timer{}
	}
	m.timers[number] = time.AfterFunc(after, func() { t.loop.ring(t, number) })
	return number, true
}
