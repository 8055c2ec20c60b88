package conformance

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/testee"
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

// RunSubject is Run for whatever can be driven as a subject. The flags -testee and -attach put a testee in its place. With -serve the test
// checks nothing: it is a testee itself, until its input ends, so that what drives programs can drive a Go value.
func RunSubject(t *testing.T, s *statement.Statement, host subject.Host) {
	t.Helper()
	if *serve {
		if err := testee.Serve(os.Stdin, os.Stdout, s, host); err != nil {
			t.Fatal(err)
		}
		return
	}
	c := &check{statement: s, host: host, environment: report.Environment{Clock: statement.Virtual}}
	if *testeeCommand != "" || *attachTo != "" {
		found, end, err := reach(Testee{
			Command: *testeeCommand, Address: *attachTo, Statement: *statementFile,
			Deadline: *deadline, Scale: *scale, Transcript: *transcriptFile, People: os.Stderr,
		})
		if err != nil {
			t.Fatal("could not run: ", err)
		}
		t.Cleanup(end)
		c = found
	} else if name := testeeFlag(); name != "" {
		t.Fatalf("could not run: -%s is for a testee, and there is neither -testee nor -attach", name)
	}
	c.rerun, c.focus, c.update = rerun(), "-ginkgo.focus", *updateStatement
	c.keeper = newKeeper(*tracesDirectory, *reportFile, reached(), c.statement)
	if absolute, err := filepath.Abs(c.keeper.directory); err == nil && c.keeper.directory != "" {
		c.keeper.directory = absolute // go test runs this program in a folder of its own choice
	}
	c.judged = func(verdict *report.Report) error {
		verdict.Print(os.Stdout)
		return errors.Join(writeTo(*reportFile, verdict.Write), writeTo(*junitFile, verdict.WriteJUnit))
	}
	c.run(t)
}

// writeTo has a file written, if one is wanted.
func writeTo(file string, write func(string) error) error {
	if file == "" {
		return nil
	}
	return write(file)
}

// rerun is the command that runs this test binary's package again, with the flags of ours that it was given.
func rerun() string {
	command := []string{"go", "test", testPackage()}
	flag.Visit(func(f *flag.Flag) {
		foreign := strings.HasPrefix(f.Name, "test.") || strings.HasPrefix(f.Name, "ginkgo.")
		if !foreign && f.Name != "report" && f.Name != "junit" && f.Name != "transcript" && f.Name != "traces" && f.Name != "update-statement" { // a part must not overwrite what the whole wrote
			command = append(command, vocabulary.ShellQuote("-"+f.Name+"="+f.Value.String()))
		}
	})
	return strings.Join(command, " ")
}

// reached are the flags by which the testee of this run is reached; none for a Go value, which no program reaches.
func reached() []string {
	var words []string
	flag.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "testee", "attach", "deadline", "scale":
			words = append(words, "-"+f.Name+"="+vocabulary.ShellQuote(f.Value.String()))
		}
	})
	return words
}

func testPackage() string {
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasSuffix(info.Path, ".test") {
		return strings.TrimSuffix(info.Path, ".test")
	}
	return "."
}

// Specs does nothing but name the suite, so that a program which only lists the specs can link them in.
func Specs() {}
