package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Kind says how a requirement's verdict changed from one report to another.
type Kind string

// The kinds of change.
const (
	IsBroken  Kind = "broken"  // it let a gate open, and does not any more
	IsFixed   Kind = "fixed"   // it did not pass, and does now
	IsNew     Kind = "new"     // only the new report knows it
	IsGone    Kind = "gone"    // only the old report knows it
	IsChanged Kind = "changed" // another verdict, or another failure
)

// Change is one requirement whose result differs between two reports.
type Change struct {
	Kind        Kind     `json:"kind"`
	Requirement string   `json:"requirement"`
	Old         Verdict  `json:"old,omitempty"`
	New         Verdict  `json:"new,omitempty"`
	Observed    []string `json:"observed,omitempty"` // by the new report's specs that failed
}

// Bad tells whether the change is one for the worse: something broke, or is new and does not let a gate open.
func (c Change) Bad() bool { return c.Kind == IsBroken || (c.Kind == IsNew && !c.New.Conforms()) }

// Diff lists what changed from one report to another, in the order of the new one, and then what is gone. Requirements that one of the
// runs did not select cannot be compared and are left out.
func Diff(before, after *Report) []Change {
	var changes []Change
	old := map[string]Result{}
	for _, result := range before.Results {
		old[result.Requirement] = result
	}
	for _, result := range after.Results {
		was, known := old[result.Requirement]
		delete(old, result.Requirement)
		change := Change{Requirement: result.Requirement, Old: was.Verdict, New: result.Verdict, Observed: result.observed()}
		switch {
		case !known:
			change.Kind = IsNew
		case was.Verdict == NotSelected || result.Verdict == NotSelected:
			continue
		case was.Verdict.Conforms() && !result.Verdict.Conforms():
			change.Kind = IsBroken
		case was.Verdict != Pass && was.Verdict != NotApplicable && result.Verdict == Pass:
			change.Kind = IsFixed
		case was.Verdict != result.Verdict || !slices.Equal(was.observed(), result.observed()):
			change.Kind = IsChanged
		default:
			continue
		}
		changes = append(changes, change)
	}
	for _, result := range before.Results {
		if _, left := old[result.Requirement]; left {
			changes = append(changes, Change{Kind: IsGone, Requirement: result.Requirement, Old: result.Verdict})
		}
	}
	return changes
}

// observed lists the failures of the specs.
func (result Result) observed() []string {
	var texts []string
	for _, spec := range result.Specs {
		if spec.Failure != nil {
			texts = append(texts, spec.Failure.Observed)
		}
	}
	return texts
}

// PrintDiff writes the changes, the bad ones first, and how many there are of each kind.
func PrintDiff(out io.Writer, changes []Change) {
	counts := map[Kind]int{}
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b Change) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
	for _, change := range sorted {
		counts[change.Kind]++
		fmt.Fprintf(out, "%-8s %s: %s\n", change.Kind, change.Requirement, change.verdicts())
		for _, text := range change.Observed {
			fmt.Fprintf(out, "         %s\n", text)
		}
	}
	var parts []string
	for _, kind := range kinds {
		parts = append(parts, fmt.Sprintf("%d %s", counts[kind], kind))
	}
	fmt.Fprintln(out, strings.Join(parts, ", "))
}

var kinds = []Kind{IsBroken, IsNew, IsFixed, IsChanged, IsGone}

func (c Change) verdicts() string {
	switch {
	case c.Old == "":
		return string(c.New)
	case c.New == "":
		return "was " + string(c.Old)
	case c.Old == c.New:
		return string(c.New) + ", in another way"
	default:
		return fmt.Sprintf("%s, was %s", c.New, c.Old)
	}
}
