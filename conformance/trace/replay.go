package trace

import (
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Verdict says what came of a replay.
type Verdict string

// The verdicts.
const (
	AsExpected    Verdict = "as expected"
	Differs       Verdict = "differs"
	NotApplicable Verdict = "not applicable" // the subject does not have what the script asks for
	CouldNotRun   Verdict = "could not run"  // no verdict on the subject: what runs it did not start, died, broke the protocol, or the machine was too busy for its clock
	Unknown       Verdict = "unknown"        // the trace does not say what was expected
)

// Result is what came of a replay.
type Result struct {
	Trace *Trace
	Steps []StepResult // those that were carried out: all of the trace's, unless the subject went another way
	End   error        // how the subject ended; nil if it ended cleanly
}

// StepResult is what came of one step.
type StepResult struct {
	Command    script.Command
	At         script.Duration // virtual time before the command
	Events     []script.Event
	Known      bool           // the trace says what was expected
	Missing    []script.Event // expected, and not seen
	Unexpected []script.Event // seen, and not expected
	Err        error          // why the command could not be carried out
}

// Differs tells whether the step went otherwise than expected.
func (s StepResult) Differs() bool {
	return s.Err != nil || len(s.Missing) > 0 || len(s.Unexpected) > 0
}

// WentAnotherWayError says that a command of the trace makes no sense any more, because of what the subject did before.
type WentAnotherWayError struct{ Command script.Command }

func (e *WentAnotherWayError) Error() string {
	return fmt.Sprintf("%q makes no sense here: that exchange never began", e.Command)
}

// Replay drives a fresh subject by the commands of the trace, closes it, and holds the events against those expected. It stops
// at a command that the subject cannot carry out.
func Replay(s subject.Subject, t *Trace) *Result {
	result := replay(s, t, func(step Step) []script.Event { return step.Expected })
	result.End = s.Close()
	return result
}

// replay is Replay against whatever the trace is held to, up to the end of the subject.
func replay(s subject.Subject, t *Trace, held func(Step) []script.Event) *Result {
	result := &Result{Trace: t}
	theirs, ours, recorded := newExchanges(), newExchanges(), newExchanges()
	at := script.Duration(0)
	for _, step := range t.Steps {
		command, known := translate(step.Command, recorded, ours)
		done := StepResult{Command: command, At: at, Known: held(step) != nil}
		if known {
			done.Events, done.Err = s.Do(command)
		} else {
			done.Err = &WentAnotherWayError{step.Command}
		}
		recorded.note(step.observed())
		if done.Known {
			done.Missing, done.Unexpected = t.comparison(command).difference(held(step), done.Events, theirs, ours)
		} else {
			theirs.note(done.Events)
			ours.note(done.Events)
		}
		if command.Do == script.Advance {
			at += *command.Duration
		}
		result.Steps = append(result.Steps, done)
		if done.Err != nil {
			break
		}
	}
	return result
}

// translate gives an answer the number that its exchange has here. It does not know where the trace names an exchange that
// has not begun here.
func translate(c script.Command, there, here *exchanges) (script.Command, bool) {
	if c.Do != script.Answer {
		return c, true
	}
	name, known := there.names[c.Exchange]
	if !known {
		return c, true // the trace itself names an exchange that did not begin: let the subject say so
	}
	c.Exchange, known = here.numbers[name]
	return c, known
}

// Expect has a subject that is known to be right say what is expected: it replays what the trace had observed, and takes over
// what it sees. The trace ends with the first step at which the two differ: what was observed after that followed from it.
func Expect(right subject.Subject, t *Trace) error {
	result := replay(right, t, func(step Step) []script.Event { return orEmpty(step.observed()) })
	err := right.Close()
	recorded, own := newExchanges(), newExchanges()
	for index, done := range result.Steps {
		step := &t.Steps[index]
		recorded.note(step.observed())
		own.note(done.Events)
		switch differs := done.Differs() || step.Error != ""; {
		case done.Err != nil:
			return fmt.Errorf("step %d: %w", index+1, done.Err)
		case differs:
			step.Observed = orEmpty(step.observed())
			step.Expected = renumber(done.Events, own, recorded)
			t.Steps = t.Steps[:index+1]
			return err
		default:
			step.Expected = orEmpty(step.observed())
			step.Observed = nil
		}
	}
	return err
}

// renumber gives events the numbers that their exchanges have there. An exchange that never began there gets a number of its own.
func renumber(events []script.Event, here, there *exchanges) []script.Event {
	out := orEmpty(slices.Clone(events))
	fresh := len(there.names)
	for index := range out {
		if out[index].Exchange == 0 {
			continue
		}
		name := here.names[out[index].Exchange]
		number, known := there.numbers[name]
		if !known {
			fresh++
			number = fresh
			there.numbers[name] = number
		}
		out[index].Exchange = number
	}
	return out
}

// Err is why the last command could not be carried out, or nil.
func (r *Result) Err() error {
	if len(r.Steps) == 0 {
		return nil
	}
	return r.Steps[len(r.Steps)-1].Err
}

// Verdict says in a word how the subject did.
func (r *Result) Verdict() Verdict {
	known, differs := false, r.End != nil
	for _, step := range r.Steps {
		if noResult(step.Err) {
			return CouldNotRun
		}
		for _, event := range step.Events {
			if event.Event == script.Unsupported && step.Differs() {
				return NotApplicable
			}
		}
		known = known || step.Known
		differs = differs || step.Differs()
	}
	switch {
	case noResult(r.End):
		return CouldNotRun
	case differs:
		return Differs
	case !known && len(r.Trace.Steps) > 0:
		return Unknown
	default:
		return AsExpected
	}
}

// noResult tells whether an error says nothing about the subject.
func noResult(err error) bool {
	var unavailable *subject.UnavailableError
	var disturbed *subject.DisturbedError
	return errors.As(err, &unavailable) || errors.As(err, &disturbed)
}

// AsObserved tells whether the subject did what the trace had observed, failure included: the failure is there again.
func (r *Result) AsObserved() bool {
	if (r.End != nil) != (r.Trace.End != "") {
		return false
	}
	theirs, ours := newExchanges(), newExchanges()
	for index, step := range r.Trace.Steps {
		if index >= len(r.Steps) {
			return false
		}
		done := r.Steps[index]
		if (done.Err != nil) != (step.Error != "") {
			return false
		}
		if missing, unexpected := r.Trace.comparison(step.Command).difference(step.observed(), done.Events, theirs, ours); len(missing)+len(unexpected) > 0 {
			return false
		}
		if done.Err != nil {
			return index == len(r.Trace.Steps)-1
		}
	}
	return true
}
