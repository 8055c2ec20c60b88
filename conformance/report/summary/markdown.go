package summary

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// explained bounds the failures that are shown whole. GitHub refuses a summary of more than a mebibyte.
const explained = 20

// Markdown writes the verdict, the counts by chapter and level, each failure with its timeline, and the known deviations.
func Markdown(out io.Writer, r *report.Report) error {
	var text strings.Builder
	fmt.Fprintf(&text, "## Plumbline: %s %s %s\n\n", plain(r.Implementation), plain(r.Version), verb(r.Verdict))
	fmt.Fprintf(&text, "Against specification %s, with suite %s. `%s`\n\n", plain(r.Specification), plain(r.Suite), r.Digest)
	table(&text, r)
	shown := 0
	for _, result := range r.Results {
		if result.Verdict.Conforms() {
			continue
		}
		if shown++; shown <= explained {
			explain(&text, result)
		}
	}
	if shown > explained {
		fmt.Fprintf(&text, "\nAnd %d more; the report has them all.\n", shown-explained)
	}
	deviations(&text, r)
	_, err := io.WriteString(out, text.String())
	return err
}

func verb(overall report.Overall) string {
	if overall == report.Partial {
		return "was checked in part, and that part conforms"
	}
	return string(overall)
}

func table(text *strings.Builder, r *report.Report) {
	shown := slices.DeleteFunc(report.Verdicts(), func(v report.Verdict) bool {
		return v != report.Pass && v != report.Fail && r.Count("", "", v) == 0
	})
	text.WriteString("| chapter | level |")
	for _, v := range shown {
		fmt.Fprintf(text, " %s |", v)
	}
	text.WriteString("\n|---|---|" + strings.Repeat("--:|", len(shown)) + "\n")
	for _, chapter := range r.Chapters() {
		for _, level := range []requirement.Level{requirement.Must, requirement.Should, requirement.May} {
			fmt.Fprintf(text, "| %s | %s |", plain(chapter), level)
			for _, v := range shown {
				fmt.Fprintf(text, " %d |", r.Count(chapter, level, v))
			}
			text.WriteString("\n")
		}
	}
}

func explain(text *strings.Builder, result report.Result) {
	fmt.Fprintf(text, "\n### %s: `%s` (%s)\n\n> %s\n", result.Verdict, result.Requirement, result.Level, plain(result.Sentence))
	if result.Reason != "" {
		fmt.Fprintf(text, "\n%s\n", plain(result.Reason))
	}
	for _, spec := range result.Specs {
		if spec.Failure == nil {
			continue
		}
		fmt.Fprintf(text, "\n%s\n\n%s", plain(spec.Text), block(spec.Failure.Message))
		for _, trace := range spec.Failure.Trace {
			if trace.Timeline != "" {
				fmt.Fprintf(text, "\n<details><summary>Timeline</summary>\n\n%s\n</details>\n", block(trace.Timeline))
			}
		}
		if spec.Failure.Rerun != "" {
			fmt.Fprintf(text, "\n<details><summary>Run exactly this spec again</summary>\n\n%s\n</details>\n", block(spec.Failure.Rerun))
		}
	}
}

func deviations(text *strings.Builder, r *report.Report) {
	count := r.Count("", "", report.KnownDeviation)
	if count == 0 {
		return
	}
	fmt.Fprintf(text, "\n<details><summary>Known deviations: %d</summary>\n\n", count)
	for _, result := range r.Results {
		if result.Verdict != report.KnownDeviation {
			continue
		}
		fmt.Fprintf(text, "- `%s` (%s): %s", result.Requirement, result.Level, plain(result.Reason))
		if declared, is := r.Statement.Deviation(result.Requirement); is {
			fmt.Fprintf(text, " (until %s)", declared.Expires.Format(time.DateOnly))
		}
		text.WriteString("\n")
	}
	text.WriteString("\n</details>\n")
}

// plain is a text that becomes no HTML, and stays on its line and in its column.
func plain(text string) string {
	return strings.ReplaceAll(html.EscapeString(strings.Join(strings.Fields(text), " ")), "|", "&#124;")
}

// block is a text as it stands, between fences that it cannot close.
func block(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "text\n" + strings.TrimRight(text, "\n") + "\n" + fence + "\n"
}
