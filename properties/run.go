package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// Run is one subject and what was done to it, with the numbers that scripts choose. It is used by one goroutine.
type Run struct {
	subject    subject.Subject
	declares   Declares
	oneCaller  bool // of each service
	trace      script.Trace
	at         script.Duration
	callers    int
	operations int
}

// Failure is what a property panics with when it does not hold.
type Failure struct {
	Message string       // for people; the same for the same script
	Trace   script.Trace // what was done and seen
	Broken  string       // why the last command could not be carried out, if it could not
	Cause   error        // the same as an error
	End     string       // why the subject did not end cleanly, if it did not
}

func (f *Failure) Error() string { return f.Message + "\n" + f.Trace.Timeline() }

// Unsupported tells whether the script has asked for something that is not there.
func (f *Failure) Unsupported() bool {
	return slices.ContainsFunc(f.Trace, func(step script.Step) bool { return len(only(step.Events, script.Unsupported)) > 0 })
}

// Travelling is the failure as a trace. What is expected is for the reader to say: see trace.Expect.
func (f *Failure) Travelling(property, implementation string) *trace.Trace {
	t := trace.New(f.Trace)
	t.Property, t.Implementation.Name, t.Failure, t.End = property, implementation, f.Message, f.End
	if f.Broken != "" && len(t.Steps) > 0 {
		t.Steps[len(t.Steps)-1].Error = f.Broken
	}
	return t
}

// Do carries out one command and returns its events. A subject that breaks is a Failure.
func (r *Run) Do(command script.Command) []script.Event {
	events, err := r.subject.Do(command)
	r.trace = append(r.trace, script.Step{Command: command, At: r.at, Events: events})
	if command.Do == script.Advance {
		r.at += *command.Duration
	}
	if err != nil {
		broken := firstLine(err.Error())
		panic(&Failure{Message: broken, Trace: r.trace, Broken: broken, Cause: err})
	}
	return events
}

// Fail ends the run: the property does not hold.
func (r *Run) Fail(format string, args ...any) {
	panic(&Failure{Message: fmt.Sprintf(format, args...), Trace: r.trace})
}

// Open builds service 1.
func (r *Run) Open(layers ...script.Layer) []script.Event {
	return r.Do(script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Layers: layers, Leaf: "leaf"}})
}

// Caller makes a new caller of service 1, or returns the one that it may have.
func (r *Run) Caller() int {
	if r.oneCaller && r.callers > 0 {
		return r.callers
	}
	r.callers++
	r.Do(script.Command{Do: script.NewCaller, Caller: r.callers, Service: 1})
	return r.callers
}

// Start gives a command the next operation's number, carries it out, and returns the number with what happened.
func (r *Run) Start(command script.Command) (int, []script.Event) {
	r.operations++
	command.Operation = r.operations
	return r.operations, r.Do(command)
}

// Invoke makes a call by a new caller, or by the one that there may be.
func (r *Run) Invoke(request string) (int, []script.Event) {
	caller := r.Caller()
	return r.Start(script.Command{Do: script.Invoke, Caller: caller, Request: &request})
}

// Answer has the leaf complete an exchange.
func (r *Run) Answer(exchange int, outcome script.Outcome) []script.Event {
	return r.Do(script.Command{Do: script.Answer, Exchange: exchange, Outcome: &outcome})
}

// Cancel gives up on an operation.
func (r *Run) Cancel(operation int) []script.Event {
	return r.Do(script.Command{Do: script.Cancel, Operation: operation})
}

// Leaf sets what the leaf does from now on.
func (r *Run) Leaf(leaf script.Leaf) []script.Event {
	leaf.Name = "leaf"
	return r.Do(script.Command{Do: script.SetLeaf, Leaf: &leaf})
}

// Advance moves virtual time.
func (r *Run) Advance(duration script.Duration) []script.Event {
	return r.Do(script.Command{Do: script.Advance, Duration: &duration})
}

// only returns the events of one kind.
func only(events []script.Event, kind script.Happening) []script.Event {
	var found []script.Event
	for i := range events {
		if events[i].Event == kind {
			found = append(found, events[i])
		}
	}
	return found
}

// one draws one of the options.
func one[T any](rt *rapid.T, options ...T) T {
	if len(options) == 1 {
		return options[0]
	}
	return rapid.SampledFrom(options).Draw(rt, "one")
}
