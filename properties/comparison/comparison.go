// Package comparison compares an implementation with one that is held to be right: random scripts of every kind that the
// implementation's features allow are drawn on the right one and replayed on the implementation.
//
// A difference is explained if the statement declares a deviation from a requirement, and the difference is one that this deviation
// makes: explanations.go says of each where it shows. Any other is unexplained, and that is a finding: of the implementation, of its
// statement, or of a script that asks for what no requirement promises.
//
// An implementation is also held against the models of package properties (properties.go); where one does not hold, the same rules say
// whether a deviation explains it.
//
// What may not enter: how implementations are built and started (implementations/check).
package comparison

import (
	"cmp"
	"strings"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/implementations/reference"
	"github.com/plumbline-spec/plumbline/properties"
)

// Kind is what came of the scripts of one kind.
type Kind struct {
	Name          string
	Equal         int            // scripts with the same outcome
	Explained     map[string]int // scripts with another, by the requirement that is deviated from
	Unexplained   int
	NotApplicable int          // scripts that ask for something that is not there
	Trace         *trace.Trace // the shortest of the unexplained, shrunk; nil without one
	Shrunk        bool         // false: it is as it was drawn
	Left          string       // why it was left out; empty if it was not
	File          string       // where the trace was written; empty if it was not

	shortest *trace.Result // of the unexplained, up to the first difference
}

// Options say how much is compared.
type Options struct {
	Scripts int    // how many of each kind are drawn
	Checks  int    // how many scripts each property is held against
	Seed    int    // the same scripts are drawn for the same seed
	AsDrawn bool   // what nothing explains is not shrunk, which takes hundreds of replays
	Traces  string // the directory for traces of differences that nothing explains; empty: none is written

	// Slower has whatever the host makes from now on run where the machine's clock is slower, and tells whether it could. It is asked when
	// the machine was too busy for a script. Nil: it never can.
	Slower func() bool
}

// apart is how far the first scripts of two seeds are apart: more than anybody draws.
const apart = 1_000_003

// Right is the implementation that one with those features is compared with: the reference, or where its model of readiness or its
// algorithm of rates is not the reference's, the breakable implementation without a fault.
func Right(declares properties.Declares) inprocess.Adapter {
	switch {
	case declares("advisory"):
		return breakable.New(breakable.Advisory, "")
	case declares("rate-limit-token-bucket"):
		return breakable.New(breakable.TokenBucket, "")
	case declares("rate-limit-smooth"):
		return breakable.New(breakable.Smooth, "")
	default:
		return reference.Adapter{}
	}
}

// rights are those who have to agree on a script, the first of whom says what is expected.
func rights(declares properties.Declares) []inprocess.Adapter {
	right := Right(declares)
	if _, is := right.(reference.Adapter); is {
		return []inprocess.Adapter{right, breakable.New(breakable.Reserving, "")}
	}
	return []inprocess.Adapter{right}
}

// Compare draws so many scripts of each kind and replays them on subjects of the host. Where the statement says that its clock is the
// machine's, it draws a fifth of them, rounded up, and none of hosts, and shrinks nothing. An error means that it came to an end before
// that, with the kinds so far.
func Compare(host subject.Host, s *statement.Statement, o Options) ([]Kind, error) {
	var kinds []Kind
	c := compared{host, s, o.Slower}
	right := Right(s.Has)
	audience := properties.Audience{Declares: s.Has, Stranger: true}
	names := kindsFor(s.Has)
	if o = o.on(s); live(s) {
		audience.Live = true
		names = properties.KindsFor(s.Has) // scripts of hosts are about instants
	}
	for _, name := range names {
		kind := Kind{Name: name, Explained: map[string]int{}}
		for number := range o.Scripts {
			number += o.Seed * apart
			replayed := c.replay(draw(right, name, number, audience))
			if replayed.Verdict() == trace.NotApplicable {
				// Some services have one handle, which goes to one caller.
				withOneCaller := audience
				withOneCaller.OneCaller = true
				replayed = c.replay(draw(right, name, number, withOneCaller))
			}
			if err := kind.take(replayed, s); err != nil {
				return append(kinds, kind), err
			}
		}
		if kind.shortest != nil {
			c.keep(&kind, o.AsDrawn)
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

// hosts begins the names of kinds of scripts of hosts.
const hosts = "hosts, "

// kindsFor lists the kinds of scripts that are about something which is declared.
func kindsFor(declares properties.Declares) []string {
	kinds := properties.KindsFor(declares)
	for _, kind := range properties.HostKindsFor(declares) {
		kinds = append(kinds, hosts+kind)
	}
	return kinds
}

// draw draws the script of that number.
func draw(right inprocess.Adapter, kind string, number int, audience properties.Audience) *trace.Trace {
	var drawn *trace.Trace
	rapid.Custom(func(rt *rapid.T) int {
		if of, is := strings.CutPrefix(kind, hosts); is {
			drawn = properties.HostScriptFor(rt, right, of, audience.Declares)
		} else {
			drawn = properties.ScriptFor(rt, right, kind, audience)
		}
		return 0
	}).Example(number)
	return drawn
}

// take counts a replayed script.
func (k *Kind) take(replayed *trace.Result, s *statement.Statement) error {
	switch replayed.Verdict() {
	case trace.AsExpected:
		k.Equal++
		return nil
	case trace.NotApplicable:
		k.NotApplicable++
		return nil
	case trace.CouldNotRun:
		return unavailable(replayed)
	}
	left, requirement := explain(replayed, s)
	switch {
	case !left && requirement == "":
		k.Equal++
	case !left:
		k.Explained[requirement]++
	default:
		k.Unexplained++
		if k.shortest == nil || len(replayed.Steps) < len(k.shortest.Steps) {
			k.shortest = replayed
		}
	}
	return nil
}

// unavailable is why a script could not be replayed.
func unavailable(replayed *trace.Result) error {
	return cmp.Or(replayed.Err(), replayed.End)
}

// Sum adds up what came of several kinds.
func Sum(kinds []Kind) Kind {
	sum := Kind{Explained: map[string]int{}}
	for _, kind := range kinds {
		sum.Equal += kind.Equal
		sum.Unexplained += kind.Unexplained
		sum.NotApplicable += kind.NotApplicable
		for requirement, count := range kind.Explained {
			sum.Explained[requirement] += count
		}
	}
	return sum
}
