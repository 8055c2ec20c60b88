package comparison

import (
	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/properties"
)

// unheld are implementations with a property against which they are not held, and the reason. The table names them.
var unheld = []struct{ implementation, property, why string }{
	{"tower", properties.JitterDiffers.Name, "its statement says that they do not (backoff.jitter-differs-between-calls), and no replay of chance tells whether that is why"},
	{"tower", properties.LongBackoff.Name, "time moves so far at once that tokio's clock takes longer than a command may"},
}

// Hold holds subjects of the host against each property that the statement's features allow, by that many random scripts each. Where one
// does not hold, the same script is carried out by the implementation that is held to be right, and what differs is explained as in a
// comparison. An error means that it came to an end before that, with the properties so far.
func Hold(host subject.Host, s *statement.Statement, o Options) ([]Kind, error) {
	var held []Kind
	o = o.on(s)
	c := compared{host, s, o.Slower}
	for _, property := range properties.All() {
		if !property.Applies(s.Has) {
			continue
		}
		kind := Kind{Name: property.Name, Explained: map[string]int{}}
		if property.Timed && live(s) {
			kind.Left = "it is about instants, and this clock is the machine's"
		}
		for _, u := range unheld {
			if u.implementation == s.Implementation && u.property == property.Name {
				kind.Left = u.why
			}
		}
		for number := range o.Checks {
			if kind.Left != "" {
				break
			}
			if err := c.hold(&kind, property.For(s.Has), number+o.Seed*apart); err != nil {
				return append(held, kind), err
			}
		}
		if kind.shortest != nil {
			c.keep(&kind, o.AsDrawn)
		}
		held = append(held, kind)
	}
	return held, nil
}

// hold holds a subject against a property by the script of that number, and counts what came of it.
func (c compared) hold(k *Kind, property properties.Property, number int) error {
	failure := c.once(property, number)
	switch {
	case failure == nil:
		k.Equal++
		return nil
	case disturbed(failure.Cause):
		return failure.Cause
	default:
		return c.broken(k, failure)
	}
}

// once checks a property with the script of that number.
func (c compared) once(property properties.Property, number int) (failure *properties.Failure) {
	c.calmly(func() error {
		rapid.Custom(func(rt *rapid.T) int {
			failure = property.Once(rt, properties.Hosted(c.host))
			return 0
		}).Example(number)
		if failure == nil {
			return nil
		}
		return failure.Cause
	})
	return failure
}

// broken counts a script for which a property does not hold.
func (c compared) broken(k *Kind, failure *properties.Failure) error {
	replayed := c.replay(rightly(failure, c.statement))
	switch verdict := replayed.Verdict(); verdict {
	case trace.Differs:
		replayed.Trace.Property = k.Name
		equal := k.Equal
		if err := k.take(replayed, c.statement); err != nil || k.Equal == equal {
			return err
		}
		k.Equal = equal // that two outcomes both conform is no reason for a property not to hold
	case trace.NotApplicable, trace.CouldNotRun:
		return k.take(replayed, c.statement)
	}
	k.Unexplained++
	if k.Trace == nil {
		k.Trace = failure.Travelling(k.Name, c.statement.Implementation)
		if live(c.statement) {
			k.Trace.Clock = trace.RealClock
		}
	}
	return nil
}

// rightly is what was done until the property did not hold, with what the implementation that is held to be right does then. It ends
// where that one cannot go on, because the other has gone another way.
func rightly(failure *properties.Failure, s *statement.Statement) *trace.Trace {
	var steps script.Trace
	for _, step := range properties.Replay(trace.New(failure.Trace), properties.Declares(s.Has).Seen(properties.InProcess(Right(s.Has)))).Steps {
		if step.Err != nil {
			break
		}
		steps = append(steps, script.Step{Command: step.Command, Events: step.Events})
	}
	return expecting(steps)
}
