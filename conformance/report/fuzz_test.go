package report_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// FuzzParse reads whatever there is. What is read can be verified, printed, compared with itself and written, and is then the same.
func FuzzParse(f *testing.F) {
	specification, err := requirement.Parse(text)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range []*report.Report{{Format: report.Format}, seed(f)} {
		text, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := report.Parse(text)
		if err != nil {
			return
		}
		_ = r.Verify(specification)
		r.Print(io.Discard)
		for _, result := range r.Results {
			result.Explain(io.Discard)
		}
		unique := map[string]bool{}
		for _, result := range r.Results {
			unique[result.Requirement] = true
		}
		if changes := report.Diff(r, r); len(unique) == len(r.Results) && len(changes) != 0 {
			t.Errorf("it differs from itself: %v", changes)
		}
		written, err := json.Marshal(r)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := report.Parse(written)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if rewritten, err := json.Marshal(again); err != nil || !bytes.Equal(written, rewritten) {
			t.Errorf("%v\n%s\nbecame\n%s", err, written, rewritten)
		}
	})
}

// seed is a report with something of each kind.
func seed(f *testing.F) *report.Report {
	f.Helper()
	specification, err := requirement.Parse(text)
	if err != nil {
		f.Fatal(err)
	}
	environment := report.Environment{OS: "plan9", Arch: "mips", Go: "go1.26", Clock: "virtual", Began: time.Unix(0, 0).UTC()}
	specs := []report.Spec{spec("call.ends", report.Fail), spec("call.is-quick", report.KnownDeviation)}
	return report.New(specification, deviating("call.is-quick"), "v1.2.3", environment, specs)
}
