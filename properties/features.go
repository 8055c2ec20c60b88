package properties

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Declares tells whether an implementation declares a feature of CONFORMANCE.md. "readiness" is what either model of it includes.
type Declares func(feature string) bool

// everything is declared by the implementations on which scripts are drawn for one another.
func everything(string) bool { return true }

// Audience is whatever a script is drawn for.
type Audience struct {
	Declares Declares
	// Stranger has nothing in common with whoever says what is expected but the specification. Commands are kept apart from what is due
	// by itself: they come at multiples of grid, and what layers do by themselves comes a granule after that, and another for each wait
	// that follows on a wait, so that a timer which is good to a millisecond is good enough. And it is not asked what only those two do
	// alike: see crowded.
	Stranger bool
	// Live is on the machine's clock, and a Stranger: the granule is the one of that clock, and a script moves time a few times only.
	Live bool
	// OneCaller has each service called by one caller only.
	OneCaller bool
}

// anybody is who has everything.
var anybody = Audience{Declares: everything}

// granule is how exact a timer is.
func (a Audience) granule() script.Duration {
	if a.Live {
		return script.LiveGranule
	}
	return script.Granule
}

// grid is the distance of commands that are kept apart. Scripts chain fewer than ten waits.
func (a Audience) grid() script.Duration { return 10 * a.granule() }

// onGrid is the next multiple of the grid.
func (a Audience) onGrid(d script.Duration) script.Duration {
	return (d + a.grid() - 1) / a.grid() * a.grid()
}

// offGrid is a duration that leads from the grid to just after it.
func (a Audience) offGrid(d *script.Duration) *script.Duration {
	if d == nil || *d <= 0 {
		return d
	}
	return new(a.onGrid(*d) + a.granule())
}

// apart has what the layers do by themselves happen off the grid.
func (a Audience) apart(drawn []script.Layer) []script.Layer {
	var layers []script.Layer
	for _, l := range drawn {
		l.Timeout, l.Per, l.Idle, l.Layers = a.offGrid(l.Timeout), a.offGrid(l.Per), a.offGrid(l.Idle), a.apart(l.Layers)
		if l.Service != nil {
			l.Service = &script.Stack{Layers: a.apart(l.Service.Layers), Leaf: l.Service.Leaf}
		}
		if l.Policy != nil {
			policy := *l.Policy
			policy.Delay = *a.offGrid(&policy.Delay)
			if policy.Backoff != nil {
				policy.Backoff = &script.Backoff{Min: *a.offGrid(&policy.Backoff.Min), Max: *a.offGrid(&policy.Backoff.Max), Jitter: policy.Backoff.Jitter}
			}
			l.Policy = &policy
		}
		layers = append(layers, l)
	}
	return layers
}

// What a script does on the machine's clock, where time has to be waited for, and goes on while commands are carried out.
const (
	moves    = 3                       // of time
	furthest = 20 * script.LiveGranule // of one move
	atOnce   = 5                       // commands between two moves: one was seen to take a millisecond, and half a granule is allowed
)

// moving is how far time is moved where a script wants it to be moved so far, and whether it is moved once more.
func (a Audience) moving(d script.Duration, before int) (script.Duration, bool) {
	if a.Stranger {
		d = a.onGrid(d)
	}
	if a.Live {
		return min(d, furthest), before < moves
	}
	return d, true
}

// all tells whether all of the features are declared.
func (d Declares) all(features ...string) bool {
	return !slices.ContainsFunc(features, func(feature string) bool { return !d(feature) })
}

// of is those of the features that are declared.
func (d Declares) of(features ...string) []string {
	return slices.DeleteFunc(slices.Clone(features), func(feature string) bool { return !d(feature) })
}

// layers leaves out of a drawn stack what is not declared. What is left of a policy is what is.
func (d Declares) layers(drawn []script.Layer) []script.Layer {
	var left []script.Layer
	for _, l := range drawn {
		if !d(l.Name) {
			continue
		}
		if !d("readiness") && slices.Contains(waits, l.Name) && slices.ContainsFunc(left, func(l script.Layer) bool { return l.Name == "timeout" }) {
			continue // timeout.excludes-own-readiness needs a readiness: without one the wait for room inside is part of the call
		}
		if !d("readiness") && slices.Contains(waits, l.Name) {
			// For the same reason, what is outside does its work before the wait.
			left = slices.DeleteFunc(left, func(l script.Layer) bool { return l.Function != "" || l.Type != "" || l.Name == "map-state" })
		}
		l.Layers = d.layers(l.Layers)
		if l.Service != nil {
			l.Service = &script.Stack{Layers: d.layers(l.Service.Layers), Leaf: l.Service.Leaf}
		}
		if l.Type != "" && !d.values(l.Type, l.Value) {
			continue
		}
		if l.Policy != nil {
			l.Policy = d.policy(*l.Policy)
		}
		left = append(left, l)
	}
	return left
}

// waits are layers in which a call waits for room.
var waits = []string{"buffer", "concurrency-limit", "global-concurrency-limit", "rate-limit"}

func (d Declares) policy(drawn script.Policy) *script.Policy {
	if !d("retry-policy-sees-requests") {
		drawn.Request, drawn.Result, drawn.Uncopyable = "", "", false
	}
	if !d("backoff") {
		drawn.Backoff = nil
	}
	if !d("retry-budget") {
		drawn.Budget = nil
	}
	return &drawn
}

// values tells whether a type is declared, with that value.
func (d Declares) values(typ, value string) bool {
	return typ != script.HiddenText || d("interface-value") && (value != "nil" || d("nil-value"))
}

// leaf leaves out of a leaf's settings what makes no difference without a feature.
func (d Declares) leaf(drawn script.Leaf) *script.Leaf {
	if !d("readiness") {
		drawn.Ready = ""
	}
	if !d("shutdown") {
		drawn.Shutdown = ""
	}
	if !d("poll") {
		drawn.Poll = ""
	}
	if !d("panic") && drawn.Answers == "panic" {
		drawn.Answers = ""
	}
	drawn.Context = slices.DeleteFunc(slices.Clone(drawn.Context), func(step script.ContextStep) bool { return !d.step(step) })
	return &drawn
}

// can tells whether an implementation has what a command asks for. Without timeout-tie nobody says which of a deadline and a response of
// one instant comes first, and so no response is due at an instant to come.
func (d Declares) can(c script.Command) bool {
	switch c.Do {
	case script.Ready, script.Call:
		return d("readiness")
	case script.Poll, script.Shutdown, script.Close, script.OpenFactory:
		return d(feature[c.Do])
	case script.SetLeaf:
		left := d.leaf(*c.Leaf)
		left.Name = ""
		return left.String() != script.Leaf{}.String()
	case script.Answer:
		return (!c.Outcome.Panic || d("panic")) && (c.After == nil || d("timeout-tie"))
	case script.Invoke:
		return c.Context == 0 || d("context")
	case script.OnContext:
		return d.step(*c.Step)
	case script.OnServer:
		return d("server") && (!c.ServerStep.Streams || d("server-streams"))
	case script.OnHost:
		return d("proxy")
	default:
		return true
	}
}

var feature = map[script.Verb]string{
	script.Poll: "poll", script.Shutdown: "shutdown", script.Close: "close", script.OpenFactory: "factory",
}

// step tells whether an implementation has what a step on a context asks for.
func (d Declares) step(s script.ContextStep) bool {
	value := ""
	if s.Value != nil {
		value = *s.Value
	}
	if !d("context") || s.Graceful && !d("guard") || s.Type != "" && !d.values(s.Type, value) {
		return false
	}
	switch s.Op {
	case script.MapState, script.SwapState, script.CloneWithState, script.CloneMapState:
		return d("context-state-map")
	case script.Parts:
		return d("context-parts")
	case script.GetOrInsert:
		// What an interface holds by default is not specified.
		return d("extensions-get-or-insert") && (s.Type != script.HiddenText || s.Make != script.MakeDefault || d("nil-value"))
	case script.Extend:
		return d("extensions-extend")
	case script.Match:
		return d("matchers") && d.matcher(*s.Matcher)
	case script.Spawn:
		return d("spawn")
	default:
		return true
	}
}

func (d Declares) matcher(m script.Matcher) bool {
	return (m.Type == "" || d.values(m.Type, m.Value)) && !slices.ContainsFunc(m.Of, func(part script.Matcher) bool { return !d.matcher(part) })
}

// typed draws a declared type with a declared value of it.
func (d Declares) typed(rt *rapid.T) (typ string, value *string) {
	types := slices.DeleteFunc(script.Types(), func(typ string) bool { return !d.values(typ, "") })
	typ = one(rt, types...)
	return typ, new(one(rt, slices.DeleteFunc(slices.Clone(values[typ]), func(value string) bool { return !d.values(typ, value) })...))
}

// matching leaves out of a matcher the values that are not declared. What is left of its parts matches as before.
func (d Declares) matching(drawn script.Matcher) script.Matcher {
	if drawn.Type != "" && !d.values(drawn.Type, drawn.Value) {
		drawn.Type, drawn.Value = "", ""
	}
	drawn.Of = slices.Clone(drawn.Of)
	for index := range drawn.Of {
		drawn.Of[index] = d.matching(drawn.Of[index])
	}
	return drawn
}

// Seen has an implementation show no more than what those promise who declare these features.
func (d Declares) Seen(drive Driver) Driver {
	return func(body func(subject.Subject)) error {
		return drive(func(s subject.Subject) { body(seen{s, d}) })
	}
}

type seen struct {
	subject.Subject
	declares Declares
}

// Do implements subject.Subject.
func (s seen) Do(command script.Command) ([]script.Event, error) {
	events, err := s.Subject.Do(command)
	if !s.declares("poll") {
		events = slices.DeleteFunc(slices.Clone(events), func(e script.Event) bool { return e.Event == script.Polled })
	}
	return s.declares.hostEvents(events), err
}
