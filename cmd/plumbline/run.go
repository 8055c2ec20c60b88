package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var runCommand = command{
	name: "run", arguments: "-testee COMMAND [flags]",
	does: "Checks a testee against the specification and its statement, and gives a verdict.",
	run:  run,
}

// testeeFlags are the flags by which a testee is reached.
func testeeFlags(set *flag.FlagSet, people io.Writer) *conformance.Testee {
	t := &conformance.Testee{People: people}
	set.StringVar(&t.Command, "testee", "", "the `command` line that starts the testee")
	set.StringVar(&t.Address, "attach", "", "or the `address` on which it listens, or will: host:port, or a path of a unix socket")
	set.DurationVar(&t.Deadline, "deadline", remote.DefaultDeadline, "how long a testee may take to answer one command, the first aside, for which it has a minute; 0 for ever, which is the default with -attach")
	set.Float64Var(&t.Scale, "scale", 0, "real milliseconds for each virtual one, for a testee with a real clock; 0 for what its statement says, or 2")
	set.StringVar(&t.Transcript, "transcript", "", "write every line to and from the testee to this `file`")
	return t
}

// reachable tells whether the flags name one testee.
func reachable(t *conformance.Testee) error {
	if (t.Command == "") == (t.Address == "") {
		return usage("say which testee is meant: -testee COMMAND, or -attach ADDRESS")
	}
	return nil
}

func run(c *invocation) (int, error) {
	set := c.flags()
	testee := testeeFlags(set, c.err)
	set.StringVar(&testee.Statement, "statement", "", "the `file` of its statement; without one its greeting counts, and no deviation")
	chapters := set.String("chapters", "", "check only these chapters, a `list` with commas")
	labels := set.String("labels", "", "check only what this `filter` selects: requirements, chapters and levels with &&, || and !")
	focus := set.String("focus", "", "check only specs whose text this regular `expression` matches")
	reportFile := set.String("report", "", "write the report to this `file`, as JSON")
	traces := set.String("traces", conformance.BesideReport, "write the trace of each failure to this `directory`; empty for none")
	junitFile := set.String("junit", "", "write the report to this `file`, as JUnit XML")
	asJSON := set.Bool("json", false, "print the report as JSON, and nothing else, on standard output")
	update := set.Bool("update-statement", false, "write the failures that are seen into the deviations that the statement declares")
	if _, err := c.parse(set, 0); err != nil {
		return 0, err
	}
	if err := reachable(testee); err != nil {
		return 0, err
	}
	if *update && testee.Statement == "" {
		return 0, usage("-update-statement needs a -statement to write to")
	}
	filter, err := labelFilter(requirement.Current(), *chapters, *labels)
	if err != nil {
		return 0, err
	}
	lines := c.out
	if *asJSON {
		lines = c.err
	}
	watch := newProgress(lines, c.err)
	testee.People = watch
	verdict, err := conformance.Program{
		Testee:    *testee,
		Selection: conformance.Selection{Labels: filter, Focus: *focus},
		Rerun:     again(set), Focus: "-focus",
		Traces: *traces, Report: *reportFile, Replay: words(set, "testee", "attach", "deadline", "scale"),
		Update:   *update,
		Progress: watch.spec,
	}.Check()
	watch.end()
	if err != nil {
		return 0, err
	}
	for _, output := range []struct {
		file  string
		write func(string) error
	}{{*reportFile, verdict.Write}, {*junitFile, verdict.WriteJUnit}} {
		if output.file == "" {
			continue
		}
		if err := output.write(output.file); err != nil {
			return 0, err
		}
	}
	if *asJSON {
		return codeOf(verdict), c.printJSON(verdict)
	}
	explainFailures(c.out, verdict)
	verdict.Print(c.out)
	return codeOf(verdict), nil
}

// codeOf is the exit code for a verdict.
func codeOf(r *report.Report) int {
	switch r.Verdict {
	case report.DoesNotConform:
		return doesNot
	case report.NoVerdict:
		return couldNotRun
	default:
		return conforms
	}
}

// explainFailures explains each requirement that keeps the gate shut. What could not run has one cause most of the time, and is
// explained once.
func explainFailures(out io.Writer, r *report.Report) {
	explained := false
	for _, result := range r.Results {
		if result.Verdict.Conforms() || (result.Verdict == report.CouldNotRun && explained) {
			continue
		}
		explained = explained || result.Verdict == report.CouldNotRun
		fmt.Fprintln(out)
		result.Explain(out)
	}
}

// again is the command line that makes this check again, but for what it writes and the specs that it selects.
func again(set *flag.FlagSet) string {
	return strings.Join(append([]string{"plumbline", "run"}, words(set, "testee", "attach", "statement", "deadline", "scale")...), " ")
}

// words are the flags of those names that were given, as they were.
func words(set *flag.FlagSet, names ...string) []string {
	var words []string
	set.Visit(func(f *flag.Flag) {
		if slices.Contains(names, f.Name) {
			words = append(words, "-"+f.Name+"="+vocabulary.ShellQuote(f.Value.String()))
		}
	})
	return words
}

var (
	filterOperator = regexp.MustCompile(`&&|\|\||[!(),]`)
	levels         = []string{string(requirement.Must), string(requirement.Should), string(requirement.May)}
)

// labelFilter puts chapters and labels together, and refuses a word that is none of the labels: it would select nothing, silently.
func labelFilter(specification *requirement.Specification, chapters, labels string) (string, error) {
	var parts []string
	for chapter := range strings.SplitSeq(chapters, ",") {
		chapter = strings.TrimSpace(chapter)
		if chapter == "" {
			continue
		}
		if !slices.ContainsFunc(specification.Chapters, func(known string) bool { return strings.EqualFold(known, chapter) }) {
			return "", usage("there is no chapter %q; there are %s", chapter, strings.Join(specification.Chapters, ", "))
		}
		parts = append(parts, strings.ToLower(chapter))
	}
	filter := strings.Join(parts, " || ")
	if labels == "" {
		return filter, nil
	}
	if !strings.ContainsAny(labels, "/:{}") { // regular expressions and sets may say anything
		for word := range strings.SplitSeq(filterOperator.ReplaceAllString(labels, "\n"), "\n") {
			if word = strings.TrimSpace(word); word != "" && !isLabel(specification, word) {
				return "", usage("there is no requirement, chapter or level %q (plumbline list shows them)", word)
			}
		}
	}
	if filter == "" {
		return labels, nil
	}
	return fmt.Sprintf("(%s) && (%s)", filter, labels), nil
}

func isLabel(specification *requirement.Specification, word string) bool {
	_, known := specification.Lookup(strings.ToLower(word))
	same := func(label string) bool { return strings.EqualFold(label, word) }
	return known || slices.ContainsFunc(specification.Chapters, same) || slices.ContainsFunc(levels, same)
}

// terminal tells whether people look at that stream as it is written.
func terminal(stream io.Writer) bool {
	file, is := stream.(*os.File)
	if !is {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && cmp.Or(os.Getenv("TERM"), "dumb") != "dumb"
}
