package parallel_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// embedder makes instances of a guest that answers when it is told to, and records what their workers do.
type embedder struct {
	recorder
	module         *proxy.Module
	atATime, inAll int
	moods          int // in how many of 64 answers the policy says no, and in half as many never, for no reason
	inline         bool
	workers        atomic.Int64
	dropped        atomic.Int64
}

// Instantiate implements proxy.HandlerState.
func (e *embedder) Instantiate(ctx gocontext.Context) (*proxy.Instance[*handed], error) {
	guest, err := e.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	w := &recorded{embedder: e, number: int(e.workers.Add(1)), since: e.now()}
	return &proxy.Instance[*handed]{Guest: guest, State: w, Inline: e.inline}, nil
}

// recorded is the embedder's part in one worker.
type recorded struct {
	*embedder
	number int
	since  int64 // when the last hook returned: whatever the worker does next, it does after that
	asked  bool  // since then, the policy
}

// ShouldAccept implements proxy.WorkerState. What it is told was counted before it is called.
func (w *recorded) ShouldAccept(flying, total int) proxy.ShouldAccept {
	answer := proxy.Yes
	mood := rand.IntN(64)
	switch {
	case total >= w.inAll, mood < w.moods/2:
		answer = proxy.Never
	case flying >= w.atATime, mood < w.moods/2+w.moods:
		answer = proxy.No
	}
	for range rand.IntN(3) {
		runtime.Gosched() // others come in the meantime
	}
	w.note(dealing{verb: ask, worker: w.number, answer: answer.String(), flying: flying, total: total}, w.since, w.now())
	w.since, w.asked = w.now(), true
	return answer
}

// OnRequestStart implements proxy.WorkerState.
func (w *recorded) OnRequestStart(task *proxy.Task, h *handed) (deadline time.Time, err error) {
	now := w.now()
	w.note(dealing{verb: accept, request: h.number, worker: w.number, due: h.due, unasked: !w.asked}, w.since, now)
	w.since, w.asked = w.now(), false
	h.task, h.worker = task, w.number
	h.flying.Store(w.since)
	h.accepted.Store(now)
	if h.due {
		return time.Now(), nil // its caller has it go on
	}
	go task.Deliver(0)
	return time.Time{}, nil
}

// OnDrop implements proxy.WorkerState.
func (w *recorded) OnDrop(err error) {
	w.note(dealing{verb: drop, worker: w.number, failed: err != nil}, w.since, w.now())
	w.dropped.Add(1)
}

// handed is a request on its way, and its body, which the host closes when the guest is done with it.
type handed struct {
	number       int
	due, leaving bool
	closed       chan struct{}
	done         int64 // when it was closed

	accepted atomic.Int64 // when that was recorded
	flying   atomic.Int64 // since when it is in flight for certain
	task     *proxy.Task  // once it is accepted, as is the next
	worker   int
	recorder *recorder
}

// Read implements io.Reader.
func (h *handed) Read([]byte) (int, error) { return 0, io.EOF }

// Close implements io.Closer.
func (h *handed) Close() error {
	h.done = h.recorder.now()
	close(h.closed)
	return nil
}

// caller is the context of a request's caller. A host asks when it ends once the request is handed over and there is no answer yet. So
// that shows from outside that it is in the queue, or was; and a caller that leaves does so then.
type caller struct {
	gocontext.Context
	leave func() // nil: it stays
	now   func() int64
	seen  int64 // when it was asked
}

// Done implements context.Context.
func (c *caller) Done() <-chan struct{} {
	if c.seen == 0 {
		c.seen = c.now()
		if c.leave != nil {
			c.leave()
		}
	}
	return c.Context.Done()
}

// hand hands over one request, and records it and its end. It returns when the guest is done with it.
func (e *embedder) hand(ctx gocontext.Context, h proxy.ProxyHandler[*handed], r *handed) error {
	request, err := http.NewRequest(http.MethodGet, "http://host/", r)
	if err != nil {
		return err
	}
	parent, cancel := gocontext.WithCancel(ctx)
	defer cancel()
	c := &caller{Context: parent, now: e.now}
	if r.leaving {
		c.leave = cancel
		if r.number%2 == 0 {
			c.leave = func() { go cancel() }
		}
	}
	begun := e.now()
	response, err := h.Handle(c, r, request)
	over := e.now()

	handedOver := over
	for _, known := range []int64{c.seen, r.accepted.Load()} {
		if known > 0 {
			handedOver = min(handedOver, known)
		}
	}
	e.note(dealing{verb: submit, request: r.number}, begun, handedOver)
	how := r.ended(parent, err)
	e.note(dealing{verb: end, request: r.number, how: how}, begun, over)
	switch how {
	case answered:
		_ = response.Body.Close()
	case expired:
		r.task.Deliver(0)
	case inVain, strange:
		return fmt.Errorf("request %d ended %s: %w", r.number, how, err)
	}
	select {
	case <-r.closed:
	case <-ctx.Done():
		return fmt.Errorf("the guest is not done with request %d", r.number)
	}
	if how == left {
		over = r.done
	}
	e.note(dealing{verb: finish, request: r.number, worker: r.worker, how: how}, r.flying.Load(), over)
	return nil
}

// ended is how a request has ended for its caller.
func (r *handed) ended(ctx gocontext.Context, err error) string {
	var over *proxy.ExpirationError
	switch {
	case err == nil:
		return answered
	case errors.As(err, &over):
		return expired
	case r.leaving && errors.Is(err, gocontext.Canceled) && ctx.Err() != nil:
		return left
	case errors.Is(err, gocontext.DeadlineExceeded):
		return inVain
	}
	return strange
}

// crowd has callers hand requests to a host, of which an eighth leave, and as many have a deadline that has passed when they
// are accepted. Then it ends the host.
func crowd(t *testing.T, e *embedder, callers, each int) {
	t.Helper()
	h, err := proxy.New[*handed](e)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := gocontext.WithTimeout(t.Context(), forever)
	defer cancel()
	var all sync.WaitGroup
	for client := range callers {
		all.Go(func() {
			for number := range each {
				kind := rand.IntN(8)
				r := &handed{number: client*each + number, due: kind == 0, leaving: kind == 1, closed: make(chan struct{}), recorder: &e.recorder}
				if err := e.hand(ctx, h, r); err != nil {
					t.Error(err)
					cancel() // nobody is to wait for what is lost
					return
				}
			}
		})
	}
	all.Wait()
	if err := h.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	for number := range callers * each {
		e.note(dealing{verb: last, request: number}, e.now(), e.now())
	}
}

// models are what a host of workers with such a policy is.
func models(atATime, inAll int) map[string]porcupine.Model {
	return map[string]porcupine.Model{"requests": requests(), "workers": workers(atATime, inAll), "order": order()}
}

// TestTheWorkersQueueIsLinearizable records what goroutines hand to a host, what its workers do with it, and how it ends, and has
// porcupine look for an order in which a host may have done so: see requests, workers and order.
func TestTheWorkersQueueIsLinearizable(t *testing.T) {
	module := parked(t)
	seen := map[string]int{}
	for _, c := range []struct {
		atATime, inAll, moods, callers, each int
	}{
		{1, 1000, 0, goroutines, 10},
		{3, 1000, 4, goroutines, 10},
		{2, 5, 4, goroutines, 10},
		{8, 1000, 0, 8, 50},
		{2, 1000, 16, 2, 100}, // so few that nobody else comes by whom one that was forgotten would be taken
	} {
		for _, inline := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d callers, %d at a time, %d in all, moods %d, inline %t", c.callers, c.atATime, c.inAll, c.moods, inline), func(t *testing.T) {
				e := &embedder{module: module, atATime: c.atATime, inAll: c.inAll, moods: c.moods, inline: inline}
				crowd(t, e, c.callers, c.each)
				for name, model := range models(c.atATime, c.inAll) {
					if result := porcupine.CheckOperationsTimeout(model, e.all, patience); result != porcupine.Ok {
						t.Errorf("a host cannot have done what this one did, as to its %s: %s", name, result)
					}
				}
				if e.workers.Load() != e.dropped.Load() {
					t.Errorf("%d workers had their instance, and %d ended", e.workers.Load(), e.dropped.Load())
				}
				e.situations(seen)
			})
		}
	}
	for _, situation := range []string{answered, expired, left, overtakable, abandoned, shared, refused, ended} {
		if seen[situation] == 0 {
			t.Errorf("not tried: %s", situation)
		}
	}
	t.Log(seen)
}

// What histories are to have in them, beside the ends of requests, to say something.
const (
	overtakable = "a request comes after another that is in the queue, and is in it too"
	abandoned   = "a request is accepted whose caller has left"
	shared      = "a worker takes a request beside another"
	refused     = "a policy says no"
	ended       = "a policy says never"
)

// situations counts what the history has of those.
func (e *embedder) situations(seen map[string]int) {
	history := e.all
	seen[overtakable] += len(pairs(history))
	over := map[int]int64{}
	for _, o := range history {
		if d := o.Input.(dealing); d.verb == end {
			seen[d.how]++
			over[d.request] = o.Return
		}
	}
	for _, o := range history {
		switch d := o.Input.(dealing); {
		case d.verb == accept && o.Call > over[d.request]:
			seen[abandoned]++
		case d.verb == ask && d.answer == "no":
			seen[refused]++
		case d.verb == ask && d.answer == "never":
			seen[ended]++
		case d.verb == ask && d.flying > 0:
			seen[shared]++
		}
	}
}

// parked compiles the guest of that name.
func parked(t *testing.T) *proxy.Module {
	t.Helper()
	binary, err := guests.Module("parked")
	if err != nil {
		t.Fatal(err)
	}
	runtime := wazero.NewRuntime(t.Context())
	t.Cleanup(func() { _ = runtime.Close(gocontext.Background()) })
	module, err := proxy.Compile(t.Context(), runtime, binary)
	if err != nil {
		t.Fatal(err)
	}
	return module
}
