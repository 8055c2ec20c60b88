package properties

import "github.com/plumbline-spec/plumbline/conformance/vocabulary"

// ReplayCommand is the command that replays a trace on a testee, from the root of this repository. Without a testee it shows the trace.
func ReplayCommand(testee, file string) string {
	command := "go run ./cmd/plumbline replay "
	if testee != "" {
		command += "-testee=" + vocabulary.ShellQuote(testee) + " "
	}
	return command + vocabulary.ShellQuote(file)
}
