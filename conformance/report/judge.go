package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// New holds the specs' results against the statement. Deviations are judged as of the day on which the run began.
func New(specification *requirement.Specification, s *statement.Statement, suite string, environment Environment, specs []Spec) *Report {
	r := &Report{
		Format: Format, Specification: specification.Version, Suite: suite,
		Implementation: s.Implementation, Version: s.Version, Statement: *s, Environment: environment,
	}
	byRequirement := map[string][]Spec{}
	for _, spec := range specs {
		byRequirement[spec.Requirement] = append(byRequirement[spec.Requirement], spec)
	}
	for _, clause := range specification.Requirements {
		result := Result{
			Requirement: clause.ID, Chapter: clause.Chapter, Section: clause.Section, Level: clause.Level, Sentence: clause.Sentence,
			Specs: byRequirement[clause.ID],
		}
		// Specs may have run in any order, and that is no part of the result.
		slices.SortStableFunc(result.Specs, func(a, b Spec) int { return strings.Compare(a.Text, b.Text) })
		for _, spec := range result.Specs {
			result.Seconds += spec.Seconds
		}
		result.Verdict, result.Reason = judge(s, s.Missing(clause), clause.ID, result.Specs, environment.Began)
		r.Results = append(r.Results, result)
	}
	r.Verdict, r.Totals = r.overall(), r.totals()
	r.Digest = r.digest()
	r.Seal = r.seal()
	return r
}

// judge is the verdict on one requirement, and the reason for it.
func judge(s *statement.Statement, missing []string, id string, specs []Spec, day time.Time) (Verdict, string) {
	deviation, declared := s.Deviation(id)
	has := func(verdict Verdict) bool {
		return slices.ContainsFunc(specs, func(spec Spec) bool { return spec.Verdict == verdict })
	}
	switch {
	case len(missing) > 0:
		return NotApplicable, "undeclared: " + strings.Join(missing, ", ")
	case has(CouldNotRun):
		return CouldNotRun, ""
	case has(Fail) && declared:
		return Fail, unexcused(deviation, day)
	case has(Fail):
		return Fail, ""
	case has(NotSelected) || len(specs) == 0:
		return partly(deviation, has(KnownDeviation))
	case declared && !has(KnownDeviation) && has(Pass):
		return UnexpectedPass, "declared: " + deviation.Describe()
	case declared && !has(KnownDeviation):
		return UnexpectedPass, "declared, and none of its specs applies: " + specs[0].Reason
	case declared && len(unseen(deviation, specs)) > 0:
		return UnexpectedPass, "declared, and not seen any more: " + list(unseen(deviation, specs))
	case declared:
		return KnownDeviation, deviation.Describe()
	case has(Pass):
		return Pass, ""
	default:
		return NotApplicable, specs[0].Reason
	}
}

// partly judges a requirement of which not every spec was selected.
func partly(deviation statement.Deviation, deviates bool) (Verdict, string) {
	if deviates {
		return KnownDeviation, deviation.Describe()
	}
	return NotSelected, ""
}

// unexcused says why a declared deviation did not excuse a failure.
func unexcused(deviation statement.Deviation, day time.Time) string {
	switch {
	case deviation.Expired(day):
		return "the declared deviation expired on " + deviation.Expires.Format(time.DateOnly)
	case slices.ContainsFunc(deviation.Failures, func(f statement.Failure) bool { return f.Spec == "" }):
		return "a deviation is declared, and does not say in which spec it excuses a failure: -update-statement writes that"
	case len(deviation.Failures) == 0:
		return "a deviation is declared, and does not say which failure it excuses: -update-statement writes that"
	default:
		return fmt.Sprintf("a deviation is declared, and excuses another failure (%s)", list(deviation.Failures))
	}
}

// unseen lists the declared failures that no spec saw.
func unseen(deviation statement.Deviation, specs []Spec) []statement.Failure {
	return slices.DeleteFunc(slices.Clone(deviation.Failures), func(declared statement.Failure) bool {
		return slices.ContainsFunc(specs, func(spec Spec) bool {
			return spec.Failure != nil && declared == statement.Failure{Spec: spec.Text, Text: spec.Failure.Observed}
		})
	})
}

// list is the failures on one line.
func list(failures []statement.Failure) string {
	var texts []string
	for _, failure := range failures {
		texts = append(texts, failure.String())
	}
	return strings.Join(texts, "; ")
}
