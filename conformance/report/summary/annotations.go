package summary

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// notice is how long before its last day a deviation is warned of.
const notice = 30 * 24 * time.Hour

// Annotations writes GitHub's workflow commands: an error for each requirement that keeps the gate shut, and a warning for each
// deviation that soon expires. What is wrong with the statement is put to that file, a path from the root of the repository; empty: to none.
// What could not run has one cause most of the time, and is told once.
func Annotations(out io.Writer, r *report.Report, statement string) error {
	var text strings.Builder
	place := ""
	if statement != "" {
		place = "file=" + property(statement) + ","
	}
	told := false
	for _, result := range r.Results {
		title := property(fmt.Sprintf("%s: %s (%s)", result.Verdict, result.Requirement, result.Level))
		switch {
		case result.Verdict == report.UnexpectedPass:
			fmt.Fprintf(&text, "::error %stitle=%s::%s\n", place, title, data(result.Reason))
		case result.Verdict == report.Fail, result.Verdict == report.CouldNotRun && !told:
			told = told || result.Verdict == report.CouldNotRun
			fmt.Fprintf(&text, "::error title=%s::%s\n", title, data(reason(result)))
		case result.Verdict == report.KnownDeviation:
			declared, is := r.Statement.Deviation(result.Requirement)
			if is && declared.Expires.Sub(r.Environment.Began) < notice {
				fmt.Fprintf(&text, "::warning %stitle=%s::%s\n", place, property("expires soon: "+result.Requirement),
					data("This deviation is no excuse after "+declared.Expires.Format(time.DateOnly)+". "+declared.Reason))
			}
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func reason(result report.Result) string {
	parts := []string{result.Sentence}
	if result.Reason != "" {
		parts = append(parts, result.Reason)
	}
	for _, spec := range result.Specs {
		if spec.Failure != nil {
			parts = append(parts, spec.Failure.Message)
		}
	}
	return strings.Join(parts, "\n")
}

// The escapes of workflow commands, of their messages and of their properties.
var (
	messages   = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	properties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func data(text string) string { return messages.Replace(text) }

func property(text string) string { return properties.Replace(text) }
