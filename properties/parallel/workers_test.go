package parallel_test

import (
	gocontext "context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// What happens to a request of a host.
const (
	submit = "submit" // it is handed over
	accept = "accept" // a worker takes it
	finish = "finish" // its task ends
)

// dealing is one of these, with the request and the worker.
type dealing struct {
	verb            string
	request, worker int
}

// bag is what the queue of a host is, whoever is passed a request directly: each that was handed over is taken once. Requests are
// independent of one another, so that a history is linearizable if that of each request is.
func bag() porcupine.Model {
	return porcupine.Model{
		Partition: by(func(d dealing) int { return d.request }, submit, accept),
		Init:      func() any { return 0 },
		Step: func(state, input, _ any) (bool, any) {
			inside := state.(int)
			if input.(dealing).verb == submit {
				return inside == 0, 1
			}
			return inside == 1, 2
		},
	}
}

// reused is a worker: how many requests it has, and how many it has had.
type reused struct{ now, ever int }

// reuse is what a worker is under a policy of so many at a time and so many in all. Workers are independent of one another.
func reuse(atATime, inAll int) porcupine.Model {
	return porcupine.Model{
		Partition: by(func(d dealing) int { return d.worker }, accept, finish),
		Init:      func() any { return reused{} },
		Step: func(state, input, _ any) (bool, any) {
			w := state.(reused)
			if input.(dealing).verb == accept {
				return w.now < atATime && w.ever < inAll, reused{w.now + 1, w.ever + 1}
			}
			return w.now > 0, reused{w.now - 1, w.ever}
		},
	}
}

// by parts a history by a number, and keeps the operations of some verbs.
func by(number func(dealing) int, verbs ...string) func([]porcupine.Operation) [][]porcupine.Operation {
	return func(history []porcupine.Operation) [][]porcupine.Operation {
		parts := map[int][]porcupine.Operation{}
		for _, operation := range history {
			if d := operation.Input.(dealing); slices.Contains(verbs, d.verb) {
				parts[number(d)] = append(parts[number(d)], operation)
			}
		}
		var all [][]porcupine.Operation
		for _, part := range parts {
			all = append(all, part)
		}
		return all
	}
}

// record keeps what happens, with the interval in which it does.
type record struct {
	begun time.Time
	mu    sync.Mutex
	all   []porcupine.Operation
}

func (r *record) now() int64 { return time.Since(r.begun).Nanoseconds() }

func (r *record) note(d dealing, call, end int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, porcupine.Operation{ClientId: len(r.all), Input: d, Output: true, Call: call, Return: end})
}

// embedder makes instances of a guest that answers when it is told to, and records what their workers accept.
type embedder struct {
	module         *proxy.Module
	atATime, inAll int
	record         *record
	workers        atomic.Int64
	shared         atomic.Int64 // requests that were accepted beside others
}

// Instantiate implements proxy.HandlerState.
func (e *embedder) Instantiate(ctx gocontext.Context) (*proxy.Instance[*handed], error) {
	guest, err := e.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	w := &recorded{embedder: e, number: int(e.workers.Add(1))}
	return &proxy.Instance[*handed]{Guest: guest, State: w}, nil
}

// recorded is the embedder's part in one worker.
type recorded struct {
	*embedder
	number int
	asked  int64 // when the policy said yes
}

// handed is a request on its way.
type handed struct {
	number, worker int
	begun          int64 // when it was handed over
	accepted       int64
}

// ShouldAccept implements proxy.WorkerState.
func (w *recorded) ShouldAccept(concurrent, total int) proxy.ShouldAccept {
	w.asked = w.record.now()
	switch {
	case total >= w.inAll:
		return proxy.Never
	case concurrent >= w.atATime:
		return proxy.No
	}
	if concurrent > 0 {
		w.shared.Add(1)
	}
	return proxy.Yes
}

// OnRequestStart implements proxy.WorkerState. Between the yes and this the worker has taken the request.
func (w *recorded) OnRequestStart(task *proxy.Task, h *handed) (time.Time, error) {
	h.accepted = w.record.now()
	h.worker = w.number
	w.record.note(dealing{submit, h.number, 0}, h.begun, h.accepted)
	w.record.note(dealing{accept, h.number, w.number}, max(w.asked, h.begun), h.accepted)
	go task.Deliver(0)
	return time.Time{}, nil
}

// OnDrop implements proxy.WorkerState.
func (w *recorded) OnDrop(error) {}

// TestTheWorkersQueueIsLinearizable records what 64 goroutines hand to a host and what its workers take, and has porcupine look for
// an order in which each request is taken once and each worker has no more than its policy lets it, at a time and in all. That
// those who are queued are taken in their order is for virtual time to show: from outside it cannot be seen when one is queued.
func TestTheWorkersQueueIsLinearizable(t *testing.T) {
	const each = 20
	for _, limits := range [][2]int{{1, 1000}, {3, 1000}, {2, 5}} {
		t.Run(fmt.Sprint(limits), func(t *testing.T) {
			e := &embedder{module: parked(t), atATime: limits[0], inAll: limits[1], record: &record{begun: time.Now()}}
			h, err := proxy.New[*handed](e)
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for client := range goroutines {
				all.Go(func() {
					for number := range each {
						e.hand(t, h, client*each+number)
					}
				})
			}
			all.Wait()
			if err := h.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := goroutines * each * 3; len(e.record.all) != want {
				t.Fatalf("%d dealings were recorded, and there were %d", len(e.record.all), want)
			}
			if result := porcupine.CheckOperationsTimeout(bag(), e.record.all, patience); result != porcupine.Ok {
				t.Errorf("no order has each request taken once: %s", result)
			}
			if result := porcupine.CheckOperationsTimeout(reuse(limits[0], limits[1]), e.record.all, patience); result != porcupine.Ok {
				t.Errorf("no order keeps %d at a time and %d in all: %s", limits[0], limits[1], result)
			}
			if limits[0] > 1 && e.shared.Load() == 0 {
				t.Error("no worker was willing to take a request beside another, so that was not tried")
			}
		})
	}
}

// hand hands over one request, and records its end.
func (e *embedder) hand(t *testing.T, h proxy.ProxyHandler[*handed], number int) {
	request, err := http.NewRequest(http.MethodGet, "http://host/", nil)
	if err != nil {
		t.Error(err)
		return
	}
	d := &handed{number: number, begun: e.record.now()}
	response, err := h.Handle(gocontext.Background(), d, request)
	if err != nil {
		t.Error(err)
		return
	}
	e.record.note(dealing{finish, number, d.worker}, d.accepted, e.record.now())
	_ = response.Body.Close()
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

// TestAHistoryThatNoHostAllowsIsSeen shows that both checks can fail: a request that is taken twice, before it is there, one too
// many at a time, and one too many in all.
func TestAHistoryThatNoHostAllowsIsSeen(t *testing.T) {
	inTurn := func(dealings ...dealing) []porcupine.Operation {
		var history []porcupine.Operation
		for number, d := range dealings {
			history = append(history, porcupine.Operation{ClientId: number, Input: d, Output: true, Call: int64(2 * number), Return: int64(2*number + 1)})
		}
		return history
	}
	for name, c := range map[string]struct {
		model   porcupine.Model
		history []porcupine.Operation
		allowed bool
	}{
		"once":               {bag(), inTurn(dealing{submit, 1, 0}, dealing{accept, 1, 1}), true},
		"twice":              {bag(), inTurn(dealing{submit, 1, 0}, dealing{accept, 1, 1}, dealing{accept, 1, 2}), false},
		"before it is there": {bag(), inTurn(dealing{accept, 1, 1}, dealing{submit, 1, 0}), false},
		"in its turn":        {reuse(1, 2), inTurn(dealing{accept, 1, 1}, dealing{finish, 1, 1}, dealing{accept, 2, 1}), true},
		"one too many":       {reuse(1, 2), inTurn(dealing{accept, 1, 1}, dealing{accept, 2, 1}, dealing{finish, 1, 1}), false},
		"too many in all":    {reuse(1, 1), inTurn(dealing{accept, 1, 1}, dealing{finish, 1, 1}, dealing{accept, 2, 1}), false},
	} {
		if porcupine.CheckOperations(c.model, c.history) != c.allowed {
			t.Errorf("%s: allowed is %t", name, !c.allowed)
		}
	}
}
