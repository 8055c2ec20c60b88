package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

const text = `Version: 1.0.0

## Features

| feature | means |
|---|---|
| ` + "`timeout`" + ` | d |

## Service

### Calls

#### call.ends

A call MUST end.

- Source: x

#### call.is-quick

A call SHOULD be quick.

- Source: x

#### call.elapses

A call MUST elapse.

- Feature: timeout
- Source: x
`

func specification(t *testing.T) *requirement.Specification {
	t.Helper()
	s, err := requirement.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func deviating(id string) *statement.Statement {
	s := &statement.Statement{Implementation: "i", Version: "1"}
	if id != "" {
		s.Deviations = []statement.Deviation{{
			Requirement: id, Observed: "does otherwise", Failures: []statement.Failure{{Spec: id, Text: "it did otherwise"}}, Reason: "because",
			Expires: statement.Date{Time: began.AddDate(0, 1, 0)},
		}}
	}
	return s
}

var began = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func spec(id string, verdict report.Verdict) report.Spec {
	s := report.Spec{Requirement: id, Text: id, Location: "x.go:1", Verdict: verdict}
	switch verdict {
	case report.Fail:
		s.Failure = &report.Failure{Message: "it did something else", Observed: "it did something else"}
	case report.KnownDeviation:
		s.Failure = &report.Failure{Message: "it did\n otherwise", Observed: "it did otherwise"}
	case report.CouldNotRun:
		s.Failure = &report.Failure{Message: "it is gone", Observed: "it is gone", Broken: true}
	}
	return s
}

// judged is the report on those specs.
func judged(t *testing.T, s *statement.Statement, specs ...report.Spec) *report.Report {
	t.Helper()
	return report.New(specification(t), s, "v1.2.3", report.Environment{OS: "plan9", Arch: "mips", Go: "go1.26", Clock: "virtual", Began: began, Seconds: 0.5}, specs)
}

func TestVerdicts(t *testing.T) {
	tests := map[string]struct {
		deviation string
		specs     []report.Spec
		want      report.Verdict
		conforms  bool
	}{
		"all specs pass":              {"", []report.Spec{spec("call.ends", report.Pass), spec("call.ends", report.Pass)}, report.Pass, true},
		"one spec fails":              {"", []report.Spec{spec("call.ends", report.Pass), spec("call.ends", report.Fail)}, report.Fail, false},
		"fails as declared":           {"call.ends", []report.Spec{spec("call.ends", report.Pass), spec("call.ends", report.KnownDeviation)}, report.KnownDeviation, true},
		"passes in spite of it":       {"call.ends", []report.Spec{spec("call.ends", report.Pass)}, report.UnexpectedPass, false},
		"declared and inapplicable":   {"call.ends", []report.Spec{spec("call.ends", report.NotApplicable)}, report.UnexpectedPass, false},
		"a part was not selected":     {"call.ends", []report.Spec{spec("call.ends", report.Pass), spec("call.ends", report.NotSelected)}, report.NotSelected, false},
		"not any more in each spec":   {"call.ends", []report.Spec{spec("call.ends", report.KnownDeviation), spec("call.ends", report.Fail)}, report.Fail, false},
		"fails in another way":        {"call.ends", []report.Spec{spec("call.ends", report.Fail)}, report.Fail, false},
		"no result":                   {"", []report.Spec{spec("call.ends", report.Pass), spec("call.ends", report.CouldNotRun)}, report.CouldNotRun, false},
		"unsupported by this adapter": {"", []report.Spec{spec("call.ends", report.NotApplicable)}, report.NotApplicable, false},
		"nothing ran":                 {"", nil, report.NotSelected, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := judged(t, deviating(test.deviation), test.specs...)
			if got := r.Results[0].Verdict; got != test.want {
				t.Errorf("the verdict is %q, want %q", got, test.want)
			}
			if r.Conforms() != test.conforms {
				t.Errorf("conforms: %t", r.Conforms())
			}
			if got := r.Results[2].Verdict; got != report.NotApplicable {
				t.Errorf("without the feature the verdict is %q", got)
			}
		})
	}
}

func TestAReportSurvivesItsFile(t *testing.T) {
	r := judged(t, deviating(""), spec("call.ends", report.Pass))
	file := filepath.Join(t.TempDir(), "report.json")
	if err := r.Write(file); err != nil {
		t.Fatal(err)
	}
	back, err := report.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(r, back) {
		t.Errorf("%+v came back as %+v", r, back)
	}
}

func TestAReportThatIsNotOneIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := report.Read(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
}

func TestTheTableCountsByChapterAndLevel(t *testing.T) {
	var out bytes.Buffer
	judged(t, deviating("call.is-quick"),
		spec("call.ends", report.Pass), spec("call.is-quick", report.KnownDeviation),
	).Print(&out)
	want := `
i 1 against specification 1.0.0

chapter    level               pass             fail  known deviation   not applicable
Service    MUST                   1                0                0                1
Service    SHOULD                 0                0                1                0
Service    MAY                    0                0                0                0
all                               1                0                1                1

known deviation  call.is-quick (SHOULD) does otherwise
i 1: CONFORMS
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestAMustThatIsExcusedShowsInTheConclusion(t *testing.T) {
	conclude := func(id string) string {
		return judged(t, deviating(id),
			spec("call.ends", report.Pass), spec("call.is-quick", report.Pass), spec(id, report.KnownDeviation),
		).Conclusion()
	}
	if got := conclude("call.ends"); got != "CONFORMS WITH DEVIATIONS" {
		t.Errorf("a MUST: %s", got)
	}
	if got := conclude("call.is-quick"); got != "CONFORMS" {
		t.Errorf("a SHOULD: %s", got)
	}
}
