// Command differences compares one testee with the reference by random scripts, and holds it against the properties that apply to it: see
// properties/comparison. The implementations in this repository are compared by implementations/check -differences.
//
// It exits with 1 if there is a difference that no deviation of the testee's statement explains, or a property that does not hold without
// one, and with 2 if that could not be found out.
package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/plumbline-spec/plumbline/properties/comparison"
)

func main() {
	command := flag.String("testee", "", "the command `line` that starts the testee")
	file := flag.String("statement", "", "the `file` of its statement; without one its greeting counts, and no deviation")
	var o comparison.Options
	flag.IntVar(&o.Scripts, "scripts", 100, "how many scripts of each kind are drawn")
	flag.IntVar(&o.Checks, "checks", 20, "how many scripts each property that applies is held against besides")
	flag.IntVar(&o.Seed, "seed", 0, "another `number` has other scripts drawn, and the same number the same")
	flag.StringVar(&o.Traces, "traces", "build/traces", "the `directory` to which differences that nothing explains are written, shrunk; empty for none")
	testing.Init() // rapid asks whether tests are to be short
	flag.Parse()
	if *command == "" {
		fmt.Fprintln(os.Stderr, "differences: -testee is missing")
		os.Exit(3)
	}
	row, err := comparison.Testee(*command, *file, o, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "differences could not run:", err)
		os.Exit(2)
	}
	comparison.Print(os.Stdout, []comparison.Row{row})
	if row.Unexplained() {
		os.Exit(1)
	}
}
