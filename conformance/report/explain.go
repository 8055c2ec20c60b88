package report

import (
	"fmt"
	"io"
	"strings"
)

// Explain writes, for a stranger, why a requirement has its verdict: the clause, the reason, and each failure with its trace and the
// command that shows it again.
func (result Result) Explain(out io.Writer) {
	fmt.Fprintf(out, "%s (%s, %s: %s)\n  %s\n", result.Requirement, result.Level, result.Chapter, result.Section, result.Sentence)
	fmt.Fprintf(out, "\n%s\n", strings.TrimSuffix(fmt.Sprintf("%s: %s", result.Verdict, result.Reason), ": "))
	for _, spec := range result.Specs {
		if spec.Failure == nil {
			continue
		}
		fmt.Fprintf(out, "\n%s (%s)\n%s\n", spec.Text, spec.Location, indent(spec.Failure.Message))
		for _, trace := range spec.Failure.Trace {
			if trace.Timeline != "" {
				fmt.Fprintf(out, "\n%s\n", indent(trace.Timeline))
			}
		}
		if spec.Failure.Rerun != "" {
			fmt.Fprintf(out, "\n  Rerun exactly this spec:\n    %s\n", spec.Failure.Rerun)
		}
		if len(spec.Failure.Replay) > 0 {
			fmt.Fprintf(out, "\n  Replay exactly these commands:\n    %s\n", strings.Join(spec.Failure.Replay, "\n    "))
		}
	}
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}
