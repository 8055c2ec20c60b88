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
}

// record leaves the evidence with the running spec. It goes as a text, because Ginkgo's parallel processes exchange texts.
func record(e Evidence) {
	for _, s := range sessions {
		e.Traces = append(e.Traces, s.trace)
	}
	e.Rerun = Rerun(ginkgo.CurrentSpecReport().FullText())
	text, err := json.Marshal(e)
	if err != nil {
		text, _ = json.Marshal(Evidence{Message: e.Message, Broken: e.Broken, Rerun: e.Rerun}) // of texts and a truth, which cannot fail
	}
	ginkgo.AddReportEntry(OutcomeEvidence, string(text), ginkgo.ReportEntryVisibilityNever)
}
