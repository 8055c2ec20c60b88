package properties

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// connection is the client's end of a connection to the server of a script.
type connection struct {
	number  int
	streams bool // requests may be in progress side by side
	opening int  // the operation that opens it
	busy    int  // the operation of a request in progress
}

// listen makes the server of a script, with a context.
func (e *explorer) listen() {
	newContext(e)
	for range rapid.IntRange(0, 2).Draw(e.rt, "inserted") {
		typ, value := valued(e.rt)
		e.do(script.Command{Do: script.OnContext, Context: 1, Step: &script.ContextStep{Op: script.Insert, Type: typ, Value: value}})
	}
	e.onServer(script.ServerStep{Op: script.Listen, Service: 1, Context: 1})
}

func (e *explorer) onServer(step script.ServerStep) {
	e.do(script.Command{Do: script.OnServer, Server: 1, ServerStep: &step})
}

// connect opens a connection, and has something done to its context when it is accepted.
func connect(e *explorer) bool {
	e.operations++
	c := &connection{number: len(e.connections) + 1, streams: rapid.Bool().Draw(e.rt, "streams") && e.audience.Declares("server-streams"), opening: e.operations}
	e.connections = append(e.connections, c)
	step := script.ServerStep{Op: script.Connect, Connection: c.number, Streams: c.streams}
	for range rapid.IntRange(0, 2).Draw(e.rt, "steps") {
		typ, value := valued(e.rt)
		step.Steps = append(step.Steps, one(e.rt,
			script.ContextStep{Op: script.Insert, Type: typ, Value: value}, script.ContextStep{Op: script.Update, Type: typ, Value: value},
			script.ContextStep{Op: script.WriteState, Value: new("c")}, script.ContextStep{Op: script.WriteShared, Value: new(one(e.rt, "1", "2"))}))
	}
	e.pending = append(e.pending, pending{e.operations, script.OnServer, nil})
	e.do(script.Command{Do: script.OnServer, Server: 1, Operation: c.opening, ServerStep: &step})
	return true
}

// free returns the connections on which a request may be sent.
func (e *explorer) free() []*connection {
	return slices.DeleteFunc(slices.Clone(e.connections), func(c *connection) bool {
		return c.opening != 0 || c.busy != 0 && !c.streams
	})
}

func request(e *explorer) bool {
	free := e.free()
	if len(free) == 0 {
		return connect(e)
	}
	c := one(e.rt, free...)
	e.operations++
	c.busy = e.operations
	e.pending = append(e.pending, pending{e.operations, script.OnServer, nil})
	e.requests++
	e.do(script.Command{
		Do: script.OnServer, Server: 1, Operation: c.busy, Request: new("q" + string(rune('a'+e.requests%26)) + string(rune('a'+e.requests/26))),
		ServerStep: &script.ServerStep{Op: script.Request, Connection: c.number},
	})
	return true
}

func disconnect(e *explorer) bool {
	free := slices.DeleteFunc(e.free(), func(c *connection) bool { return c.busy != 0 || c.streams })
	if len(free) == 0 {
		return false
	}
	c := one(e.rt, free...)
	c.opening = -1
	e.onServer(script.ServerStep{Op: script.Disconnect, Connection: c.number})
	return true
}

// onConnection notes that an operation on a connection has ended.
func (e *explorer) onConnection(operation int) {
	for _, c := range e.connections {
		if c.opening == operation {
			c.opening = 0
		}
		if c.busy == operation {
			c.busy = 0
		}
	}
}
