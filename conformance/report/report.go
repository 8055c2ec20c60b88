// Package report turns the results of a run into verdicts: one for each requirement, held against the statement. It writes
// them as one JSON document a run, which report.schema.json describes, and as JUnit XML; it reads them back, verifies and
// compares them.
//
// What may not enter: how specs run, and how a report looks on a page.
package report

import (
	_ "embed"
	"slices"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// Format is the version of the document's form.
const Format = 1

// Schema is the JSON Schema of a report.
//
//go:embed report.schema.json
var Schema string

// Verdict is what a run says about one requirement.
type Verdict string

// The verdicts.
const (
	Pass           Verdict = "pass"
	Fail           Verdict = "fail"
	KnownDeviation Verdict = "known deviation" // fails, as the statement declares
	UnexpectedPass Verdict = "unexpected pass" // the statement declares a failure that did not show
	NotApplicable  Verdict = "not applicable"  // depends on something that the implementation does not declare
	CouldNotRun    Verdict = "could not run"   // there is no result
	NotSelected    Verdict = "not selected"    // filtered out of this run
)

// Verdicts lists them all, in the order in which tables show them.
func Verdicts() []Verdict {
	return []Verdict{Pass, Fail, KnownDeviation, UnexpectedPass, NotApplicable, CouldNotRun, NotSelected}
}

// Conforms tells whether the verdict is one that lets a gate open.
func (v Verdict) Conforms() bool {
	return v == Pass || v == KnownDeviation || v == NotApplicable || v == NotSelected
}

// Overall is the verdict on the whole.
type Overall string

// The verdicts on the whole.
const (
	Conforms               Overall = "conforms"
	ConformsWithDeviations Overall = "conforms with deviations" // a MUST is excused by the statement
	DoesNotConform         Overall = "does not conform"
	NoVerdict              Overall = "could not run" // what could be checked conforms, or nothing could be checked
	Partial                Overall = "partial"       // what was selected conforms, and the rest was not
)

// Report is the outcome of one run.
type Report struct {
	Format         int                 `json:"format"`
	Specification  string              `json:"specification"` // its version
	Suite          string              `json:"suite"`         // the version of the module that the specs are from
	Implementation string              `json:"implementation"`
	Version        string              `json:"version"`
	Statement      statement.Statement `json:"statement"`
	Environment    Environment         `json:"environment"`
	Verdict        Overall             `json:"verdict"`
	Totals         []Total             `json:"totals"`  // a row for each level of each chapter
	Results        []Result            `json:"results"` // in the order of the specification
	// Digest is a hash of all that is a result: the versions of the specification and the implementation, the statement, each
	// verdict and each failure. Two runs with the same results have the same digest.
	Digest string `json:"digest"`
	// Seal is a hash of the whole document but itself.
	Seal string `json:"seal"`
}

// Environment is where and when a run took place. It has no influence on the digest.
type Environment struct {
	OS      string    `json:"os"`               // as Go names it
	Arch    string    `json:"arch"`             // as Go names it
	Go      string    `json:"go"`               // the version that the suite was built with
	Testee  string    `json:"testee,omitempty"` // the command line or the address; empty in process
	Clock   string    `json:"clock"`            // virtual or real
	Began   time.Time `json:"began"`
	Seconds float64   `json:"seconds"` // that the run took, on the real clock
}

// Result is the verdict on one requirement.
type Result struct {
	Requirement string            `json:"requirement"`
	Chapter     string            `json:"chapter"`
	Section     string            `json:"section"`
	Level       requirement.Level `json:"level"`
	Sentence    string            `json:"sentence"`
	Verdict     Verdict           `json:"verdict"`
	Reason      string            `json:"reason,omitempty"` // why it is that verdict, where the specs alone do not tell
	Seconds     float64           `json:"seconds"`          // that its specs took, on the real clock
	Specs       []Spec            `json:"specs,omitempty"`
}

// Spec is the result of one spec.
type Spec struct {
	Requirement string   `json:"requirement"`
	Text        string   `json:"text"`     // its full sentence
	Location    string   `json:"location"` // file:line
	Verdict     Verdict  `json:"verdict"`  // Pass, Fail, KnownDeviation, NotApplicable, CouldNotRun or NotSelected
	Reason      string   `json:"reason,omitempty"`
	Failure     *Failure `json:"failure,omitempty"` // of Fail, KnownDeviation and CouldNotRun
	Seconds     float64  `json:"seconds"`
}

// Failure is what a spec saw that should not have been.
type Failure struct {
	Message string `json:"message"` // what was expected, and what happened
	// Observed is the message without what differs from run to run (statement.Normalise). A declared deviation pins it, and the spec.
	Observed string `json:"observed"`
	// Broken is set where nothing was answered wrongly: the implementation hung, left work behind, or its adapter broke down.
	// No deviation excuses that.
	Broken bool    `json:"broken,omitempty"`
	Trace  []Trace `json:"trace,omitempty"` // one for each subject
	Rerun  string  `json:"rerun,omitempty"` // the command that runs exactly this spec again
	// Replay are the commands that replay the traces of this failure that were kept, one for each subject.
	Replay []string `json:"replay,omitempty"`
}

// Trace is what was done to one subject, and what was seen.
type Trace struct {
	Timeline string        `json:"timeline"` // as a table for people
	Steps    []script.Step `json:"steps"`
}

// Total counts the verdicts on the requirements of one level of one chapter.
type Total struct {
	Chapter string            `json:"chapter"`
	Level   requirement.Level `json:"level"` // MUST, SHOULD or MAY, each with its negation
	Counts  map[Verdict]int   `json:"counts"`
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

// overall is the verdict on the whole, reckoned from the results.
func (r *Report) overall() Overall {
	switch {
	case r.Count("", "", Fail) > 0 || r.Count("", "", UnexpectedPass) > 0:
		return DoesNotConform
	case !r.Conforms():
		return NoVerdict
	case r.Count("", "", NotSelected) > 0:
		return Partial
	case r.Count("", requirement.Must, KnownDeviation) > 0:
		return ConformsWithDeviations
	default:
		return Conforms
	}
}

// Chapters lists the chapters, in the order of the specification.
func (r *Report) Chapters() []string {
	var chapters []string
	for _, result := range r.Results {
		if !slices.Contains(chapters, result.Chapter) {
			chapters = append(chapters, result.Chapter)
		}
	}
	return chapters
}

// Count counts the requirements with that verdict, in that chapter and of that level or its negation; empty means all.
func (r *Report) Count(chapter string, level requirement.Level, verdict Verdict) int {
	count := 0
	for _, result := range r.Results {
		if (chapter == "" || result.Chapter == chapter) && (level == "" || result.Level.Binding() == level) && result.Verdict == verdict {
			count++
		}
	}
	return count
}

// totals counts the verdicts, reckoned from the results.
func (r *Report) totals() []Total {
	var totals []Total
	for _, chapter := range r.Chapters() {
		for _, level := range []requirement.Level{requirement.Must, requirement.Should, requirement.May} {
			total := Total{Chapter: chapter, Level: level, Counts: map[Verdict]int{}}
			for _, verdict := range Verdicts() {
				total.Counts[verdict] = r.Count(chapter, level, verdict)
			}
			totals = append(totals, total)
		}
	}
	return totals
}
