package main

import (
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

func TestATableThatIsOutOfDateIsFound(t *testing.T) {
	results := []result{{report: with(report.Pass, report.Pass, report.KnownDeviation, report.NotApplicable)}, {name: "no verdict"}}
	if missing := stale("| implementation | version |\n|  one | 1   | 2 | 1 | 1 |\n", results); len(missing) != 0 {
		t.Errorf("an aligned line was not found: %v", missing)
	}
	if missing := stale("| one | 1 | 3 | 1 | 1 |\n", results); len(missing) != 1 || missing[0] != "| one | 1 | 2 | 1 | 1 |" {
		t.Errorf("got %v", missing)
	}
}
