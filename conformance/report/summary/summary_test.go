package summary_test

import (
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/summary"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

var began = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// run has a requirement of each verdict that a reader has to look at.
func run() *report.Report {
	failed := func(message string) []report.Spec {
		return []report.Spec{{Text: "it ends", Failure: &report.Failure{
			Message: message, Trace: []report.Trace{{Timeline: "0s  open\n"}}, Rerun: "plumbline run -focus=ends"}}}
	}
	return &report.Report{
		Implementation: "my|stack", Version: "<1>", Specification: "0.1.0", Suite: "v0.1.0", Verdict: report.DoesNotConform, Digest: "sha256:00",
		Environment: report.Environment{Began: began},
		Statement: statement.Statement{Deviations: []statement.Deviation{
			{Requirement: "call.soon", Reason: "because", Expires: statement.Date{Time: began.AddDate(0, 0, 9)}},
			{Requirement: "call.late", Reason: "because", Expires: statement.Date{Time: began.AddDate(1, 0, 0)}},
		}},
		Results: []report.Result{
			{Requirement: "call.holds", Chapter: "Service", Level: requirement.Must, Verdict: report.Pass},
			{Requirement: "call.ends", Chapter: "Service", Level: requirement.MustNot, Sentence: "A call MUST NOT hang.", Verdict: report.Fail,
				Specs: failed("100% of it\n```\nhangs")},
			{Requirement: "call.better", Chapter: "Service", Level: requirement.Must, Verdict: report.UnexpectedPass, Reason: "declared: hangs, or not"},
			{Requirement: "call.soon", Chapter: "Service", Level: requirement.Should, Verdict: report.KnownDeviation, Reason: "it waits"},
			{Requirement: "call.late", Chapter: "Service", Level: requirement.Should, Verdict: report.KnownDeviation, Reason: "it waits"},
			{Requirement: "call.dead", Chapter: "Layers", Level: requirement.Must, Verdict: report.CouldNotRun, Specs: failed("Could not run: it died")},
			{Requirement: "call.dead-too", Chapter: "Layers", Level: requirement.Must, Verdict: report.CouldNotRun, Specs: failed("Could not run: it died")},
		},
	}
}

func markdown(t *testing.T, r *report.Report) string {
	t.Helper()
	var out strings.Builder
	if err := summary.Markdown(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMarkdownExplainsWhatKeepsTheGateShut(t *testing.T) {
	got := markdown(t, run())
	for _, want := range []string{
		"## Plumbline: my&#124;stack &lt;1&gt; does not conform\n",
		"| chapter | level | pass | fail | known deviation | unexpected pass | could not run |\n|---|---|--:|--:|--:|--:|--:|\n| Service | MUST | 1 | 1 | 0 | 1 | 0 |\n",
		"### fail: `call.ends` (MUST NOT)\n\n> A call MUST NOT hang.\n",
		"````text\n100% of it\n```\nhangs\n````\n", "```text\n0s  open\n```\n", "plumbline run -focus=ends",
		"### unexpected pass: `call.better` (MUST)", "declared: hangs, or not",
		"Known deviations: 2", "- `call.soon` (SHOULD): it waits (until 2026-05-13)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
}

func TestMarkdownStaysInItsBounds(t *testing.T) {
	r := run()
	for range 100 {
		r.Results = append(r.Results, r.Results[1])
	}
	got := markdown(t, r)
	if count := strings.Count(got, "\n### "); count != 20 || !strings.Contains(got, "And 84 more; the report has them all.") {
		t.Errorf("%d are explained in\n%s", count, got)
	}
}

func TestAnAnnotationStandsWhereItIsMended(t *testing.T) {
	var out strings.Builder
	if err := summary.Annotations(&out, run(), "conformance/statement.yaml"); err != nil {
		t.Fatal(err)
	}
	want := `::error title=fail%3A call.ends (MUST NOT)::A call MUST NOT hang.%0A100%25 of it%0A` + "```" + `%0Ahangs
::error file=conformance/statement.yaml,title=unexpected pass%3A call.better (MUST)::declared: hangs, or not
::warning file=conformance/statement.yaml,title=expires soon%3A call.soon::This deviation is no excuse after 2026-05-13. because
::error title=could not run%3A call.dead (MUST)::%0ACould not run: it died
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
