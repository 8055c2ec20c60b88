package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// specification has chapters of ten sections of ten requirements each, so that its first ID is calls-0.rule-0 and its twelfth calls-1.rule-1.
func specification(t *testing.T, version string, requirements int) *requirement.Specification {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "Version: %s\n\n## Features\n\n| feature | means |\n|---|---|\n| `timeout` | a deadline |\n", version)
	for number := range requirements {
		if number%100 == 0 {
			fmt.Fprintf(&text, "\n## Chapter %c\n", 'A'+number/100)
		}
		if number%10 == 0 {
			fmt.Fprintf(&text, "\n### Section %d\n", number/10)
		}
		feature := ""
		if number%10 == 3 {
			feature = "- Feature: timeout\n"
		}
		fmt.Fprintf(&text, "\n#### calls-%d.rule-%d\n\nA call of `kind` %d %s end.\n\n- Intent: nobody waits for ever.\n%s- Source: tower `Service` (documented)\n",
			number/10, number%10, number, [...]string{"MUST", "SHOULD", "MUST NOT", "MAY"}[number%4], feature)
	}
	s, err := requirement.Parse(text.String())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var began = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// implementation is a report in which each requirement for which it is wanted fails, and the others pass.
func implementation(s *requirement.Specification, name string, fails func(number int) bool) *report.Report {
	declared := &statement.Statement{Implementation: name, Version: "1.0.0", Link: "https://example.org/" + name}
	var specs []report.Spec
	for number, clause := range s.Requirements {
		spec := report.Spec{Requirement: clause.ID, Text: "it holds " + clause.ID, Location: "spec.go:7", Verdict: report.Pass, Seconds: 0.01}
		if fails(number) {
			message := fmt.Sprintf("Expected <one> answer to call %d of %s, but there was none.", number, name)
			spec.Verdict = report.Fail
			spec.Failure = &report.Failure{Message: message, Observed: declared.Normalise(message), Trace: []report.Trace{trace}, Rerun: "plumbline run -focus=" + clause.ID}
		}
		if len(declared.Missing(clause)) == 0 {
			specs = append(specs, spec)
		}
	}
	environment := report.Environment{OS: "linux", Arch: "amd64", Go: "go1.26", Clock: "virtual", Began: began, Seconds: 2}
	return report.New(s, declared, "v1.2.3", environment, specs)
}

func never(int) bool { return false }

func only(number int) func(int) bool { return func(other int) bool { return other == number } }

func text(s string) *string { return &s }

// trace is a run of the length that real ones have.
var trace = func() report.Trace {
	limit, wait := 1, script.Duration(50*time.Millisecond)
	layer := script.Layer{Name: "concurrency-limit", Limit: &limit}
	steps := []script.Step{
		{Command: script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Layers: []script.Layer{layer}, Leaf: "leaf"}},
			Events: []script.Event{{Event: script.Opened, Service: 1}}},
		{Command: script.Command{Do: script.NewCaller, Service: 1, Caller: 1}},
		{Command: script.Command{Do: script.Invoke, Caller: 1, Operation: 1, Request: text("first")},
			Events: []script.Event{{Event: script.Received, Exchange: 1, Leaf: "leaf", Request: "first"}}},
		{Command: script.Command{Do: script.NewCaller, Service: 1, Caller: 2}},
		{Command: script.Command{Do: script.Invoke, Caller: 2, Operation: 2, Request: text("second")}},
		{Command: script.Command{Do: script.Advance, Duration: &wait}},
		{Command: script.Command{Do: script.Cancel, Operation: 1}, At: wait,
			Events: []script.Event{{Event: script.Abandoned, At: wait, Exchange: 1}, {Event: script.Cancelled, At: wait, Operation: 1},
				{Event: script.Received, At: wait, Exchange: 2, Leaf: "leaf", Request: "second"}}},
		{Command: script.Command{Do: script.Answer, Exchange: 2, Outcome: &script.Outcome{Response: text("done")}}, At: wait,
			Events: []script.Event{{Event: script.Response, At: wait, Operation: 2, Text: "done"}}},
	}
	return report.Trace{Timeline: script.Trace(steps).Timeline(), Steps: steps}
}()
