package report

import (
	"fmt"
	"io"
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// Print writes the verdicts by chapter and level, then each requirement that needs a reader's attention.
func (r *Report) Print(out io.Writer) {
	fmt.Fprintf(out, "\n%s %s against specification %s\n\n", r.Implementation, r.Version, r.Specification)
	shown := slices.DeleteFunc(Verdicts(), func(v Verdict) bool { return r.Count("", "", v) == 0 && v != Pass && v != Fail })
	fmt.Fprintf(out, "%-10s %-7s", "chapter", "level")
	for _, verdict := range shown {
		fmt.Fprintf(out, "  %15s", verdict)
	}
	fmt.Fprintln(out)
	row := func(chapter string, level requirement.Level, name, levelName string) {
		fmt.Fprintf(out, "%-10s %-7s", name, levelName)
		for _, verdict := range shown {
			fmt.Fprintf(out, "  %15d", r.Count(chapter, level, verdict))
		}
		fmt.Fprintln(out)
	}
	for _, chapter := range r.Chapters() {
		for _, level := range []requirement.Level{requirement.Must, requirement.Should, requirement.May} {
			row(chapter, level, chapter, string(level))
		}
	}
	row("", "", "all", "")
	fmt.Fprintln(out)
	for _, result := range r.Results {
		switch result.Verdict {
		case Fail, UnexpectedPass, CouldNotRun, KnownDeviation:
			fmt.Fprintf(out, "%-16s %s (%s) %s\n", result.Verdict, result.Requirement, result.Level, result.Reason)
		}
	}
	fmt.Fprintf(out, "%s %s: %s\n", r.Implementation, r.Version, r.Conclusion())
}

// Conclusion is the verdict on the whole, in the words of the specification's chapter on what conforming means.
func (r *Report) Conclusion() string {
	switch r.overall() {
	case Conforms:
		return "CONFORMS"
	case ConformsWithDeviations:
		return "CONFORMS WITH DEVIATIONS"
	case Partial:
		return "no verdict on the whole: a part of the requirements was not selected"
	case NoVerdict:
		if r.Count("", "", CouldNotRun) == 0 {
			return "no verdict: nothing was checked, because nothing that was selected applies"
		}
		return "COULD NOT RUN: there is no verdict"
	default:
		return "DOES NOT CONFORM"
	}
}
