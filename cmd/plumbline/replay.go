package main

import (
	"fmt"
	"os"

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

var replayCommand = command{
	name: "replay", arguments: "[-testee COMMAND] TRACE",
	does: "Replays a trace against a testee, and tells whether it does what was expected; without one it shows the trace.",
	run:  replay,
}

func replay(c *invocation) (int, error) {
	set := c.flags()
	testee := testeeFlags(set, c.err)
	arguments, err := c.parse(set, 1)
	if err != nil {
		return 0, err
	}
	recorded, err := readTrace(arguments[0])
	if err != nil {
		return 0, err
	}
	if testee.Command == "" && testee.Address == "" {
		fmt.Fprint(c.out, recorded)
		return conforms, nil
	}
	if err := reachable(testee); err != nil {
		return 0, err
	}
	result, err := conformance.Replay(*testee, recorded)
	if err != nil {
		return 0, err
	}
	if verdict := result.Verdict(); !recorded.Known() && verdict != trace.CouldNotRun && verdict != trace.NotApplicable {
		return inWords(c, result), nil
	}
	fmt.Fprintf(c.out, "%s\n%s\n", result.Timeline(), result.Verdict())
	switch result.Verdict() {
	case trace.Differs:
		return doesNot, nil
	case trace.AsExpected:
		return conforms, nil
	default:
		return couldNotRun, nil
	}
}

func readTrace(name string) (*trace.Trace, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	recorded, err := trace.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return recorded, nil
}

// inWords tells of a trace that says in words what was expected, as that of a spec does: all that can be said of a testee is whether it
// does the same again.
func inWords(c *invocation, result *trace.Result) int {
	fmt.Fprintf(c.out, "%s\n%s\n\n", result.Timeline(), result.Trace.Failure)
	if result.AsObserved() {
		fmt.Fprintln(c.out, "the same events as when it failed")
		return doesNot
	}
	fmt.Fprintln(c.out, "other events than when it failed: whether they are right, its spec can tell")
	return couldNotRun
}
