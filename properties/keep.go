package properties

import (
	"os"
	"path/filepath"

	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// Keep writes a trace into a file, and makes the folders to it.
func Keep(t *trace.Trace, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := t.WriteTo(out); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// ReplayCommand is the command that replays a trace on a testee, from the root of this repository. Without a testee it shows the trace.
func ReplayCommand(testee, file string) string {
	command := "go run ./cmd/plumbline replay "
	if testee != "" {
		command += "-testee=" + vocabulary.ShellQuote(testee) + " "
	}
	return command + vocabulary.ShellQuote(file)
}
