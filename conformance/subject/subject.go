// Package subject says what every implementation under check looks like to a spec, wherever it runs: something that
// takes one command at a time and answers with the events up to quiescence.
//
// What may not enter: how a subject is driven (conformance/inprocess drives a Go value).
package subject

import (
	"fmt"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Subject is one fresh instance of an implementation, for one spec. It is used by one goroutine.
type Subject interface {
	// Do carries out one command and returns every event that it caused, once nothing more can happen without
	// another command. An error means that the subject cannot be used any more; events may come with it.
	Do(script.Command) ([]script.Event, error)
	// Close ends the subject. It reports what the implementation left behind.
	Close() error
}

// Timed is a Subject on a clock that does not stand still between commands.
type Timed interface {
	Subject
	// Now is the subject's time, as its events have it.
	Now() script.Duration
}

// Host makes a fresh Subject.
type Host func() (Subject, error)

// HangError says that an implementation did not come to rest after a command: it spins, waits for a lock that is
// never released, or waits for something outside the script.
type HangError struct {
	Command script.Command
	Stacks  string // of the goroutines or threads concerned, for people
}

func (e *HangError) Error() string {
	return fmt.Sprintf("the implementation did not come to rest after %q\n%s", e.Command, e.Stacks)
}

// LeakError says that work of the implementation was still there after every caller had left, every operation had
// been cancelled and every exchange had been answered.
type LeakError struct {
	Stacks string
}

func (e *LeakError) Error() string {
	return "the implementation left work running behind it\n" + e.Stacks
}

// PanicError says that an adapter panicked outside an operation: while it built a service, say.
type PanicError struct {
	Command script.Command
	Value   any
	Stack   string
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("the adapter panicked in %q: %v\n%s", e.Command, e.Value, e.Stack)
}

// UnavailableError says that there is no result, because whatever runs the implementation did not start, died, hung, or
// broke the protocol. It is not a verdict on the implementation.
type UnavailableError struct {
	Cause error
	Words string // the last that the testee told people, for people
}

func (e *UnavailableError) Error() string {
	if e.Words == "" {
		return e.Cause.Error()
	}
	return e.Cause.Error() + "\nIts last words:\n" + e.Words
}

// Unwrap returns the cause.
func (e *UnavailableError) Unwrap() error { return e.Cause }

// DisturbedError says that a spec on the machine's clock has no result, because the testee's time was not where the script had it. It
// is not a verdict on the implementation, and says nothing about other specs.
type DisturbedError struct {
	Ahead   script.Duration // of the script, by the testee's clock; negative if it is behind
	Allowed script.Duration
}

func (e *DisturbedError) Error() string {
	return fmt.Sprintf("the testee's clock was %v ahead of the script, and %v is allowed: this machine is too busy for the scale, run it with a larger -scale",
		e.Ahead, e.Allowed)
}

// BuildError says that a construction failed and did not say which parameter was to blame. It is what the implementation
// answered, and so a failure like any other.
type BuildError struct {
	Command script.Command
	Cause   error
}

func (e *BuildError) Error() string { return fmt.Sprintf("%q failed: %v", e.Command, e.Cause) }

// Unwrap returns the cause.
func (e *BuildError) Unwrap() error { return e.Cause }

// ScriptError says that a command makes no sense for this subject: an unknown verb, a number that names nothing, an
// operation that the adapter does not offer.
type ScriptError struct {
	Command script.Command
	Reason  string
}

func (e *ScriptError) Error() string { return fmt.Sprintf("cannot %q: %s", e.Command, e.Reason) }
