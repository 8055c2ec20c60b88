package report

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// The elements of JUnit's XML that CI systems read. The format has no standard; this is the part that they have in common.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the verdicts as JUnit XML: a suite for each chapter, a case for each requirement. A known deviation, and what
// does not apply, is skipped there, because JUnit knows no other word for it; what could not run is an error.
func (r *Report) WriteJUnit(file string) error {
	text, err := xml.MarshalIndent(r.junit(), "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report as JUnit XML: %w", err)
	}
	if err := os.WriteFile(file, append([]byte(xml.Header), append(text, '\n')...), 0o644); err != nil {
		return fmt.Errorf("write the report as JUnit XML: %w", err)
	}
	return nil
}

func (r *Report) junit() junitSuites {
	all := junitSuites{Name: r.Implementation + " " + r.Version, Time: seconds(r.Environment.Seconds)}
	for _, chapter := range r.Chapters() {
		suite := junitSuite{Name: chapter, Timestamp: r.Environment.Began.Format("2006-01-02T15:04:05")}
		took := 0.0
		for _, result := range r.Results {
			if result.Chapter != chapter {
				continue
			}
			took += result.Seconds
			one := result.junit()
			suite.Cases = append(suite.Cases, one)
			suite.Tests++
			switch {
			case one.Failure != nil:
				suite.Failures++
			case one.Error != nil:
				suite.Errors++
			case one.Skipped != nil:
				suite.Skipped++
			}
		}
		suite.Time = seconds(took)
		all.Tests, all.Failures = all.Tests+suite.Tests, all.Failures+suite.Failures
		all.Errors, all.Skipped = all.Errors+suite.Errors, all.Skipped+suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	return all
}

func (result Result) junit() junitCase {
	one := junitCase{Name: result.Requirement, Class: "plumbline." + result.Chapter, Time: seconds(result.Seconds)}
	var explanation strings.Builder
	result.Explain(&explanation)
	message := &junitMessage{Message: strings.TrimSuffix(fmt.Sprintf("%s: %s", result.Verdict, result.Reason), ": "), Text: explanation.String()}
	switch result.Verdict {
	case Pass:
	case Fail, UnexpectedPass:
		one.Failure = message
	case CouldNotRun:
		one.Error = message
	default:
		one.Skipped = message
	}
	return one
}

func seconds(s float64) string { return fmt.Sprintf("%.6f", s) }
