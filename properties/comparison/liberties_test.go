package comparison_test

import (
	"slices"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/properties"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

// liberty is a way of its own to carry out a command.
type liberty func(command script.Command, carryOut func(script.Command) ([]script.Event, error)) ([]script.Event, error)

// taken is a subject that takes a liberty.
type taken struct {
	subject.Subject
	liberty liberty
}

// Do implements subject.Subject.
func (t taken) Do(command script.Command) ([]script.Event, error) {
	return t.liberty(command, t.Subject.Do)
}

// taking is the implementation without a fault, each subject of which takes a liberty.
func taking(take func() liberty) subject.Host {
	begin := host(breakable.Reserving, "")
	return func() (subject.Subject, error) {
		s, err := begin()
		return taken{s, take()}, err
	}
}

// oneHandle has a service that goes to one caller.
func oneHandle() liberty {
	return func(command script.Command, carryOut func(script.Command) ([]script.Event, error)) ([]script.Event, error) {
		if command.Do == script.NewCaller && command.Caller > 1 {
			return []script.Event{{Event: script.Unsupported, What: "a second handle"}}, nil
		}
		return carryOut(command)
	}
}

// closedByPanic answers a call that was made without readiness by a panic, and everything that its caller does later by an error.
func closedByPanic() liberty {
	closed := map[int]bool{}
	return func(command script.Command, carryOut func(script.Command) ([]script.Event, error)) ([]script.Event, error) {
		if closed[command.Caller] && command.Operation != 0 {
			return []script.Event{{Event: script.Failed, Operation: command.Operation, Kinds: []string{"closed"}}}, nil
		}
		events, err := carryOut(command)
		for index, event := range events {
			if command.Do == script.Call && event.Event == script.Failed && slices.Equal(event.Kinds, []string{"not-ready"}) {
				closed[command.Caller] = true
				events[index] = script.Event{Event: script.Panicked, Operation: event.Operation, At: event.At}
			}
		}
		return events, err
	}
}

// pollsWhenAsked polls its leaf whenever it is asked whether it is ready.
func pollsWhenAsked() liberty {
	return func(command script.Command, carryOut func(script.Command) ([]script.Event, error)) ([]script.Event, error) {
		events, err := carryOut(command)
		if command.Do == script.Ready {
			events = append(events, script.Event{Event: script.Polled, Leaf: "leaf"})
		}
		return events, err
	}
}

// TestALibertyIsNoFailureOfAProperty holds implementations against a property each of which does what no requirement forbids.
func TestALibertyIsNoFailureOfAProperty(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		property string
		host     subject.Host
		features []string
	}{
		{properties.FixedWindow.Name, taking(oneHandle), []string{"rate-limit", "rate-limit-fixed-window"}},
		{properties.Places.Name, taking(closedByPanic), []string{"reserving", "concurrency-limit", "buffer", "panic"}},
	} {
		const checks = 40
		held, err := comparison.Hold(c.host, &statement.Statement{Implementation: "breakable", Features: c.features}, comparison.Options{Checks: checks, AsDrawn: true})
		if err != nil {
			t.Fatal(err)
		}
		index := slices.IndexFunc(held, func(k comparison.Kind) bool { return k.Name == c.property })
		if index < 0 || held[index].Equal != checks {
			t.Errorf("%q: %+v", c.property, held)
		}
	}
}

// TestWhatNobodyDeclaresIsNotCompared has an implementation show what it does not declare.
func TestWhatNobodyDeclaresIsNotCompared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		features []string
		equal    bool
	}{
		{[]string{"reserving"}, true},
		{[]string{"reserving", "poll"}, false},
	} {
		kinds, err := comparison.Compare(taking(pollsWhenAsked), &statement.Statement{Implementation: "breakable", Features: c.features}, comparison.Options{Scripts: scripts, AsDrawn: true})
		if err != nil {
			t.Fatal(err)
		}
		if sum := comparison.Sum(kinds); sum.Equal == 0 || (sum.Unexplained == 0) != c.equal {
			t.Errorf("of one that declares %v, %d scripts are equal and %d not", c.features, sum.Equal, sum.Unexplained)
		}
	}
}

// TestOnTheMachinesClockNoPropertyIsAboutInstants holds an implementation that is said to be on that clock.
func TestOnTheMachinesClockNoPropertyIsAboutInstants(t *testing.T) {
	t.Parallel()
	s := &statement.Statement{Implementation: "breakable", Features: breakable.Reserving.Features(), Clock: statement.Real}
	held, err := comparison.Hold(host(breakable.Reserving, ""), s, comparison.Options{Checks: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range held {
		timed := slices.ContainsFunc(properties.All(), func(p properties.Property) bool { return p.Name == kind.Name && p.Timed })
		if timed != (kind.Left != "") || timed == (kind.Equal > 0) {
			t.Errorf("%q is about instants: %t, and held in %d checks (left out: %q)", kind.Name, timed, kind.Equal, kind.Left)
		}
	}
}
