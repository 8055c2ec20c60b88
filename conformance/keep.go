package conformance

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// keeper writes the traces of failures.
type keeper struct {
	directory string // empty: nothing is kept
	replay    string // the command that replays a trace, without the trace
	statement *statement.Statement
}

// newKeeper is a keeper for that directory; without one it keeps traces in the folder traces beside the report.
func newKeeper(directory, reportFile string, command []string, s *statement.Statement) keeper {
	if directory == BesideReport {
		directory = filepath.Join(cmp.Or(filepath.Dir(reportFile), "."), "traces")
		if reportFile == "" {
			directory = filepath.Join("build", "traces")
		}
	}
	return keeper{directory, strings.Join(append([]string{"plumbline", "replay"}, command...), " "), s}
}

// BesideReport is the directory of traces that is found by where the report is: the folder traces beside it, and build/traces where
// there is no report.
const BesideReport = "beside the report"

// inWords ends what is wrong in the trace of a spec, which expects something that is no list of events.
const inWords = "What was expected is said here in words. A replay tells whether the same events are seen again."

// keep writes a trace of each subject of a spec that has failed, and returns the commands that replay them. That it could not be
// written says nothing about the implementation: then there is no command.
func (k keeper) keep(failed vocabulary.Failed) []string {
	if k.directory == "" {
		return nil
	}
	message, _, _ := strings.Cut(strings.TrimRight(failed.Message, "\n"), "\ngoroutine ") // and what follows is a stack
	var commands []string
	for index, one := range failed.Subjects {
		if len(one.Trace) == 0 {
			continue
		}
		t := trace.New(script.Trace(one.Trace))
		t.Requirement, t.End = failed.Requirement, one.End
		if k.statement.Clock == statement.Real {
			t.Clock = trace.RealClock
		}
		t.Implementation = trace.Implementation{Name: k.statement.Implementation, Version: k.statement.Version}
		t.Failure = failed.Spec + "\n" + message + "\n" + inWords
		t.Steps[len(t.Steps)-1].Error = one.Broken
		file := filepath.Join(k.directory, fileName(failed, index))
		if err := t.WriteFile(file); err != nil {
			fmt.Fprintf(os.Stderr, "the trace of a failure could not be kept: %v\n", err)
			continue
		}
		commands = append(commands, k.replay+" "+vocabulary.ShellQuote(file))
	}
	return commands
}

// fileName is the same for the same spec in every run, and another for another.
func fileName(failed vocabulary.Failed, index int) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(failed.Spec)) // which cannot fail
	name := fmt.Sprintf("%s-%08x", failed.Requirement, hash.Sum32())
	if index > 0 {
		name += fmt.Sprintf("-%d", index+1)
	}
	return name + ".json"
}
