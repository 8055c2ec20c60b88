package comparison_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/properties"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

// TestADifferenceTravels plants a fault in a testee, and follows what the comparison says of it.
func TestADifferenceTravels(t *testing.T) {
	t.Parallel()
	const fault = "concurrency-limit-keeps-permit-on-panic"
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testee := filepath.Join(t.TempDir(), "it is a testee")
	if out, err := exec.Command("go", "build", "-o", testee, "../../fixtures/testee").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	serving := func(fixture string) string { return "'" + testee + "' -fixture=" + fixture }
	directory := t.TempDir()
	file := filepath.Join(directory, "statement.yaml")
	text := "implementation: " + fault + "\nversion: 1.0.0\nfeatures: [concurrency-limit, panic, reserving]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	row, err := comparison.Testee(serving(fault), file, comparison.Options{Scripts: 10, Traces: directory}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	index := slices.IndexFunc(row.Kinds, func(k comparison.Kind) bool { return k.Name == "concurrency limits" })
	kind := row.Kinds[index]
	if kind.Trace == nil || !kind.Shrunk || kind.File == "" {
		t.Fatalf("it was not kept: %+v", kind)
	}
	// A service with room for two, two callers, a call, its panic, a permit that is reserved, and a call for which there should be room.
	if steps := len(kind.Trace.Steps); steps > 7 {
		t.Errorf("%d steps are left:\n%s", steps, kind.Trace)
	}
	var out strings.Builder
	comparison.Print(&out, []comparison.Row{row})
	command := properties.ReplayCommand(row.Testee, 0, kind.File)
	if !strings.Contains(out.String(), "    "+command+"\n") || !strings.HasPrefix(kind.File, directory) {
		t.Errorf("it does not say %q:\n%s", command, out.String())
	}
	for fixture, want := range map[string]string{serving(fault): "\ndiffers\n", serving("reserving"): "\nas expected\n"} {
		replay := exec.Command("sh", "-c", properties.ReplayCommand(fixture, 0, kind.File))
		replay.Dir = root
		if out, _ := replay.CombinedOutput(); !strings.Contains(string(out), want) {
			t.Errorf("replayed on %s it does not say %q:\n%s", fixture, want, out)
		}
	}
}

// polling adds to each call an event as the deviation poll.not-run-by-readiness has it.
type polling struct{ subject.Subject }

func (p polling) Do(command script.Command) ([]script.Event, error) {
	events, err := p.Subject.Do(command)
	if command.Do == script.Invoke {
		events = append(slices.Clone(events), script.Event{Event: script.Polled, Leaf: "leaf"})
	}
	return events, err
}

// TestShrinkingKeepsToWhatIsUnexplained has a fault beside a deviation that shows in every script, before the fault does.
func TestShrinkingKeepsToWhatIsUnexplained(t *testing.T) {
	t.Parallel()
	faulty := host(breakable.Reserving, "concurrency-limit-keeps-permit-on-cancel")
	s := &statement.Statement{
		Implementation: "breakable", Features: []string{"concurrency-limit", "poll"},
		Deviations: []statement.Deviation{{Requirement: "poll.not-run-by-readiness"}},
	}
	kinds, err := comparison.Compare(func() (subject.Subject, error) {
		made, err := faulty()
		return polling{made}, err
	}, s, comparison.Options{Scripts: scripts})
	if err != nil {
		t.Fatal(err)
	}
	index := slices.IndexFunc(kinds, func(k comparison.Kind) bool { return k.Name == "concurrency limits" })
	kept := kinds[index].Trace
	if kept == nil || !kinds[index].Shrunk {
		t.Fatalf("it was not shrunk: %+v", kinds[index])
	}
	has := func(verb script.Verb) bool {
		return slices.ContainsFunc(kept.Steps, func(step trace.Step) bool { return step.Command.Do == verb })
	}
	last := kept.Steps[len(kept.Steps)-1]
	if !has(script.Cancel) || last.Observed == nil || slices.ContainsFunc(last.Observed, func(e script.Event) bool { return e.Event == script.Polled }) {
		t.Errorf("what is left is not what the fault does:\n%s", kept)
	}
}

func TestASeedHasItsOwnScripts(t *testing.T) {
	t.Parallel()
	s := &statement.Statement{Implementation: "breakable", Features: []string{"concurrency-limit", "panic"}}
	found := func(seed int) string {
		kinds, err := comparison.Compare(host(breakable.Reserving, "concurrency-limit-keeps-permit-on-panic"), s, comparison.Options{Scripts: 5, Seed: seed, AsDrawn: true})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		comparison.Print(&out, []comparison.Row{{Kinds: kinds}})
		return out.String()
	}
	if first := found(0); first != found(0) || first == found(7) {
		t.Error("the same seed has other scripts, or another seed the same")
	}
}
