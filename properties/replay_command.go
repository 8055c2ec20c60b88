package properties

import (
	"fmt"

	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// ReplayCommand is the command that replays a trace on a testee, from the root of this repository. Without a testee it shows the trace. The
// scale is that of a testee on the machine's clock; 0 is the one that it has by default, and of any other.
func ReplayCommand(testee string, scale float64, file string) string {
	command := "go run ./cmd/plumbline replay "
	if testee != "" {
		command += "-testee=" + vocabulary.ShellQuote(testee) + " "
	}
	if scale != 0 {
		command += fmt.Sprintf("-scale=%v ", scale)
	}
	return command + vocabulary.ShellQuote(file)
}
