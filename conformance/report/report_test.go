package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

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
		s.Deviations = []statement.Deviation{{Requirement: id, Observed: "does otherwise", Reason: "because"}}
	}
	return s
}

func spec(id string, verdict report.Verdict) report.Spec {
	return report.Spec{Requirement: id, Text: id, Verdict: verdict}
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
		"no result":                   {"", []report.Spec{spec("call.ends", report.Pass), spec("call.ends", report.CouldNotRun)}, report.CouldNotRun, false},
		"unsupported by this adapter": {"", []report.Spec{spec("call.ends", report.NotApplicable)}, report.NotApplicable, false},
		"nothing ran":                 {"", nil, report.NotSelected, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := report.New(specification(t), deviating(test.deviation), test.specs)
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
	r := report.New(specification(t), deviating(""), []report.Spec{spec("call.ends", report.Pass)})
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
	report.New(specification(t), deviating("call.is-quick"), []report.Spec{
		spec("call.ends", report.Pass), spec("call.is-quick", report.KnownDeviation),
	}).Print(&out)
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
		return report.New(specification(t), deviating(id), []report.Spec{
			spec("call.ends", report.Pass), spec("call.is-quick", report.Pass), spec(id, report.KnownDeviation),
		}).Conclusion()
	}
	if got := conclude("call.ends"); got != "CONFORMS WITH DEVIATIONS" {
		t.Errorf("a MUST: %s", got)
	}
	if got := conclude("call.is-quick"); got != "CONFORMS" {
		t.Errorf("a SHOULD: %s", got)
	}
}
