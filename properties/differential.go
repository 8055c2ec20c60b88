package properties

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// Kinds lists the kinds of scripts that are drawn to compare implementations.
func Kinds() []string { return KindsFor(everything) }

// KindsFor lists the kinds that are about something which is declared.
func KindsFor(declares Declares) []string {
	var names []string
	for _, s := range scenes {
		if declares.all(s.needs...) && (s.either == nil || slices.ContainsFunc(s.either, declares)) {
			names = append(names, s.name)
		}
	}
	return names
}

// Script draws a script of that kind, or of any if it is empty, on an implementation that is held to be right, with what that
// answers as what is expected. It asks for nothing that a requirement leaves open.
func Script(rt *rapid.T, right inprocess.Adapter, kind string) *trace.Trace {
	return ScriptFor(rt, right, kind, anybody)
}

// ScriptFor is Script for an audience: it asks for nothing that is not declared.
func ScriptFor(rt *rapid.T, right inprocess.Adapter, kind string, audience Audience) *trace.Trace {
	var s scene
	if kind == "" {
		s = one(rt, scenes...)
	} else {
		index := slices.IndexFunc(scenes, func(s scene) bool { return s.name == kind })
		if index < 0 {
			panic(fmt.Sprintf("properties: there is no kind %q of scripts", kind))
		}
		s = scenes[index]
	}
	return drawn(rt, right, "the same script has the same outcome: "+s.name, func(rt *rapid.T, r *Run) { explore(rt, r, s, audience) })
}

// drawn is a script that was drawn on an implementation which is held to be right, with what that answered as what is expected.
func drawn(rt *rapid.T, right inprocess.Adapter, property string, draw func(*rapid.T, *Run)) *trace.Trace {
	var steps script.Trace
	failure := Property{Check: func(rt *rapid.T, r *Run) {
		draw(rt, r)
		steps = r.trace
	}}.Once(rt, InProcess(right))
	if failure != nil {
		panic(fmt.Sprintf("what is held to be right breaks: %v", failure))
	}
	t := trace.New(steps)
	t.Property = property
	for index := range t.Steps {
		t.Steps[index].Expected, t.Steps[index].Observed = t.Steps[index].Observed, nil
	}
	return t
}

// Replay replays a script on a fresh subject.
func Replay(t *trace.Trace, drive Driver) *trace.Result {
	var result *trace.Result
	err := drive(func(s subject.Subject) { result = trace.Replay(s, t) })
	if result == nil {
		result = &trace.Result{Trace: t}
	}
	if result.End == nil {
		result.End = err
	}
	return result
}

// Difference replays a script and returns what is not as expected, or nil.
func Difference(t *trace.Trace, drive Driver) *Failure {
	result := Replay(t, drive)
	if result.Verdict() == trace.AsExpected {
		return nil
	}
	failure := &Failure{Message: "the same script has another outcome"}
	for _, step := range result.Steps {
		failure.Trace = append(failure.Trace, script.Step{Command: step.Command, At: step.At, Events: step.Events})
		if step.Differs() {
			failure.Message += ":"
			if step.Err != nil {
				failure.Broken = firstLine(step.Err.Error())
				failure.Message += " " + failure.Broken
			}
			failure.Message += missed(" without ", step.Missing) + missed(" with ", step.Unexpected)
			return failure
		}
	}
	if result.End != nil {
		failure.End = firstLine(result.End.Error())
		failure.Message = "the subject did not end cleanly: " + failure.End
	}
	return failure
}

func missed(word string, events []script.Event) string {
	if len(events) == 0 {
		return ""
	}
	texts := make([]string, len(events))
	for index, event := range events {
		texts[index] = event.String()
	}
	return word + strings.Join(texts, ", ")
}
