package comparison_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

// live is a subject that tells the time as one on the machine's clock does: no instant is the one that a script would have it be.
type live struct {
	subject.Subject
	commands  int
	moves     int
	atOnce    int // commands since time was last moved
	most      int // of those
	waited    time.Duration
	disturbed int // the command from which on the machine is too busy; 0: it is not
}

// Do implements subject.Subject.
func (l *live) Do(command script.Command) ([]script.Event, error) {
	l.commands++
	l.atOnce++
	l.most = max(l.most, l.atOnce)
	if command.Do == script.Advance {
		l.atOnce = 0
		l.moves++
		l.waited += time.Duration(*command.Duration)
	}
	events, err := l.Subject.Do(command)
	for index := range events {
		events[index].At += script.Duration(l.commands) * script.Duration(time.Millisecond)
	}
	if err == nil && l.disturbed > 0 && l.commands >= l.disturbed {
		err = &subject.DisturbedError{Ahead: 2, Allowed: 1}
	}
	return events, err
}

// onTheMachinesClock compares a fixture by so many scripts of each kind as if it were on the machine's clock. busy says of the subject of
// that number from which command on the machine is too busy for it. Without features it declares all that it has.
func onTheMachinesClock(t *testing.T, fault string, scripts int, busy func(begun int) int, features ...string) (sum comparison.Kind, subjects []*live, err error) {
	t.Helper()
	if len(features) == 0 {
		features = breakable.Reserving.Features()
	}
	kinds, err := comparison.Compare(telling(fault, busy, &subjects), livingWith(features), comparison.Options{Scripts: 5 * scripts})
	return comparison.Sum(kinds), subjects, err
}

// telling are subjects of a fixture that are noted, and tell the time as on the machine's clock.
func telling(fault string, busy func(begun int) int, subjects *[]*live) subject.Host {
	begin := host(breakable.Reserving, fault)
	return func() (subject.Subject, error) {
		inner, err := begin()
		*subjects = append(*subjects, &live{Subject: inner, disturbed: busy(len(*subjects) + 1)})
		return (*subjects)[len(*subjects)-1], err
	}
}

// livingWith is the statement of an implementation on the machine's clock.
func livingWith(features []string) *statement.Statement {
	return &statement.Statement{Implementation: "breakable", Features: features, Clock: statement.Real}
}

func calm(int) int { return 0 }

func TestOnTheMachinesClockInstantsDoNotCount(t *testing.T) {
	t.Parallel()
	sum, subjects, err := onTheMachinesClock(t, "", 8, calm)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Equal < 160 || sum.Unexplained+sum.NotApplicable+len(sum.Explained) > 0 {
		t.Errorf("equal %d, unexplained %d, not applicable %d, explained %v", sum.Equal, sum.Unexplained, sum.NotApplicable, sum.Explained)
	}
	moved := 0
	for _, s := range subjects {
		if s.waited > 1200*time.Millisecond {
			t.Errorf("a script waits for %v", s.waited)
		}
		if s.moves > 0 && s.most > 8 {
			t.Errorf("a script that moves time gives %d commands at once", s.most)
		}
		moved += s.moves
	}
	if moved == 0 {
		t.Error("no script moves time")
	}
}

func TestOnTheMachinesClockFaultsOfTimeAreFound(t *testing.T) {
	t.Parallel()
	for fault, feature := range map[string]string{
		"timeout-fires-late": "timeout", "timeout-keeps-first-deadline": "timeout", "timeout-leaves-inner-call-running": "timeout",
		"keep-alive-ignores-calls": "keep-alive", "keep-alive-starts-with-first-call": "keep-alive",
	} {
		if sum, _, err := onTheMachinesClock(t, fault, 150, calm, feature); err != nil || sum.Unexplained == 0 {
			t.Errorf("%s: %d scripts differ (%v)", fault, sum.Unexplained, err)
		}
	}
}

func TestAScriptForWhichTheMachineWasTooBusyIsBegunAgain(t *testing.T) {
	t.Parallel()
	sum, subjects, err := onTheMachinesClock(t, "", 4, func(begun int) int { return begun % 3 }) // the first command, the second, and none
	if err != nil || sum.Unexplained > 0 || sum.Equal < 80 || len(subjects) < 2*sum.Equal {
		t.Errorf("%d scripts are equal and %d not, of %d begun (%v)", sum.Equal, sum.Unexplained, len(subjects), err)
	}
	_, _, err = onTheMachinesClock(t, "", 1, func(int) int { return 1 })
	if _, is := errors.AsType[*subject.DisturbedError](err); !is {
		t.Errorf("on a machine that is always too busy it says %v", err)
	}

	var held []*live
	features := []string{"timeout", "map-error"}
	properties, err := comparison.Hold(telling("", func(begun int) int { return begun % 3 }, &held), livingWith(features), comparison.Options{Checks: 10})
	if sum := comparison.Sum(properties); err != nil || sum.Unexplained > 0 || sum.Equal < 20 || len(held) < 2*sum.Equal {
		t.Errorf("in %d checks a property holds and in %d not, of %d begun (%v)", sum.Equal, sum.Unexplained, len(held), err)
	}
	_, err = comparison.Hold(telling("", func(int) int { return 1 }, &held), livingWith(features), comparison.Options{Checks: 1})
	if _, is := errors.AsType[*subject.DisturbedError](err); !is {
		t.Errorf("of a property on a machine that is always too busy it says %v", err)
	}
}

// TestAFailedPropertyOfTheMachinesClockLeavesATraceForIt plants a fault that a property sees.
func TestAFailedPropertyOfTheMachinesClockLeavesATraceForIt(t *testing.T) {
	t.Parallel()
	var subjects []*live
	held, err := comparison.Hold(telling("map-err-skips-call-errors", calm, &subjects), livingWith([]string{"map-err"}), comparison.Options{Checks: 20})
	if err != nil {
		t.Fatal(err)
	}
	index := slices.IndexFunc(held, func(k comparison.Kind) bool { return k.Trace != nil })
	if index < 0 || held[index].Trace.Clock != trace.RealClock || held[index].Shrunk {
		t.Errorf("what was found is %+v", held)
	}
}
