package vocabulary

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// Outcomes of a spec that Ginkgo's own states do not tell apart. Each is the name of a report entry on the spec; its value
// is the text for people.
const (
	OutcomeDeviation     = "known deviation"
	OutcomeNotApplicable = "not applicable"
	OutcomeCouldNotRun   = "could not run"
)

// Requirement labels a spec with the requirement that it checks, and with that requirement's chapter and level. It panics
// on an ID that the specification does not have.
func Requirement(id string) ginkgo.Labels {
	r, known := requirement.Current().Lookup(id)
	if !known {
		panic(fmt.Sprintf("CONFORMANCE.md has no requirement %q", id))
	}
	return ginkgo.Label(id, string(r.Level.Binding()), strings.ToLower(r.Chapter))
}

// checked returns the requirement of the running spec.
func checked() (requirement.Requirement, bool) {
	return Checked(ginkgo.CurrentSpecReport().Labels())
}

// Checked returns the requirement among a spec's labels.
func Checked(labels []string) (requirement.Requirement, bool) {
	for _, label := range labels {
		if r, known := requirement.Current().Lookup(label); known {
			return r, true
		}
	}
	return requirement.Requirement{}, false
}

// FailSpec is Gomega's fail handler for specs: it explains the failure to a stranger, and holds it against the declared
// deviations.
func FailSpec(message string, callerSkip ...int) {
	skip := 1
	if len(callerSkip) > 0 {
		skip += callerSkip[0]
	}
	if r, known := checked(); known && implementation.Excuses != nil && implementation.Excuses(r.ID, ginkgo.CurrentSpecReport().FullText(), message) {
		record(Evidence{Message: message})
		end(OutcomeDeviation, message, skip+1)
	}
	replay := keep(message)
	record(Evidence{Message: message, Replay: replay})
	ginkgo.Fail(explain(message, replay...), skip)
}

// failBroken fails the spec for something that no deviation excuses: the implementation did not answer wrongly, it hung, left
// work behind, or its adapter broke down.
func failBroken(err error) {
	replay := keep(err.Error())
	record(Evidence{Message: err.Error(), Broken: true, Replay: replay})
	ginkgo.Fail(explain(err.Error(), replay...), 2)
}

// NotApplicable ends the spec without a result.
func NotApplicable(reason string) { end(OutcomeNotApplicable, reason, 1) }

func couldNotRun(reason error) {
	text := "Could not run: " + reason.Error()
	record(Evidence{Message: text, Broken: true})
	ginkgo.AddReportEntry(OutcomeCouldNotRun, text, ginkgo.ReportEntryVisibilityNever)
	ginkgo.Fail(explain(text), 2)
}

func end(outcome, text string, skip int) {
	ginkgo.AddReportEntry(outcome, text, ginkgo.ReportEntryVisibilityNever)
	first, _, _ := strings.Cut(text, "\n")
	ginkgo.Skip(outcome+": "+first, skip+1)
}

// unsupported is reached when the implementation answered that it does not have something. That is an excuse only for a
// feature that its statement does not declare.
func unsupported(what string) {
	switch {
	case !requirement.Current().HasFeature(what):
		FailSpec(fmt.Sprintf("The implementation answered that it does not support %q, which is no feature of the specification.", what), 2)
	case implementation.Declares != nil && implementation.Declares(what):
		FailSpec(fmt.Sprintf("The statement declares the feature %q, but the implementation answered that it does not support it.", what), 2)
	}
	NotApplicable("the implementation does not support " + what)
}

// explain puts the clause above a failure, and the trace, the command that reruns it and those that replay it below.
func explain(message string, replay ...string) string {
	var out strings.Builder
	if r, known := checked(); known {
		fmt.Fprintf(&out, "%s (%s, %s: %s)\n%s\n\n", r.ID, r.Level, r.Chapter, r.Section, indent(r.Sentence))
	}
	fmt.Fprintf(&out, "%s\n", strings.TrimRight(message, "\n"))
	if trace := timelines(); trace != "" {
		fmt.Fprintf(&out, "\n%s", trace)
	}
	fmt.Fprintf(&out, "\nRerun exactly this spec:\n  %s\n", Rerun(ginkgo.CurrentSpecReport().FullText()))
	if len(replay) > 0 {
		fmt.Fprintf(&out, "\nReplay exactly these commands:\n  %s\n", strings.Join(replay, "\n  "))
	}
	return out.String()
}

// Rerun is the command that reruns the spec of that text and no other.
func Rerun(text string) string {
	return fmt.Sprintf("%s %s=%s", implementation.Rerun, implementation.Focus, ShellQuote(regexp.QuoteMeta(text)+"$"))
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./=:,@+-]+$`)

// ShellQuote writes text as one word of a shell's command line.
func ShellQuote(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
