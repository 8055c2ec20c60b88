package conformance

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// check is one run of the specs, and what becomes of its results.
type check struct {
	statement   *statement.Statement
	host        subject.Host
	environment report.Environment // Testee and Clock; the rest is filled in
	rerun       string             // the command that reruns specs, without the filter that selects one
	focus       string             // the flag of that command that selects specs by a regular expression
	keeper      keeper
	update      bool     // pin the failures that are seen, in the statement's file
	progress    Progress // nil: nobody looks
	judged      func(*report.Report) error
	done, all   int   // specs
	err         error // why there is no report
}

// Progress is told of each spec that is done, in the order in which they run: its number, how many there are, and its result.
type Progress func(done, all int, spec report.Spec)

// current is the check of this process. It is set once, before the specs run; specs that are only listed have none.
var current = &check{}

// run runs the specs. t is told if anything is not as it has to be.
func (c *check) run(t ginkgo.GinkgoTestingT, configuration ...any) {
	current = c
	c.environment.OS, c.environment.Arch, c.environment.Go = runtime.GOOS, runtime.GOARCH, runtime.Version()
	c.environment.Began = time.Now().UTC()
	vocabulary.Use(vocabulary.Implementation{
		Host: c.host, Declares: c.statement.Has, Excuses: c.excuses, Live: c.environment.Clock == statement.Real, Rerun: c.rerun, Focus: c.focus,
		Keep: c.keeper.keep,
	})
	gomega.RegisterFailHandler(vocabulary.FailSpec)
	ginkgo.RunSpecs(t, fmt.Sprintf("%s %s", c.statement.Implementation, c.statement.Version), configuration...)
}

// excuses tells whether a failure is a declared one. While the statement is updated each failure of a requirement with a deviation
// is, because it is about to be declared.
func (c *check) excuses(id, spec, message string) bool {
	if c.update {
		deviation, declared := c.statement.Deviation(id)
		return declared && !deviation.Expired(c.environment.Began)
	}
	return c.statement.Excuses(id, spec, message, c.environment.Began)
}

// Before any spec: does its requirement apply to this implementation at all?
var _ = ginkgo.BeforeEach(func() {
	r, known := vocabulary.Checked(ginkgo.CurrentSpecReport().Labels())
	if !known {
		return
	}
	if missing := current.statement.Missing(r); len(missing) > 0 {
		vocabulary.NotApplicable("the implementation does not declare " + strings.Join(missing, ", "))
	}
})

var _ = ginkgo.ReportBeforeSuite(func(before ginkgo.Report) { current.all = before.PreRunStats.SpecsThatWillRun })

var _ = ginkgo.ReportAfterEach(func(result ginkgo.SpecReport) {
	if current.progress == nil {
		return
	}
	if spec, is := current.spec(result); is && spec.Verdict != report.NotSelected {
		current.done++
		current.progress(current.done, current.all, spec)
	}
})

var _ = ginkgo.ReportAfterSuite("verdict", func(results ginkgo.Report) {
	if results.PreRunStats.SpecsThatWillRun == 0 {
		ginkgo.Fail(ErrNothingSelected.Error())
	}
	verdict, err := current.judge(results)
	if err == nil {
		err = current.judged(verdict)
	}
	if err != nil {
		current.err = err
		ginkgo.Fail(err.Error())
	}
	for _, result := range verdict.Results {
		if result.Verdict == report.UnexpectedPass {
			ginkgo.Fail(fmt.Sprintf("%s does not fail as the statement declares: %s", result.Requirement, result.Reason))
		}
	}
	if results.SuiteSucceeded && !verdict.Conforms() && results.PreRunStats.SpecsThatWillRun == results.PreRunStats.TotalSpecs {
		ginkgo.Fail("the implementation does not conform, or nothing was checked")
	}
})

// judge holds the results against the statement, after that has been updated if it is to be.
func (c *check) judge(results ginkgo.Report) (*report.Report, error) {
	specs := c.specs(results)
	if c.update {
		updated, err := c.statement.Pin(observed(specs))
		if err != nil {
			return nil, err
		}
		c.statement = updated
	}
	c.environment.Seconds = time.Since(c.environment.Began).Seconds()
	return report.New(requirement.Current(), c.statement, SuiteVersion(), c.environment, specs), nil
}

// observed lists the failures that a deviation can excuse, for each requirement that was checked whole.
func observed(specs []report.Spec) map[string][]statement.Failure {
	failures := map[string][]statement.Failure{}
	for _, spec := range specs {
		seen := failures[spec.Requirement]
		if spec.Failure != nil && !spec.Failure.Broken {
			seen = append(seen, statement.Failure{Spec: spec.Text, Text: spec.Failure.Observed})
		}
		failures[spec.Requirement] = seen // without failures as well: it was checked
	}
	for _, spec := range specs {
		if spec.Verdict == report.NotSelected {
			delete(failures, spec.Requirement)
		}
	}
	return failures
}
