package properties_test

import (
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/implementations/reference"
)

// planted names the environment variable with a fault to check in place of the implementations, to see it found.
const planted = "PLUMBLINE_PLANTED_FAULT"

// implementations are what every property is checked on.
func implementations() map[string]inprocess.Adapter {
	if fault, is := os.LookupEnv(planted); is {
		return map[string]inprocess.Adapter{fault: breakable.New(breakable.Reserving, fault)}
	}
	return map[string]inprocess.Adapter{
		"reference": reference.Adapter{},
		"breakable": breakable.New(breakable.Reserving, ""),
	}
}

// onEach checks a property on each implementation.
func onEach(t *testing.T, property func(*rapid.T, *run)) {
	t.Helper()
	for name, adapter := range implementations() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { check(rt, adapter, property) })
		})
	}
}

func check(rt *rapid.T, adapter inprocess.Adapter, property func(*rapid.T, *run)) {
	sub, err := inprocess.Host(adapter, inprocess.DefaultPatience)()
	if err != nil {
		rt.Fatal(err)
	}
	r := &run{rt: rt, subject: sub}
	property(rt, r)
	if err := sub.Close(); err != nil {
		rt.Fatalf("%v\n%s", err, r.trace.Timeline())
	}
}

// run is one subject and what was done to it.
type run struct {
	rt         *rapid.T
	subject    subject.Subject
	trace      script.Trace
	callers    int
	operations int
}

func (r *run) do(command script.Command) []script.Event {
	r.rt.Helper()
	events, err := r.subject.Do(command)
	r.trace = append(r.trace, script.Step{Command: command, Events: events})
	if err != nil {
		r.fatal("%v", err)
	}
	return events
}

func (r *run) fatal(format string, args ...any) {
	r.rt.Helper()
	r.rt.Fatalf(format+"\n%s", append(args, r.trace.Timeline())...)
}

func (r *run) open(layers ...script.Layer) {
	r.rt.Helper()
	r.do(script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Layers: layers, Leaf: "leaf"}})
}

// invoke makes a call by a new caller and returns its operation's number, with what happened.
func (r *run) invoke(request string) (int, []script.Event) {
	r.rt.Helper()
	r.callers++
	r.operations++
	r.do(script.Command{Do: script.NewCaller, Caller: r.callers, Service: 1})
	return r.operations, r.do(script.Command{Do: script.Invoke, Caller: r.callers, Operation: r.operations, Request: &request})
}

func (r *run) answer(exchange int, outcome script.Outcome) []script.Event {
	r.rt.Helper()
	return r.do(script.Command{Do: script.Answer, Exchange: exchange, Outcome: &outcome})
}

// only returns the events of one kind.
func only(events []script.Event, kind script.Happening) []script.Event {
	var found []script.Event
	for _, event := range events {
		if event.Event == kind {
			found = append(found, event)
		}
	}
	return found
}
