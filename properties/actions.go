package properties

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// action is one thing that a script may do next. It tells whether it was possible.
type action func(*explorer) bool

// many repeats an action in a list, so that it is drawn more often.
func many(times int, a action) []action {
	var actions []action
	for range times {
		actions = append(actions, a)
	}
	return actions
}

func invoke(e *explorer) bool {
	if len(e.services) == 0 || e.crowded() {
		return false
	}
	c := e.anyCaller()
	if c == nil {
		return false
	}
	e.start(c, script.Command{Do: script.Invoke, Request: e.request()})
	return true
}

func ready(e *explorer) bool {
	if len(e.services) == 0 || e.crowded() || !e.audience.Declares("readiness") {
		return false
	}
	c := e.anyCaller()
	if c == nil {
		return false
	}
	e.start(c, script.Command{Do: script.Ready})
	return true
}

// probe makes a caller that checks its readiness and leaves, if it is answered at once.
func probe(e *explorer) bool {
	if !ready(e) {
		return false
	}
	last := e.operations
	for index, c := range e.ready {
		if !slices.ContainsFunc(e.pending, func(p pending) bool { return p.operation == last }) && index == len(e.ready)-1 {
			e.ready = e.ready[:index]
			e.do(script.Command{Do: script.Leave, Caller: c.number})
		}
	}
	return true
}

// readyAgain checks the readiness of a caller that is ready, and whose service has stayed so: whether it is asked again is not
// specified.
func readyAgain(e *explorer) bool {
	if len(e.ready) == 0 || len(e.unready) > 0 || e.scene.once || e.crowded() {
		return false
	}
	e.start(take(e.rt, &e.ready), script.Command{Do: script.Ready})
	return true
}

// call makes the call of a caller that is ready. Where services inside are checked once more is not specified, so they are ready
// then, unless there is only one.
func call(e *explorer) bool {
	plain := e.scene.plain && !(e.audience.Stranger && e.layered)
	if len(e.ready) == 0 || len(e.unready) > 0 && !plain || e.shut {
		return false
	}
	if e.audience.Stranger && e.scene.inFlight && e.crowded() {
		return false // it may wait, and who is served first is not specified
	}
	e.start(take(e.rt, &e.ready), script.Command{Do: script.Call, Request: e.request()})
	return true
}

// unreadyCall makes a call without readiness where every permit is taken: where one is free, either way is right.
func unreadyCall(e *explorer) bool {
	if len(e.services) == 0 || len(e.open)+len(e.ready) < e.limit || e.audience.OneCaller {
		return false
	}
	c := e.newCaller()
	if len(e.idle) > 0 && rapid.Bool().Draw(e.rt, "again") {
		c = take(e.rt, &e.idle)
	}
	e.start(c, script.Command{Do: script.Call, Request: e.request()})
	return true
}

func leave(e *explorer) bool {
	if e.audience.OneCaller {
		return false // nothing could be done after that
	}
	from := &e.ready
	if len(e.ready) == 0 || len(e.idle) > 0 && rapid.Bool().Draw(e.rt, "idle") {
		from = &e.idle
	}
	if len(*from) == 0 {
		return false
	}
	e.do(script.Command{Do: script.Leave, Caller: take(e.rt, from).number})
	return true
}

func answer(e *explorer) bool {
	if len(e.open) == 0 {
		return false
	}
	exchange := take(e.rt, &e.open)
	e.do(script.Command{Do: script.Answer, Exchange: exchange, Outcome: e.outcome()})
	return true
}

// answerLater has the leaf answer after some time.
func answerLater(e *explorer) bool {
	if len(e.open) == 0 || !e.audience.Declares("timeout-tie") {
		return false // a response may be due at the deadline
	}
	if e.audience.Stranger && e.ignores {
		return false // whether a leaf that has chosen its answer can still be abandoned is not specified
	}
	exchange := take(e.rt, &e.open)
	after := span(one(e.rt, 10, 5, 25, 40))
	e.do(script.Command{Do: script.Answer, Exchange: exchange, Outcome: e.outcome(), After: &after})
	return true
}

func (e *explorer) outcome() *script.Outcome {
	outcomes := []script.Outcome{
		{Response: new("ok")}, {Response: new("ok")}, {Response: new(" padded ")}, {Error: "boom"}, {Error: "outer<inner"}, {Error: "unavailable"}, {Panic: true},
	}
	if e.scene.server {
		return &outcomes[0] // how an error travels over a connection is not specified
	}
	if e.scene.calm || !e.audience.Declares("panic") {
		outcomes = outcomes[:len(outcomes)-1]
	}
	outcome := one(e.rt, outcomes...)
	return &outcome
}

func cancel(e *explorer) bool {
	if len(e.pending) == 0 {
		return false
	}
	chosen := one(e.rt, e.pending...)
	switch {
	case chosen.verb == script.Shutdown || chosen.verb == script.OnServer:
		return false // whether another goes on is not specified
	case chosen.verb == script.Invoke && e.scene.spawned:
		return false // whether its check goes on is not specified
	}
	operation := chosen.operation
	e.givenUp = true
	e.do(script.Command{Do: script.Cancel, Operation: operation})
	return true
}

func leafReady(e *explorer) bool {
	if e.audience.Stranger && e.scene.inFlight {
		return e.queued() == 0 && leafWaits(e) // whether a full limit asks the service inside is not specified, and so not what it hears
	}
	if e.audience.Stranger && e.scene.spawned && e.givenUp {
		return e.leafReady("ok") // how long what a check that was given up has found out counts is not specified
	}
	if e.audience.Stranger && e.scene.idle {
		return e.leafReady("ok", "error:unready", "error:outer<inner") // whether a check that waits fails when the idle time is over is not specified
	}
	return e.leafReady("ok", "wait", "ok", "error:unready", "error:outer<inner")
}

// leafWaits has a leaf wait, or not.
func leafWaits(e *explorer) bool { return e.leafReady("ok", "wait") }

// leafReady changes a leaf's readiness. Of two services in a row, one that was ready stays so until every call that has asked it
// is through with it: when it is asked once more is left to the implementation.
func (e *explorer) leafReady(settings ...string) bool {
	name := one(e.rt, e.scene.leaves...)
	if e.scene.pair && (len(e.open) > 0 || len(e.pending) > 0 && !e.unready[name]) {
		return false
	}
	e.do(script.Command{Do: script.SetLeaf, Leaf: &script.Leaf{Name: name, Ready: one(e.rt, settings...)}})
	return true
}

// leavesApart has one of two services in a row wait and the other fail, when nobody asks them.
func leavesApart(e *explorer) bool {
	if len(e.open) > 0 || len(e.pending) > 0 {
		return false
	}
	waits := one(e.rt, e.scene.leaves...)
	for _, name := range e.scene.leaves {
		does := "error:unready"
		if name == waits {
			does = "wait"
		}
		e.do(script.Command{Do: script.SetLeaf, Leaf: &script.Leaf{Name: name, Ready: does}})
	}
	return true
}

// giveUpAndLeave has a caller give up its check of readiness and leave.
func giveUpAndLeave(e *explorer) bool {
	index := slices.IndexFunc(e.pending, func(p pending) bool { return p.verb == script.Ready })
	if index < 0 || e.audience.OneCaller {
		return false
	}
	gone := e.pending[index]
	e.givenUp = true
	e.do(script.Command{Do: script.Cancel, Operation: gone.operation})
	e.idle = slices.DeleteFunc(e.idle, func(c *caller) bool { return c == gone.caller })
	e.do(script.Command{Do: script.Leave, Caller: gone.caller.number})
	return true
}

func leafAnswers(e *explorer) bool {
	leaf := script.Leaf{Name: one(e.rt, e.scene.leaves...), Answers: one(e.rt, "manual", "echo", "manual", "error:boom", "error:outer<inner")}
	if e.scene.pair && alike(leaf.Answers) && e.queued() > 1 {
		return false // see crowded
	}
	e.do(script.Command{Do: script.SetLeaf, Leaf: &leaf})
	return true
}

func leafCancel(e *explorer) bool {
	if e.audience.Stranger && e.limited {
		return false // whether a call that goes on unobserved keeps its permit is not specified
	}
	leaf := script.Leaf{Name: one(e.rt, e.scene.leaves...), Cancel: one(e.rt, "heed", "ignore")}
	e.do(script.Command{Do: script.SetLeaf, Leaf: &leaf})
	return true
}

func leafPoll(e *explorer) bool {
	leaf := script.Leaf{Name: one(e.rt, e.scene.leaves...), Poll: one(e.rt, "ok", "error:poll", "error:outer<inner")}
	e.do(script.Command{Do: script.SetLeaf, Leaf: &leaf})
	return true
}

func leafShutdown(e *explorer) bool {
	leaf := script.Leaf{Name: one(e.rt, e.scene.leaves...), Shutdown: one(e.rt, "done", "wait")}
	e.do(script.Command{Do: script.SetLeaf, Leaf: &leaf})
	return true
}

func leafCreate(e *explorer) bool {
	leaf := script.Leaf{Name: one(e.rt, e.scene.leaves...), Create: one(e.rt, "ok", "error:create", "error:outer<inner")}
	e.do(script.Command{Do: script.SetLeaf, Leaf: &leaf})
	return true
}

// invokeApart makes a call at an instant of its own.
func invokeApart(e *explorer) bool {
	if !invoke(e) {
		return false
	}
	e.do(script.Command{Do: script.Advance, Duration: new(span(1))})
	return true
}

// early is before a budget forgets anything: a tenth of the shortest time to live, the slot of the reference, and another before its end.
const early = script.Duration(800 * time.Millisecond)

func advance(e *explorer) bool { return e.advance(10, 1, 5, 20, 9, 30, 50, 100) }

// advanceFar comes near the end of a budget's time to live, or past it.
func advanceFar(e *explorer) bool { return e.advance(300, 600, 1200, 2000) }

// advance moves time by one of so many milliseconds.
func (e *explorer) advance(milliseconds ...int) bool {
	duration := span(one(e.rt, milliseconds...))
	if e.audience.Stranger && e.budgeted && e.at+e.audience.onGrid(duration) > early {
		return false // a budget forgets to within a slot, and when its slots begin is not specified
	}
	e.do(script.Command{Do: script.Advance, Duration: &duration})
	return true
}

func poll(e *explorer) bool {
	if len(e.services) == 0 || e.shut || e.audience.OneCaller || !e.audience.Declares("poll") {
		return false
	}
	e.start(e.newCaller(), script.Command{Do: script.Poll})
	return true
}

// shutdown shuts a service down, when nobody waits for it.
func shutdown(e *explorer) bool {
	if len(e.services) == 0 || e.audience.OneCaller || !e.audience.Declares("shutdown") {
		return false
	}
	for _, p := range e.pending {
		if p.verb == script.Ready {
			return false
		}
	}
	e.shut = true
	e.start(e.newCaller(), script.Command{Do: script.Shutdown})
	return true
}

// closeService closes a service when nobody waits for it: with which error those end is not specified.
func closeService(e *explorer) bool {
	if len(e.services) == 0 || len(e.pending) > len(e.open) && !e.scene.drains || !e.audience.Declares("close") {
		return false
	}
	service := take(e.rt, &e.services)
	e.do(script.Command{Do: script.Close, Service: service})
	return true
}

func create(e *explorer) bool {
	e.operations++
	// The service has the number of the operation that creates it.
	command := script.Command{
		Do: script.Create, Factory: 1, Service: e.operations, Operation: e.operations, Config: one(e.rt, "a", "b", "c"),
	}
	e.pending = append(e.pending, pending{e.operations, script.Create, nil})
	e.do(command)
	return true
}
