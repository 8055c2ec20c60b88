package conformance

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// Run checks a Go implementation, in this process, against every requirement that applies to it, and holds the results
// against the statement in that file. It is the body of a test; call it once in a test binary.
//
// The file with the test must itself import Ginkgo (a blank import is enough), or the ginkgo command does not pass its
// filters on.
func Run(t *testing.T, statementFile string, adapter inprocess.Adapter) {
	t.Helper()
	s, err := statement.Load(statementFile)
	if err != nil {
		t.Fatal(err)
	}
	RunSubject(t, s, inprocess.Host(adapter, inprocess.DefaultPatience))
}

// current is the statement of the implementation under check. It is set once, before the specs run.
var current *statement.Statement

// RunSubject is Run for whatever can be driven as a subject. The flags -testee and -attach put a testee in its place.
func RunSubject(t *testing.T, s *statement.Statement, host subject.Host) {
	t.Helper()
	if *testeeCommand != "" || *attachTo != "" {
		s, host = reach(t)
	} else if name := testeeFlag(); name != "" {
		t.Fatalf("could not run: -%s is for a testee, and there is neither -testee nor -attach", name)
	}
	current = s
	vocabulary.Use(vocabulary.Implementation{
		Host:     host,
		Declares: s.Has,
		Deviates: func(id string) bool { _, declared := s.Deviation(id); return declared },
		Rerun:    rerun(),
	})
	gomega.RegisterFailHandler(vocabulary.FailSpec)
	ginkgo.RunSpecs(t, fmt.Sprintf("%s %s", s.Implementation, s.Version))
}

// Before any spec: does its requirement apply to this implementation at all?
var _ = ginkgo.BeforeEach(func() {
	r, known := vocabulary.Checked(ginkgo.CurrentSpecReport().Labels())
	if !known {
		return
	}
	if missing := current.Missing(r); len(missing) > 0 {
		vocabulary.NotApplicable("the implementation does not declare " + strings.Join(missing, ", "))
	}
})

var _ = ginkgo.ReportAfterSuite("verdict", func(results ginkgo.Report) {
	if results.PreRunStats.SpecsThatWillRun == 0 {
		ginkgo.Fail("no spec was selected, so nothing was checked: is there a requirement of that name?")
	}
	verdict := report.New(requirement.Current(), current, specs(results))
	verdict.Print(os.Stdout)
	if *reportFile != "" {
		if err := verdict.Write(*reportFile); err != nil {
			ginkgo.Fail(err.Error())
		}
	}
	for _, result := range verdict.Results {
		if result.Verdict == report.UnexpectedPass {
			ginkgo.Fail(fmt.Sprintf("%s passes, but the statement declares a deviation: remove it", result.Requirement))
		}
	}
	if results.SuiteSucceeded && !verdict.Conforms() && results.PreRunStats.SpecsThatWillRun == results.PreRunStats.TotalSpecs {
		ginkgo.Fail("the implementation does not conform, or nothing was checked")
	}
})

// specs reads the results of specs out of Ginkgo's report.
func specs(results ginkgo.Report) []report.Spec {
	var specs []report.Spec
	for _, spec := range results.SpecReports {
		r, known := vocabulary.Checked(spec.Labels())
		if !known {
			continue
		}
		result := report.Spec{Requirement: r.ID, Text: spec.FullText(), Location: location(spec.LeafNodeLocation)}
		result.Verdict, result.Detail = outcome(spec)
		specs = append(specs, result)
	}
	return specs
}

func outcome(spec types.SpecReport) (report.Verdict, string) {
	for _, entry := range spec.ReportEntries {
		switch entry.Name {
		case vocabulary.OutcomeCouldNotRun:
			return report.CouldNotRun, entry.StringRepresentation()
		case vocabulary.OutcomeDeviation:
			if spec.State == types.SpecStateSkipped {
				return report.KnownDeviation, entry.StringRepresentation()
			}
		case vocabulary.OutcomeNotApplicable:
			if spec.State == types.SpecStateSkipped {
				return report.NotApplicable, entry.StringRepresentation()
			}
		}
	}
	switch spec.State {
	case types.SpecStatePassed:
		return report.Pass, ""
	case types.SpecStateSkipped, types.SpecStatePending:
		return report.NotSelected, ""
	default:
		return report.Fail, spec.Failure.Message
	}
}

func location(l types.CodeLocation) string {
	file := l.FileName
	if index := strings.LastIndex(file, "/"); index >= 0 {
		file = file[index+1:]
	}
	return fmt.Sprintf("%s:%d", file, l.LineNumber)
}

// rerun is the command that runs this test binary's package again, with the flags of ours that it was given.
func rerun() string {
	command := []string{"go", "test", testPackage()}
	flag.Visit(func(f *flag.Flag) {
		foreign := strings.HasPrefix(f.Name, "test.") || strings.HasPrefix(f.Name, "ginkgo.")
		if !foreign && f.Name != "report" && f.Name != "transcript" { // a part must not overwrite what the whole wrote
			command = append(command, vocabulary.ShellQuote("-"+f.Name+"="+f.Value.String()))
		}
	})
	return strings.Join(command, " ")
}

func testPackage() string {
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasSuffix(info.Path, ".test") {
		return strings.TrimSuffix(info.Path, ".test")
	}
	return "."
}

// Specs does nothing but name the suite, so that a program which only lists the specs can link them in.
func Specs() {}
