package properties

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// explorer draws scripts by looking at what happens: it answers exchanges that are open, gives up operations that are pending,
// lets callers call that are ready.
type explorer struct {
	*Run
	rt          *rapid.T
	scene       scene
	audience    Audience
	services    []int
	idle        []*caller // callers that may start an operation
	ready       []*caller // callers that have been told that they are ready, and have not called
	pending     []pending
	open        []int // exchanges that are not answered
	requests    int
	budgeted    bool // there is a retry budget
	layered     bool // there are layers
	givenUp     bool // an operation was given up
	limited     bool // there is a concurrency limit
	limit       int  // the permits that there are, where the kind of script says so
	connections []*connection
	contexts    int
	added       []string        // the types of values that layers insert
	unready     map[string]bool // leaves that are not ready
	ignores     bool            // a leaf did not heed that calls are abandoned, and some calls may not know better
	alike       map[string]bool // leaves that answer every call alike
	shut        bool            // a service has been shut down
	moved       int             // how often time was moved
	since       int             // commands since then
	places      places
}

type caller struct{ number, service int }

type pending struct {
	operation int
	verb      script.Verb
	caller    *caller // nil for a creation
}

// span is so many milliseconds of virtual time.
func span(milliseconds int) script.Duration {
	return script.Duration(time.Duration(milliseconds) * time.Millisecond)
}

// explore draws and carries out a script of the scene, of what is declared.
func explore(rt *rapid.T, run *Run, s scene, audience Audience) {
	e := &explorer{Run: run, rt: rt, scene: s, audience: audience, unready: map[string]bool{}, alike: map[string]bool{}}
	if !e.build() {
		return
	}
	actions := e.scene.actions
	rt.Repeat(map[string]func(*rapid.T){"": func(*rapid.T) {}, "step": func(rt *rapid.T) {
		if e.waits() {
			return
		}
		// The first action that is possible from the one drawn onwards.
		first := rapid.IntRange(0, len(actions)-1).Draw(rt, "action")
		for offset := range actions {
			if actions[(first+offset)%len(actions)](e) {
				return
			}
		}
		rt.Skip("nothing is possible")
	}})
	if len(e.services) > 0 && !e.shut && !e.scene.endless && !(e.audience.Live && e.scene.timed) && rapid.Bool().Draw(rt, "settle") {
		e.settle()
	}
}

// waits moves time where a script that is about time, on the machine's clock, has spent as much of it as it may on commands, and tells
// whether it did, or would.
func (e *explorer) waits() bool {
	if !e.audience.Live || !e.scene.timed || e.since < atOnce {
		return false
	}
	e.do(script.Command{Do: script.Advance, Duration: new(e.audience.grid())})
	return true
}

// do carries out a command and notes what it makes possible. It leaves out what is not declared.
func (e *explorer) do(command script.Command) []script.Event {
	if !e.audience.Declares.can(command) {
		return nil
	}
	if command.Do == script.Advance {
		duration, again := e.audience.moving(*command.Duration, e.moved)
		if !again {
			return nil
		}
		command.Duration = &duration
		e.moved++
		e.since = 0
	} else {
		e.since++
	}
	if e.audience.Stranger && command.After != nil {
		command.After = e.audience.offGrid(command.After)
	}
	if command.Do == script.SetLeaf {
		command.Leaf = e.audience.Declares.leaf(*command.Leaf)
	}
	if command.Do == script.SetLeaf && command.Leaf.Ready != "" {
		delete(e.unready, command.Leaf.Name)
		if command.Leaf.Ready != "ok" {
			e.unready[command.Leaf.Name] = true
		}
	}
	if command.Do == script.SetLeaf && command.Leaf.Cancel != "" {
		e.ignores = e.ignores || command.Leaf.Cancel == "ignore" // calls keep to what held when they came
	}
	if command.Do == script.SetLeaf && command.Leaf.Answers != "" {
		delete(e.alike, command.Leaf.Name)
		if alike(command.Leaf.Answers) {
			e.alike[command.Leaf.Name] = true
		}
	}
	events := e.Do(command)
	for _, event := range events {
		switch {
		case event.Event == script.Received:
			e.open = append(e.open, event.Exchange)
		case event.Event == script.Abandoned:
			e.open = without(e.open, event.Exchange)
		case event.Ends():
			e.ended(event)
		}
	}
	e.passed(command, events)
	return events
}

func (e *explorer) ended(event script.Event) {
	index := slices.IndexFunc(e.pending, func(p pending) bool { return p.operation == event.Operation })
	if index < 0 {
		return
	}
	e.onConnection(event.Operation)
	ended := e.pending[index]
	e.pending = slices.Delete(e.pending, index, index+1)
	switch {
	case ended.verb == script.Create && event.Event == script.Done:
		e.services = append(e.services, ended.operation)
	case ended.caller == nil:
	case event.Event == script.IsReady:
		e.ready = append(e.ready, ended.caller)
	default:
		e.idle = append(e.idle, ended.caller)
	}
}

func without(numbers []int, gone int) []int {
	return slices.DeleteFunc(numbers, func(n int) bool { return n == gone })
}

// start starts an operation of a caller.
func (e *explorer) start(c *caller, command script.Command) {
	if c != nil {
		command.Caller = c.number
		if !e.audience.Declares.can(command) {
			e.idle = append(e.idle, c)
			return
		}
	}
	e.operations++
	command.Operation = e.operations
	e.asks(command)
	e.pending = append(e.pending, pending{e.operations, command.Do, c})
	e.do(command)
}

// crowded tells whether one more operation might have to wait beside others, where it is not specified who is served first.
func (e *explorer) crowded() bool {
	if e.shut {
		return true // what becomes of operations after a shutdown is not specified
	}
	if e.scene.alone && len(e.pending) > 0 {
		return true
	}
	if e.scene.pair && len(e.alike) > 0 && e.queued() > 0 {
		return true // when those who wait are let go, the second of two services is sent the same by each, and nobody can tell them apart
	}
	if e.audience.Stranger && e.places.bound > 0 && len(e.ready)+e.queued()+e.places.given >= e.places.bound {
		return true // whether the dispatcher has a call in hand, and whether the place of one that was given up is free yet, is not specified
	}
	return e.places.waiting > 0 || e.scene.queue > 0 && e.queued() >= e.scene.queue
}

// alike tells whether a leaf that answers so answers every call alike.
func alike(answers string) bool { return answers != "manual" && answers != "echo" }

// request is a request that no other call has. Some have space at an end, and some are alike to what functions look for.
func (e *explorer) request() *string {
	e.requests++
	return new(fmt.Sprintf(one(e.rt, "q%d", "q%d", "q%d", " q%d "), e.requests))
}

// anyCaller is a caller that has nothing to do, or a new one; nil where there may be none.
func (e *explorer) anyCaller() *caller {
	if len(e.idle) > 0 && (e.audience.OneCaller || rapid.Bool().Draw(e.rt, "again")) {
		return take(e.rt, &e.idle)
	}
	if !e.audience.OneCaller {
		return e.newCaller()
	}
	if e.callers >= len(e.services) {
		return nil
	}
	service := e.services[e.callers]
	e.callers++
	e.do(script.Command{Do: script.NewCaller, Caller: e.callers, Service: service})
	return &caller{number: e.callers, service: service}
}

// newCaller makes a caller of one of the services.
func (e *explorer) newCaller() *caller {
	e.callers++
	c := &caller{number: e.callers, service: one(e.rt, e.services...)}
	e.do(script.Command{Do: script.NewCaller, Caller: c.number, Service: c.service})
	return c
}

// take removes a drawn element.
func take[T any](rt *rapid.T, from *[]T) T {
	index := 0
	if len(*from) > 1 {
		index = rapid.IntRange(0, len(*from)-1).Draw(rt, "which")
	}
	taken := (*from)[index]
	*from = slices.Delete(*from, index, index+1)
	return taken
}

// settle lets everything come to its end, and then asks each service to serve once more: whatever was lost on the way is missed.
func (e *explorer) settle() {
	for _, leaf := range e.scene.leaves {
		e.do(script.Command{Do: script.SetLeaf, Leaf: &script.Leaf{Name: leaf, Ready: "ok", Answers: "manual", Shutdown: "done", Poll: "ok", Cancel: "heed"}})
	}
	for range 40 {
		if len(e.open) == 0 {
			break
		}
		exchange := e.open[0]
		e.open = e.open[1:]
		e.do(script.Command{Do: script.Answer, Exchange: exchange, Outcome: &script.Outcome{Response: new("end")}})
	}
	for _, c := range e.ready {
		e.do(script.Command{Do: script.Leave, Caller: c.number})
	}
	e.ready = nil
	if e.scene.timed && !(e.audience.Stranger && e.budgeted) {
		e.do(script.Command{Do: script.Advance, Duration: new(span(1000))})
	}
	for _, service := range e.services {
		for range 3 {
			if e.crowded() || e.audience.OneCaller {
				break
			}
			e.callers++
			c := &caller{number: e.callers, service: service}
			e.do(script.Command{Do: script.NewCaller, Caller: c.number, Service: service})
			e.start(c, script.Command{Do: script.Invoke, Request: e.request()})
		}
	}
	for range 20 {
		if len(e.open) == 0 {
			break
		}
		exchange := e.open[0]
		e.open = e.open[1:]
		e.do(script.Command{Do: script.Answer, Exchange: exchange, Outcome: &script.Outcome{Response: new("end")}})
	}
}
