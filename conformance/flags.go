package conformance

import (
	"flag"

	"github.com/plumbline-spec/plumbline/conformance/remote"
)

// Flags of every test binary that checks an implementation. With the ginkgo command they go after "--".
var (
	reportFile      = flag.String("report", "", "write the verdicts to this `file`, as JSON")
	junitFile       = flag.String("junit", "", "write the verdicts to this `file`, as JUnit XML")
	updateStatement = flag.Bool("update-statement", false, "write the failures that are seen into the deviations that the statement declares")
	testeeCommand   = flag.String("testee", "", "check the program that this `command` line starts, instead of a Go value")
	attachTo        = flag.String("attach", "", "check the testee that listens, or will, on this `address` (host:port, or a path of a unix socket)")
	statementFile   = flag.String("statement", "", "the statement of the testee, a `file`; without one its greeting counts, and no deviation")
	deadline        = flag.Duration("deadline", remote.DefaultDeadline, "how long a testee may take to answer one command, the first aside, for which it has a minute; 0 for ever, which is the default with -attach")
	scale           = flag.Float64("scale", 0, "real milliseconds for each virtual one, for a testee with a real clock; 0 for what its statement says, or 2")
	tracesDirectory = flag.String("traces", BesideReport, "write the trace of each failure to this `directory`; empty for none")
	serve           = flag.Bool("serve", false, "check nothing, and serve the Go value as a testee on standard input and output")
	transcriptFile  = flag.String("transcript", "", "write every line to and from the testee to this `file`")
)

// testeeFlag is the name of a flag that was given and that only a testee can heed; empty if there is none.
func testeeFlag() string {
	found := ""
	flag.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "statement", "deadline", "scale", "transcript":
			found = f.Name
		}
	})
	return found
}
