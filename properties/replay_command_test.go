package properties_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheCommandThatIsPrintedReplaysTheFailure plants a fault, and runs from the root of the repository what the failure says.
func TestTheCommandThatIsPrintedReplaysTheFailure(t *testing.T) {
	t.Parallel()
	const fault = "extensions-remove-keeps-value"
	failing := exec.Command(os.Args[0], "-test.run=^TestProperties$/"+fault+"/a_context_is_a_map", "-rapid.nofailfile", "-rapid.seed=1", "-traces="+t.TempDir())
	failing.Env = append(os.Environ(), planted+"="+fault)
	output, err := failing.CombinedOutput()
	_, command, printed := strings.Cut(string(output), "from the root of the repository:\n")
	command, _, _ = strings.Cut(strings.TrimSpace(command), "\n")
	if err == nil || !printed {
		t.Fatalf("it does not say how to replay it (%v):\n%s", err, output)
	}
	replay := exec.Command("sh", "-c", command)
	replay.Dir = ".."
	if output, _ := replay.CombinedOutput(); !strings.Contains(string(output), "\ndiffers\n") {
		t.Errorf("%s\ndoes not show it again:\n%s", command, output)
	}
}

func TestATraceIsNamedAsItIsSeenFromTheRoot(t *testing.T) {
	t.Parallel()
	elsewhere := filepath.Join(t.TempDir(), "trace.json")
	for file, want := range map[string]string{"../build/traces/trace.json": "build/traces/trace.json", elsewhere: elsewhere} {
		if got, err := fromRoot(file); err != nil || filepath.ToSlash(got) != want {
			t.Errorf("%s is named %s (%v), want %s", file, got, err, want)
		}
	}
}
