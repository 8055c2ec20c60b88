package vocabulary

import (
	"encoding/json"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// OutcomeEvidence is the name of the report entry with the Evidence of a failure, as JSON.
const OutcomeEvidence = "evidence"

// Evidence is what a failure leaves for a report.
type Evidence struct {
	Message string         `json:"message"` // without the clause and the trace
	Broken  bool           `json:"broken"`  // not a wrong answer: no deviation excuses it
	Traces  []script.Trace `json:"traces"`  // one for each subject of the spec
	Rerun   string         `json:"rerun"`   // the command that runs exactly this spec again
	Replay  []string       `json:"replay"`  // the commands that replay the traces that were kept
}

// Failed is a spec that has failed, as whoever keeps traces is told of it.
type Failed struct {
	Requirement string
	Spec        string // its full sentence
	Message     string // without the clause and the trace
	Subjects    []Subject
}

// Subject is one of a failed spec's.
type Subject struct {
	Trace  script.Trace
	Broken string // why the last command could not be carried out, if it could not
	End    string // why it did not end cleanly, if it did not
}

// keep has the traces of the running spec kept, and returns the commands that replay them.
func keep(message string) []string {
	r, known := checked()
	if !known || implementation.Keep == nil {
		return nil
	}
	failed := Failed{Requirement: r.ID, Spec: ginkgo.CurrentSpecReport().FullText(), Message: message}
	for _, s := range sessions {
		failed.Subjects = append(failed.Subjects, Subject{s.trace, s.broken, s.end})
	}
	return implementation.Keep(failed)
}

// record leaves the evidence with the running spec. It goes as a text, because Ginkgo's parallel processes exchange texts.
func record(e Evidence) {
	for _, s := range sessions {
		e.Traces = append(e.Traces, s.trace)
	}
	e.Rerun = Rerun(ginkgo.CurrentSpecReport().FullText())
	text, err := json.Marshal(e)
	if err != nil {
		text, _ = json.Marshal(Evidence{Message: e.Message, Broken: e.Broken, Rerun: e.Rerun, Replay: e.Replay}) // of texts and a truth, which cannot fail
	}
	ginkgo.AddReportEntry(OutcomeEvidence, string(text), ginkgo.ReportEntryVisibilityNever)
}
