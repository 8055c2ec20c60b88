// Package report turns the results of a run into verdicts: one for each requirement, held against the statement.
//
// What may not enter: how specs run.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// Verdict is what a run says about one requirement.
type Verdict string

// The verdicts.
const (
	Pass           Verdict = "pass"
	Fail           Verdict = "fail"
	KnownDeviation Verdict = "known deviation" // fails, as the statement declares
	UnexpectedPass Verdict = "unexpected pass" // the statement declares a deviation, but nothing failed
	NotApplicable  Verdict = "not applicable"  // depends on something that the implementation does not declare
	CouldNotRun    Verdict = "could not run"   // there is no result
	NotSelected    Verdict = "not selected"    // filtered out of this run
)

// Conforms tells whether the verdict is one that lets a gate open.
func (v Verdict) Conforms() bool {
	return v == Pass || v == KnownDeviation || v == NotApplicable || v == NotSelected
}

// Spec is the result of one spec.
type Spec struct {
	Requirement string  `json:"requirement"`
	Text        string  `json:"text"`     // its full sentence
	Location    string  `json:"location"` // file:line
	Verdict     Verdict `json:"verdict"`  // Pass, Fail, KnownDeviation, NotApplicable, CouldNotRun or NotSelected
	Detail      string  `json:"detail,omitempty"`
}

// Result is the verdict on one requirement.
type Result struct {
	Requirement string            `json:"requirement"`
	Chapter     string            `json:"chapter"`
	Level       requirement.Level `json:"level"`
	Verdict     Verdict           `json:"verdict"`
	Reason      string            `json:"reason,omitempty"` // why it does not apply, or what the declared deviation is
	Specs       []Spec            `json:"specs,omitempty"`
}

// Report is the outcome of one run.
type Report struct {
	Specification  string   `json:"specification"` // its version
	Implementation string   `json:"implementation"`
	Version        string   `json:"version"`
	Results        []Result `json:"results"` // in the order of the specification
}

// New holds the specs' results against the statement.
func New(specification *requirement.Specification, s *statement.Statement, specs []Spec) *Report {
	report := &Report{Specification: specification.Version, Implementation: s.Implementation, Version: s.Version}
	byRequirement := map[string][]Spec{}
	for _, spec := range specs {
		byRequirement[spec.Requirement] = append(byRequirement[spec.Requirement], spec)
	}
	for _, r := range specification.Requirements {
		report.Results = append(report.Results, judge(r, s, byRequirement[r.ID]))
	}
	return report
}

func judge(r requirement.Requirement, s *statement.Statement, specs []Spec) Result {
	result := Result{Requirement: r.ID, Chapter: r.Chapter, Level: r.Level, Specs: specs}
	deviation, declared := s.Deviation(r.ID)
	has := func(verdict Verdict) bool {
		return slices.ContainsFunc(specs, func(spec Spec) bool { return spec.Verdict == verdict })
	}
	switch missing := s.Missing(r); {
	case len(missing) > 0:
		result.Verdict, result.Reason = NotApplicable, fmt.Sprintf("undeclared: %v", missing)
	case has(CouldNotRun):
		result.Verdict = CouldNotRun
	case has(Fail):
		result.Verdict = Fail
	case has(KnownDeviation):
		result.Verdict, result.Reason = KnownDeviation, deviation.Observed
	case has(NotSelected) || len(specs) == 0:
		result.Verdict = NotSelected
	case declared && has(Pass):
		result.Verdict, result.Reason = UnexpectedPass, "declared: "+deviation.Observed
	case declared:
		result.Verdict, result.Reason = UnexpectedPass, "declared, and none of its specs applies: "+specs[0].Detail
	case has(Pass):
		result.Verdict = Pass
	default:
		result.Verdict, result.Reason = NotApplicable, specs[0].Detail
	}
	return result
}

// Conforms tells whether every verdict lets a gate open, and at least one requirement was checked.
func (r *Report) Conforms() bool {
	checked := false
	for _, result := range r.Results {
		if !result.Verdict.Conforms() {
			return false
		}
		checked = checked || result.Verdict == Pass || result.Verdict == KnownDeviation
	}
	return checked
}

// Write writes the report as JSON.
func (r *Report) Write(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// Read reads a report that Write wrote.
func Read(file string) (*Report, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var report Report
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &report, nil
}

// columns of the table, in order.
var columns = []Verdict{Pass, Fail, KnownDeviation, UnexpectedPass, NotApplicable, CouldNotRun, NotSelected}

// Print writes the verdicts by chapter and level, then each requirement that needs a reader's attention.
func (r *Report) Print(out io.Writer) {
	fmt.Fprintf(out, "\n%s %s against specification %s\n\n", r.Implementation, r.Version, r.Specification)
	shown := slices.DeleteFunc(slices.Clone(columns), func(v Verdict) bool { return r.count("", "", v) == 0 && v != Pass && v != Fail })
	fmt.Fprintf(out, "%-10s %-7s", "chapter", "level")
	for _, verdict := range shown {
		fmt.Fprintf(out, "  %15s", verdict)
	}
	fmt.Fprintln(out)
	row := func(chapter string, level requirement.Level, name, levelName string) {
		fmt.Fprintf(out, "%-10s %-7s", name, levelName)
		for _, verdict := range shown {
			fmt.Fprintf(out, "  %15d", r.count(chapter, level, verdict))
		}
		fmt.Fprintln(out)
	}
	for _, chapter := range r.chapters() {
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
	switch {
	case !r.Conforms():
		return "DOES NOT CONFORM"
	case r.count("", "", NotSelected) > 0:
		return "no verdict on the whole: a part of the requirements was not selected"
	case r.count("", requirement.Must, KnownDeviation) > 0:
		return "CONFORMS WITH DEVIATIONS"
	default:
		return "CONFORMS"
	}
}

func (r *Report) chapters() []string {
	var chapters []string
	for _, result := range r.Results {
		if !slices.Contains(chapters, result.Chapter) {
			chapters = append(chapters, result.Chapter)
		}
	}
	return chapters
}

func (r *Report) count(chapter string, level requirement.Level, verdict Verdict) int {
	count := 0
	for _, result := range r.Results {
		if (chapter == "" || result.Chapter == chapter) && (level == "" || result.Level.Binding() == level) && result.Verdict == verdict {
			count++
		}
	}
	return count
}
