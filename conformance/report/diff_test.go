package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// of is a report with those results: a requirement, its verdict, and what was observed, or nothing.
func of(results ...[3]string) *report.Report {
	r := &report.Report{}
	for _, result := range results {
		one := report.Result{Requirement: result[0], Verdict: report.Verdict(result[1])}
		if result[2] != "" {
			one.Specs = []report.Spec{{Failure: &report.Failure{Observed: result[2]}}}
		}
		r.Results = append(r.Results, one)
	}
	return r
}

func TestADiffNamesWhatChanged(t *testing.T) {
	before := of(
		[3]string{"a.same", "pass"}, [3]string{"b.breaks", "pass"}, [3]string{"c.is-fixed", "fail", "x"},
		[3]string{"d.other", "known deviation", "x"}, [3]string{"e.gone", "pass"}, [3]string{"f.left-out", "pass"},
		[3]string{"g.dies", "not applicable"}, [3]string{"h.needs-none", "known deviation", "x"}, [3]string{"i.same-failure", "fail", "x"},
		[3]string{"j.arrives", "not applicable"},
	)
	after := of(
		[3]string{"a.same", "pass"}, [3]string{"b.breaks", "fail", "y"}, [3]string{"c.is-fixed", "pass"},
		[3]string{"d.other", "known deviation", "y"}, [3]string{"f.left-out", "not selected"},
		[3]string{"g.dies", "could not run", "z"}, [3]string{"h.needs-none", "pass"}, [3]string{"i.same-failure", "fail", "x"},
		[3]string{"j.arrives", "pass"}, [3]string{"k.new", "pass"}, [3]string{"l.new-and-bad", "fail", "x"},
	)
	var got []string
	bad := 0
	for _, change := range report.Diff(before, after) {
		got = append(got, string(change.Kind)+" "+change.Requirement)
		if change.Bad() {
			bad++
		}
	}
	want := []string{
		"broken b.breaks", "fixed c.is-fixed", "changed d.other", "broken g.dies", "fixed h.needs-none", "changed j.arrives",
		"new k.new", "new l.new-and-bad", "gone e.gone",
	}
	if !slices.Equal(got, want) || bad != 3 {
		t.Errorf("got %q, %d bad", got, bad)
	}
	if same := report.Diff(after, after); len(same) != 0 {
		t.Errorf("a report differs from itself: %v", same)
	}
	var out strings.Builder
	report.PrintDiff(&out, report.Diff(before, after))
	for _, line := range []string{
		"broken   b.breaks: fail, was pass\n         y\n", "changed  d.other: known deviation, in another way\n", "gone     e.gone: was pass\n",
		"new      k.new: pass\n", "2 broken, 2 new, 2 fixed, 2 changed, 1 gone\n",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("there is no %q in\n%s", line, out.String())
		}
	}
}
