package inprocess

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// HostEnvironment is the embedder of one host, as the script has it, and the ears of its guests. An adapter hands each
// hook of its implementation to the method of that name, and adds nothing. Methods that the script holds wait on channels,
// as do those that the script makes wait in a gate. It is safe for concurrent use.
type HostEnvironment struct {
	env   *Environment
	form  string
	serve *script.Serve

	mu       sync.Mutex
	does     script.HostSettings
	byWorker map[int]script.HostSettings // what differs: Accept, MaxTotal, MaxConcurrent and Asking
	statuses map[int]script.HostDetail   // the last that was reported
	changed  chan struct{}               // closed and replaced when what the embedder does changes
}

// hosting is what the hosts of one subject share.
type hosting struct {
	mu      sync.Mutex
	workers int
	tasks   map[[2]int]int // the operation of a worker's task
	gates   map[string]chan struct{}
	over    bool    // the subject has ended: every gate is open
	causes  []error // of failed instantiations
}

func newHostEnvironment(env *Environment, step *script.HostStep) *HostEnvironment {
	e := &HostEnvironment{
		env: env, form: step.Form, serve: step.Serve,
		byWorker: map[int]script.HostSettings{}, statuses: map[int]script.HostDetail{}, changed: make(chan struct{}),
		does: script.HostSettings{Accept: string(AcceptYes), Asking: "open", Instantiate: "ok", Start: "ok", Drop: "ok"},
	}
	if step.Settings != nil {
		e.set(*step.Settings)
	}
	return e
}

// Form is the form of guest that the script asks for; empty where it leaves that to the implementation.
func (e *HostEnvironment) Form() string { return e.form }

// Serve is how the server in front of the host is limited; nil for a host without a server.
func (e *HostEnvironment) Serve() *script.Serve { return e.serve }

// Instantiate is the embedder's part of making an instance: it gives the worker its number, and ends as the script says. The
// adapter makes the instance after it, and reports Instantiated.
func (e *HostEnvironment) Instantiate(context.Context) (worker int, err error) {
	h := &e.env.hosting
	h.mu.Lock()
	h.workers++
	worker = h.workers
	e.env.log(script.Event{Event: script.Instantiating, HostDetail: script.HostDetail{Worker: worker}})
	h.mu.Unlock()
	does, ended := e.wait(func(does script.HostSettings) string { return does.Instantiate })
	switch {
	case ended:
		return worker, &Error{Kind: "subject-ended"}
	case does == "panic":
		panic("the script has the instantiation panic")
	}
	return worker, scriptedError(does)
}

// Instantiated reports that the worker has its instance.
func (e *HostEnvironment) Instantiated(worker int) {
	e.log(script.Instantiated, script.HostDetail{Worker: worker})
}

// ShouldAccept is the policy, asked by a worker with so many requests accepted and not answered, and so many accepted in
// all, the current ones included.
func (e *HostEnvironment) ShouldAccept(worker, concurrent, total int) Accept {
	_, ended := e.wait(func(script.HostSettings) string { return e.of(worker).Asking })
	answer := AcceptNever // once the subject has ended
	if !ended {
		answer = policy(e.of(worker), concurrent, total)
	}
	e.log(script.AcceptAsked, script.HostDetail{Worker: worker, Concurrent: concurrent, Total: total, Answer: string(answer)})
	return answer
}

func policy(does script.HostSettings, concurrent, total int) Accept {
	switch {
	case does.Accept != "limits":
		return Accept(does.Accept)
	case does.MaxTotal > 0 && total >= does.MaxTotal:
		return AcceptNever
	case does.MaxConcurrent > 0 && concurrent >= does.MaxConcurrent:
		return AcceptNo
	default:
		return AcceptYes
	}
}

// RequestStarted is the request-start hook. Where it fails, the request cannot be prepared.
func (e *HostEnvironment) RequestStarted(worker, task int, data HostData) error {
	does, ended := e.wait(func(does script.HostSettings) string { return does.Start })
	switch err := scriptedError(does); {
	case ended:
		return &Error{Kind: "subject-ended"}
	case does == "panic":
		panic("the script has the request-start hook panic")
	case err != nil:
		return err
	}
	e.env.log(script.Event{
		Event: script.Accepted, Operation: data.operation,
		HostDetail: script.HostDetail{Worker: worker, Task: task, Data: data.Text},
	})
	return nil
}

// Expiration is how long after since a worker may stay in a status (of package script), if that is limited at all.
func (e *HostEnvironment) Expiration(worker int, status string, since time.Time) (time.Duration, bool) {
	now := script.HostDetail{Worker: worker, Status: status, Since: script.Duration(since.Sub(e.env.start))}
	e.mu.Lock()
	if e.statuses[worker] != now {
		e.statuses[worker] = now
		e.log(script.WorkerStatus, now)
	}
	does := e.does
	e.mu.Unlock()
	switch status {
	case script.IdleStatus:
		return limit(does.Idle)
	case script.RequestsStatus:
		return limit(does.Requests)
	default:
		return limit(does.PostReturn)
	}
}

// RequestExpiration is how long a request may go without an answer, if that is limited at all.
func (e *HostEnvironment) RequestExpiration() (time.Duration, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return limit(e.does.Request)
}

func limit(duration *script.Duration) (time.Duration, bool) {
	if duration == nil || *duration < 0 {
		return 0, false
	}
	return time.Duration(*duration), true
}

// Dropped is the drop hook: err is nil for a worker that ended well.
func (e *HostEnvironment) Dropped(worker int, err error) {
	event := script.Event{Event: script.Dropped, HostDetail: script.HostDetail{Worker: worker}}
	if err != nil {
		event.Kinds, event.Text = e.env.Kinds(err), err.Error()
	}
	e.env.log(event)
	e.wait(func(does script.HostSettings) string { return does.Drop })
}

// Entered is the actor's step enter:N: the worker's guest has begun the task, for that operation.
func (e *HostEnvironment) Entered(worker, task, operation int) {
	h := &e.env.hosting
	h.mu.Lock()
	if h.tasks == nil {
		h.tasks = map[[2]int]int{}
	}
	h.tasks[[2]int{worker, task}] = operation
	h.mu.Unlock()
	e.env.log(script.Event{
		Event: script.Entered, Operation: operation, HostDetail: script.HostDetail{Worker: worker, Task: task},
	})
}

// Waiting is the actor's step wait:GATE: the task is blocked until the channel is closed.
func (e *HostEnvironment) Waiting(worker, task int, gate string) <-chan struct{} {
	h := &e.env.hosting
	h.mu.Lock()
	operation, opened := h.tasks[[2]int{worker, task}], h.gate(gate)
	h.mu.Unlock()
	e.env.log(script.Event{
		Event: script.Waiting, Operation: operation, HostDetail: script.HostDetail{Worker: worker, Task: task, Gate: gate},
	})
	return opened
}

// Spin is one turn of the actor's step spin: it takes a granule of the subject's clock, which would stand still beside a guest that
// computes. It does not heed what the host does to the guest, as a guest that spins does not. False says that the subject has ended.
func (e *HostEnvironment) Spin() bool {
	h := &e.env.hosting
	h.mu.Lock()
	over := h.gate("") // which no step names, and so opens at the end
	h.mu.Unlock()
	turn := time.NewTimer(time.Duration(script.Granule))
	defer turn.Stop()
	select {
	case <-turn.C:
		return true
	case <-over:
		return false
	}
}

// Pressure is the actor's step pressure:on or pressure:off.
func (e *HostEnvironment) Pressure(worker int, on bool) {
	e.log(script.Pressure, script.HostDetail{Worker: worker, On: on})
}

func (e *HostEnvironment) log(event script.Happening, detail script.HostDetail) {
	e.env.log(script.Event{Event: event, HostDetail: detail})
}

// wait returns what the embedder does, as read by of, once that is not to wait; ended tells that the subject ended instead.
func (e *HostEnvironment) wait(of func(script.HostSettings) string) (does string, ended bool) {
	for {
		e.mu.Lock()
		now, changed := e.does, e.changed
		e.mu.Unlock()
		select {
		case <-e.env.ended:
			return "", true
		default:
		}
		if does = of(now); does != "wait" {
			return does, false
		}
		select {
		case <-e.env.ended:
			return "", true
		case <-changed:
		}
	}
}

// of is what the embedder does for one worker.
func (e *HostEnvironment) of(worker int) script.HostSettings {
	e.mu.Lock()
	defer e.mu.Unlock()
	does := e.does
	if own, differs := e.byWorker[worker]; differs {
		override(&does, own)
	}
	return does
}

// override changes the policy to what is set in next.
func override(does *script.HostSettings, next script.HostSettings) {
	if next.Accept != "" {
		does.Accept, does.MaxTotal, does.MaxConcurrent = next.Accept, next.MaxTotal, next.MaxConcurrent
	}
	if next.Asking != "" {
		does.Asking = next.Asking
	}
}

func (e *HostEnvironment) set(next script.HostSettings) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if next.Worker != 0 {
		own := e.byWorker[next.Worker]
		override(&own, next)
		e.byWorker[next.Worker] = own
	} else {
		override(&e.does, next)
	}
	for _, field := range []struct {
		to   *string
		from string
	}{{&e.does.Instantiate, next.Instantiate}, {&e.does.Start, next.Start}, {&e.does.Drop, next.Drop}} {
		if field.from != "" {
			*field.to = field.from
		}
	}
	for _, field := range []struct {
		to   **script.Duration
		from *script.Duration
	}{
		{&e.does.Idle, next.Idle}, {&e.does.Requests, next.Requests},
		{&e.does.PostReturn, next.PostReturn}, {&e.does.Request, next.Request},
	} {
		if field.from != nil {
			*field.to = field.from
		}
	}
	close(e.changed)
	e.changed = make(chan struct{})
}

// gate returns the channel of a gate, which is closed once the gate is open. The caller holds the lock.
func (h *hosting) gate(name string) chan struct{} {
	if h.gates == nil {
		h.gates = map[string]chan struct{}{}
	}
	if h.gates[name] == nil {
		h.gates[name] = make(chan struct{})
		if h.over {
			close(h.gates[name])
		}
	}
	return h.gates[name]
}

// open opens a gate, for good.
func (h *hosting) open(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	gate := h.gate(name)
	select {
	case <-gate:
	default:
		close(gate)
	}
}

// end opens every gate, those included at which nobody waits yet.
func (h *hosting) end() {
	h.mu.Lock()
	h.over = true
	names := slices.Collect(maps.Keys(h.gates))
	h.mu.Unlock()
	for _, name := range names {
		h.open(name)
	}
}
