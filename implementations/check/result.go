package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/report"
)

// result is what became of the check of one implementation.
type result struct {
	name   string
	report *report.Report // nil without a verdict
	err    error          // why there is no verdict, or what the test run said
	took   time.Duration
	runs   int
}

// how says how implementations are checked.
type how struct {
	build  string // for what is built and written; absolute
	repeat int    // how often the suite runs; each time it has to give the same verdicts
	update bool   // statements get the failures that are seen
}

// check checks one implementation and reads the verdicts that it wrote. What programs say on the way goes to out.
func (h how) check(m module, i implementation, out io.Writer) (r result) {
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
	var s *suite
	if s, r.err = m.toolchain.prepare(m, i, filepath.Join(h.build, "bin"), out); r.err != nil {
		return r
	}
	if r.err = s.build(out, filepath.Join(h.build, "bin")); r.err != nil {
		return r
	}
	for r.runs = 0; r.runs < max(h.repeat, 1) && r.err == nil; r.runs++ {
		verdicts, err := h.once(s, filepath.Join(h.build, "implementations", i.fileName(".json")), out)
		if verdicts == nil {
			r.report, r.err = nil, err
			return r
		}
		r.err = err
		if r.report != nil {
			r.err = errors.Join(r.err, different(r.report, verdicts, r.runs+1))
		}
		r.report = verdicts
	}
	return r
}

// once runs the suite and reads its report. A run on the machine's clock in which that has disturbed anything is no measurement: the suite
// runs again, the whole of it, at a larger scale, where the same disturbance matters less. The verdicts are those of the last run.
func (h how) once(s *suite, file string, out io.Writer) (*report.Report, error) {
	run := *s
	for slowed := 0; ; slowed++ {
		// A report of an earlier run is no verdict on this one.
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		failed := run.run(out, file, h.update)
		verdicts, err := report.Read(file)
		if err != nil {
			return nil, errors.Join(failed, err)
		}
		if disturbed := verdicts.Count("", "", report.CouldNotRun) > 0; !disturbed || s.scale == 0 || slowed == remote.Slowings {
			return verdicts, failed
		}
		run.scale *= remote.Slowing
	}
}

// different says which specs have another verdict in that run than in the one before it.
func different(before, after *report.Report, run int) error {
	verdicts := map[string]report.Verdict{}
	for _, result := range before.Results {
		for _, spec := range result.Specs {
			verdicts[spec.Text+spec.Location] = spec.Verdict
		}
	}
	var found []error
	for _, result := range after.Results {
		for _, spec := range result.Specs {
			if was := verdicts[spec.Text+spec.Location]; was != spec.Verdict {
				found = append(found, fmt.Errorf("run %d says %s of %q (%s), the one before it %s", run, spec.Verdict, spec.Text, spec.Location, cmp.Or(was, "nothing")))
			}
		}
	}
	return errors.Join(found...)
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
		outcome = "FAILED: " + strings.ReplaceAll(r.err.Error(), "\n", "; ")
	case r.runs > 1:
		outcome = fmt.Sprintf("as stated, in each of %d runs", r.runs)
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
