package properties_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// pinned are faults with the script to which the property that finds them shrinks it: the fewest steps that show it.
var pinned = map[string]struct{ property, timeline string }{
	"concurrency-limit-keeps-permit-on-cancel": {
		property: "a limit is neither exceeded nor lost", timeline: `
  0s  open service 1: concurrency-limit(limit=1) > leaf  service 1 opened
  0s  caller 1 of service 1
  0s  #1 caller 1 invoke "q1"                            leaf asked whether ready
  0s                                                     leaf received exchange 1 "q1"
  0s  cancel #1                                          exchange 1 abandoned
  0s                                                     #1 cancelled
- 0s  #2 caller 1 invoke "q2"                            leaf received exchange 2 "q2"
`,
	},
	"extensions-remove-keeps-value": {
		property: "a context is a map by itself, whatever becomes of its clones", timeline: `
  0s  context 1: new "s"               context 1 answers nothing
  0s  context 1: insert number "1"     context 1 answers nothing
  0s  context 1: remove number         context 1 answers "1"
+ 0s  context 1: look                  context 1 answers {state "s" shared "0" number="1"}
- 0s                                   context 1 answers {state "s" shared "0"}
`,
	},
}

// TestAPlantedFaultIsFoundShrunkAndTravels plants a lost permit and a stale extension. The property finds each, shrinks it to the
// fewest steps, and writes a trace; the trace is read and replayed through a pipe, and shows the fault again there and nowhere else.
func TestAPlantedFaultIsFoundShrunkAndTravels(t *testing.T) {
	t.Parallel()
	testee := filepath.Join(t.TempDir(), "testee")
	if output, err := exec.Command("go", "build", "-o", testee, "../fixtures/testee").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for fault, want := range pinned {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			pattern := "^TestProperties$//^" + strings.ReplaceAll(want.property, " ", "_") + "$"
			pattern = strings.Replace(pattern, "//", "/"+fault+"/", 1)
			command := exec.Command(os.Args[0], "-test.run="+pattern, "-rapid.nofailfile", "-rapid.seed=1", "-traces="+directory)
			command.Env = append(os.Environ(), planted+"="+fault)
			output, err := command.CombinedOutput()
			if err == nil {
				t.Fatalf("no random script found it:\n%s", output)
			}
			kept := read(t, directory, string(output))
			if got := body(kept.String()); got != normal(want.timeline) {
				t.Errorf("it was shrunk to\n%s\nwant\n%s", got, normal(want.timeline))
			}
			if result := replayed(t, testee, fault, kept); result.Verdict() != trace.Differs || !result.AsObserved() {
				t.Errorf("through the pipe it does not show again: %s\n%s", result.Verdict(), result.Timeline())
			}
			if result := replayed(t, testee, "reserving", kept); result.Verdict() != trace.AsExpected {
				t.Errorf("without the fault it is %s\n%s", result.Verdict(), result.Timeline())
			}
		})
	}
}

// read reads the one trace of a directory.
func read(t *testing.T, directory, output string) *trace.Trace {
	t.Helper()
	files, err := filepath.Glob(directory + "/*.json")
	if err != nil || len(files) != 1 {
		t.Fatalf("there is no trace:\n%s", output)
	}
	in, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	kept, err := trace.Read(in)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// replayed replays a trace on a fixture behind a pipe.
func replayed(t *testing.T, testee, fixture string, kept *trace.Trace) *trace.Result {
	t.Helper()
	running, err := remote.Start(testee+" -fixture="+fixture, remote.Options{Deadline: remote.DefaultDeadline, People: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	s, err := running.Host()()
	if err != nil {
		t.Fatal(err)
	}
	return trace.Replay(s, kept)
}

// body is the timeline of a trace without what stands above it.
func body(text string) string {
	_, timeline, _ := strings.Cut(text, "what is wrong")
	_, timeline, _ = strings.Cut(timeline, "\n")
	return normal(timeline)
}

// normal is a timeline without what aligns it.
func normal(timeline string) string {
	var lines []string
	for line := range strings.SplitSeq(timeline, "\n") {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}
