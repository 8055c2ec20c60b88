package conformance

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// specs reads the results of specs out of Ginkgo's report.
func (c *check) specs(results ginkgo.Report) []report.Spec {
	var specs []report.Spec
	for _, spec := range results.SpecReports {
		if result, is := c.spec(spec); is {
			specs = append(specs, result)
		}
	}
	return specs
}

// spec is the result of one spec, if that is what the node is.
func (c *check) spec(spec types.SpecReport) (report.Spec, bool) {
	r, known := vocabulary.Checked(spec.Labels())
	if !known {
		return report.Spec{}, false
	}
	result := report.Spec{Requirement: r.ID, Text: spec.FullText(), Location: location(spec.LeafNodeLocation), Seconds: spec.RunTime.Seconds()}
	result.Verdict, result.Reason = outcome(spec)
	switch result.Verdict {
	case report.Fail, report.KnownDeviation, report.CouldNotRun:
		result.Failure = c.failure(spec)
	}
	return result, true
}

// outcome is the verdict on one spec, and why it has no result.
func outcome(spec types.SpecReport) (report.Verdict, string) {
	for _, entry := range spec.ReportEntries {
		switch {
		case entry.Name == vocabulary.OutcomeCouldNotRun:
			return report.CouldNotRun, ""
		case entry.Name == vocabulary.OutcomeDeviation && spec.State == types.SpecStateSkipped:
			return report.KnownDeviation, ""
		case entry.Name == vocabulary.OutcomeNotApplicable && spec.State == types.SpecStateSkipped:
			return report.NotApplicable, entry.StringRepresentation()
		}
	}
	switch spec.State {
	case types.SpecStatePassed:
		return report.Pass, ""
	case types.SpecStateSkipped, types.SpecStatePending:
		return report.NotSelected, ""
	default:
		return report.Fail, ""
	}
}

// failure is what a spec left about its failure: the last of them, because what broke while the spec was cleaned up counts for more than a
// wrong answer that may be excused. A spec that ended by itself, in a panic say, left what Ginkgo knows.
func (c *check) failure(spec types.SpecReport) *report.Failure {
	evidence := vocabulary.Evidence{Message: spec.Failure.Message, Broken: true}
	if spec.Failure.ForwardedPanic != "" {
		evidence.Message += "\n" + spec.Failure.ForwardedPanic
	}
	for _, entry := range spec.ReportEntries {
		if entry.Name == vocabulary.OutcomeEvidence {
			var left vocabulary.Evidence
			if err := json.Unmarshal([]byte(entry.StringRepresentation()), &left); err == nil {
				evidence = left
			}
		}
	}
	failure := &report.Failure{
		Message: evidence.Message, Observed: c.statement.Normalise(evidence.Message), Broken: evidence.Broken, Rerun: evidence.Rerun, Replay: evidence.Replay,
	}
	for _, trace := range evidence.Traces {
		failure.Trace = append(failure.Trace, report.Trace{Timeline: trace.Timeline(), Steps: trace})
	}
	return failure
}

func location(l types.CodeLocation) string {
	file := l.FileName
	if index := strings.LastIndex(file, "/"); index >= 0 {
		file = file[index+1:]
	}
	return fmt.Sprintf("%s:%d", file, l.LineNumber)
}
