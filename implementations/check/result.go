package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// result is what became of the check of one implementation.
type result struct {
	name   string
	report *report.Report // nil without a verdict
	err    error          // why there is no verdict, or what the test run said
	took   time.Duration
}

// check checks one implementation and reads the verdicts that it wrote.
func check(m module, i implementation, file string) (r result) {
	start := time.Now()
	r.name = i.name
	defer func() { r.took = time.Since(start) }()
	if m.toolchain == nil {
		r.err = errors.New("it has no build file that is known here")
		return r
	}
	if r.err = m.toolchain.available(); r.err != nil {
		return r
	}
	// A report of an earlier run is no verdict on this one.
	if r.err = os.Remove(file); r.err != nil && !errors.Is(r.err, fs.ErrNotExist) {
		return r
	}
	r.err = m.toolchain.check(m, i, file)
	verdicts, err := report.Read(file)
	if err != nil {
		r.err = errors.Join(r.err, err)
	}
	r.report = verdicts
	return r
}

// matches tells whether every verdict is what the statement says.
func (r result) matches() bool { return r.err == nil && r.report != nil && r.report.Conforms() }

func (r result) count(verdicts ...report.Verdict) string {
	count := 0
	for _, result := range r.report.Results {
		if slices.Contains(verdicts, result.Verdict) {
			count++
		}
	}
	return strconv.Itoa(count)
}

func (r result) row() []string {
	seconds := fmt.Sprintf("%.1f", r.took.Seconds())
	if r.report == nil {
		return []string{r.name, "", "", "", "", "", "", seconds, "NO VERDICT: " + strings.ReplaceAll(r.err.Error(), "\n", "; ")}
	}
	outcome := "as stated"
	switch {
	case !r.report.Conforms():
		outcome = "NOT AS STATED"
	case r.err != nil:
		outcome = "FAILED: " + r.err.Error()
	}
	return []string{
		r.report.Implementation, r.report.Version, r.count(report.Pass), r.count(report.KnownDeviation),
		r.count(report.Fail, report.UnexpectedPass), r.count(report.NotApplicable), r.count(report.CouldNotRun, report.NotSelected),
		seconds, outcome,
	}
}

// printTable prints a line for each result, in Markdown, so that it can stand in a README as it is.
func printTable(out io.Writer, results []result) {
	rows := [][]string{{
		"implementation", "version", "pass", "known deviations", "unexpected", "not applicable", "could not run", "seconds", "verdicts",
	}}
	for _, r := range results {
		rows = append(rows, r.row())
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for column, cell := range row {
			widths[column] = max(widths[column], utf8.RuneCountInString(cell))
		}
	}
	for index, row := range rows {
		for column, cell := range row {
			fmt.Fprintf(out, "| %-*s ", widths[column], cell)
		}
		fmt.Fprintln(out, "|")
		if index == 0 {
			for _, width := range widths {
				fmt.Fprint(out, "|", strings.Repeat("-", width+2))
			}
			fmt.Fprintln(out, "|")
		}
	}
}

// exitCode is that of the worst result.
func exitCode(results []result) int {
	code := 0
	for _, r := range results {
		switch {
		case r.report == nil:
			return noVerdict
		case !r.matches():
			code = mismatch
		}
	}
	return code
}
