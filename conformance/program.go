package conformance

import (
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// Selection says which specs run. The zero value is all.
type Selection struct {
	Labels string // a filter of Ginkgo's form: requirements, chapters and levels are labels
	Focus  string // a regular expression of the specs' texts
}

// ErrNothingSelected says that there is no spec of that selection.
var ErrNothingSelected = errors.New("no spec was selected, so nothing was checked: is there a requirement of that name?")

// SelectionError says that a selection cannot be understood.
type SelectionError struct {
	Cause error
}

func (e *SelectionError) Error() string {
	return "what is to be checked cannot be understood: " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *SelectionError) Unwrap() error { return e.Cause }

// Program is a check by a program that is no test.
type Program struct {
	Testee    Testee
	Selection Selection
	Rerun     string   // the command that makes this check again, for explanations
	Focus     string   // its flag for Selection.Focus
	Traces    string   // the directory for traces of failures: BesideReport, or empty for none
	Report    string   // the file to which the report will be written, if any
	Replay    []string // the flags by which plumbline replay reaches the testee
	Update    bool     // write the failures that are seen into the deviations that the statement declares
	Progress  Progress // may be nil
}

// Check checks the testee. Ginkgo, which runs the specs, says nothing: the report is all that there is. A process can check once.
//
// An error means that there is no report: a statement that is wrong (*statement.Error), a testee that did not start
// (*subject.UnavailableError) or is another (*MismatchError), a selection that is wrong (*SelectionError) or empty (ErrNothingSelected).
func (p Program) Check() (*report.Report, error) {
	suite, reporter := ginkgo.GinkgoConfiguration()
	if err := p.Selection.apply(&suite); err != nil {
		return nil, err
	}
	c, end, err := reach(p.Testee)
	if err != nil {
		return nil, err
	}
	defer end()
	var verdict *report.Report
	c.rerun, c.focus, c.update, c.progress = p.Rerun, p.Focus, p.Update, p.Progress
	c.keeper = newKeeper(p.Traces, p.Report, p.Replay, c.statement)
	c.judged = func(r *report.Report) error { verdict = r; return nil }
	formatter.ColorableStdOut, formatter.ColorableStdErr = io.Discard, io.Discard
	c.run(nobody{}, suite, reporter)
	if verdict == nil {
		return nil, c.without()
	}
	return verdict, nil
}

// without says why there is no report.
func (c *check) without() error {
	if c.all == 0 {
		return ErrNothingSelected
	}
	if c.err != nil {
		return c.err
	}
	return errors.New("the run was interrupted")
}

func (s Selection) apply(suite *types.SuiteConfig) error {
	if _, err := types.ParseLabelFilter(s.Labels); err != nil {
		return &SelectionError{fmt.Errorf("labels %q: %w", s.Labels, err)}
	}
	suite.LabelFilter = s.Labels
	if s.Focus != "" {
		if _, err := regexp.Compile(s.Focus); err != nil {
			return &SelectionError{err}
		}
		suite.FocusStrings = []string{s.Focus}
	}
	return nil
}

// nobody is told of a failure of the suite: what counts is the report.
type nobody struct{}

// Fail implements ginkgo.GinkgoTestingT.
func (nobody) Fail() {}
