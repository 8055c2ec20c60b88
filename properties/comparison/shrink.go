package comparison

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/properties"
)

// keep makes a trace of the shortest difference that no deviation explains, of as few steps as show it. It stays as it was drawn where
// nothing is to be had from shrinking: the difference is not the same each time, or those who are right do not agree.
func (c compared) keep(k *Kind, asDrawn bool) {
	s := c.statement
	cut := upToDifference(k.shortest)
	if !asDrawn {
		var rightly []properties.Driver
		for _, right := range rights(s.Has) {
			rightly = append(rightly, properties.Declares(s.Has).Seen(properties.InProcess(right)))
		}
		k.Trace = properties.Shrink(cut, unexplained(k.shortest, c.host, s, rightly[0]), rightly...)
	}
	if k.Shrunk = k.Trace != nil; !k.Shrunk {
		k.Trace = cut
	}
	k.Trace.Property = k.shortest.Trace.Property
	k.Trace.Implementation = trace.Implementation{Name: s.Implementation, Version: s.Version}
}

// upToDifference is a script up to its first difference, as it was drawn.
func upToDifference(found *trace.Result) *trace.Trace {
	cut := *found.Trace
	cut.Steps = slices.Clone(cut.Steps[:len(found.Steps)])
	cut.Failure = "the same script has another outcome"
	last := len(found.Steps) - 1
	switch {
	case last >= 0 && found.Steps[last].Differs():
		cut.Steps[last].Observed = append([]script.Event{}, found.Steps[last].Events...)
		if found.Steps[last].Err != nil {
			cut.Steps[last].Error = found.Steps[last].Err.Error()
		}
	case found.End != nil:
		cut.End = found.End.Error()
	}
	return &cut
}

// unexplained drives an implementation as it is seen when all that deviations explain is passed over. A script with no difference beyond
// that, or with one of another sort than the one that was found, has the right outcome: shrinking is not to slip from one to the other.
//
// What is right is asked first for every outcome of the script, because whether a difference is explained hangs on it.
func unexplained(found *trace.Result, host subject.Host, s *statement.Statement, right properties.Driver) properties.Driver {
	wanted := sort(found, s)
	return func(body func(subject.Subject)) error {
		var told *teller
		err := right(func(of subject.Subject) {
			told = &teller{Subject: of}
			body(told)
		})
		if err != nil || told == nil {
			return err
		}
		replayed := properties.Replay(expecting(told.steps), properties.Declares(s.Has).Seen(properties.Hosted(host)))
		if replayed.Verdict() != trace.Differs {
			return nil
		}
		if left, _ := explain(replayed, s); left && sort(replayed, s) == wanted {
			body(passedOver(replayed, s))
		}
		return nil
	}
}

// expecting is a script with what came of it as what is expected.
func expecting(steps script.Trace) *trace.Trace {
	t := trace.New(steps)
	for index := range t.Steps {
		t.Steps[index].Expected, t.Steps[index].Observed = t.Steps[index].Observed, nil
	}
	return t
}

// teller notes what is asked of a subject, and what it answers.
type teller struct {
	subject.Subject
	steps script.Trace
}

// Do implements subject.Subject.
func (t *teller) Do(command script.Command) ([]script.Event, error) {
	events, err := t.Subject.Do(command)
	t.steps = append(t.steps, script.Step{Command: command, Events: events})
	return events, err
}

// told is a subject that answers what another has answered to the same commands.
type told struct {
	steps []trace.StepResult
	end   error
}

// errOver says that there is nothing more to tell: the script was cut at its first difference.
var errOver = errors.New("the script was cut here")

// Do implements subject.Subject.
func (t *told) Do(script.Command) ([]script.Event, error) {
	if len(t.steps) == 0 {
		return nil, errOver
	}
	step := t.steps[0]
	t.steps = t.steps[1:]
	return step.Events, step.Err
}

// Close implements subject.Subject.
func (t *told) Close() error { return t.end }

// passedOver is a subject with the outcome of a script that explain has cut, without what it has passed over.
func passedOver(replayed *trace.Result, s *statement.Statement) *told {
	t := &told{end: replayed.End}
	for index, step := range replayed.Steps {
		if index < len(replayed.Steps)-1 || !step.Differs() {
			step.Events = append(less(step.Events, step.Unexpected), step.Missing...)
		} else {
			d := beyond(replayed.Steps, s).step
			step.Events = append(less(step.Events, less(step.Unexpected, d.Unexpected)), less(step.Missing, d.Missing)...)
		}
		t.steps = append(t.steps, step)
	}
	return t
}

// beyond is the difference of the last step, without the events that deviations add.
func beyond(steps []trace.StepResult, s *statement.Statement) *difference {
	d := &difference{steps: steps, step: steps[len(steps)-1]}
	for _, e := range extras {
		if _, declared := s.Deviation(e.requirement); declared {
			d.drop(e)
		}
	}
	return d
}

// less is events without others.
func less(events, others []script.Event) []script.Event {
	others = slices.Clone(others)
	return slices.DeleteFunc(slices.Clone(events), func(e script.Event) bool {
		index := slices.IndexFunc(others, func(other script.Event) bool { return reflect.DeepEqual(e, other) })
		if index >= 0 {
			others = slices.Delete(others, index, index+1)
		}
		return index >= 0
	})
}

// sort is what the difference at the end of a script that explain has cut has in common with others of its sort: the command, and the
// kinds of events that are missing or too many.
func sort(replayed *trace.Result, s *statement.Statement) string {
	if len(replayed.Steps) == 0 || !replayed.Steps[len(replayed.Steps)-1].Differs() {
		return fmt.Sprintf("end %T", replayed.End)
	}
	d := beyond(replayed.Steps, s)
	return fmt.Sprintf("%s without %s with %s %T", d.step.Command.Do, kinds(d.step.Missing), kinds(d.step.Unexpected), d.step.Err)
}

func kinds(events []script.Event) string {
	found := map[string]bool{}
	for _, event := range events {
		found[string(event.Event)] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), ", ")
}
