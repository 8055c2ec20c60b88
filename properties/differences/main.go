// Command differences compares a testee with the reference: it draws scripts of every kind on the reference, replays them on the
// testee, and lists what differs, with the shortest difference of each kind as a timeline.
//
// A difference is not a verdict: the testee's statement says which requirements it does not meet and why, and a feature that it does
// not have makes a script not applicable. It exits with 2 if the testee could not be run.
package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/implementations/reference"
	"github.com/plumbline-spec/plumbline/properties"
)

func main() {
	command := flag.String("testee", "", "the command `line` that starts the testee")
	scripts := flag.Int("scripts", 100, "how many scripts of each kind are drawn")
	testing.Init() // rapid asks whether tests are to be short
	flag.Parse()
	if *command == "" {
		fmt.Fprintln(os.Stderr, "differences: -testee is missing")
		os.Exit(3)
	}
	testee, err := remote.Start(*command, remote.Options{Deadline: remote.DefaultDeadline, People: os.Stderr})
	if err != nil {
		fmt.Fprintln(os.Stderr, "differences could not run:", err)
		os.Exit(2)
	}
	defer testee.Close()
	for _, kind := range properties.Kinds() {
		counts, shortest := compare(testee, kind, *scripts)
		fmt.Printf("%-28s as expected %4d, differs %4d, not applicable %4d\n", kind, counts[trace.AsExpected], counts[trace.Differs], counts[trace.NotApplicable])
		if shortest != nil {
			fmt.Println(shortest.Timeline())
		}
		if counts[trace.CouldNotRun] > 0 {
			testee.Close()
			fmt.Fprintln(os.Stderr, "differences could not go on: the testee broke")
			os.Exit(2)
		}
	}
}

// compare replays scripts of one kind, and returns how many had which verdict, with the shortest that differs.
func compare(testee *remote.Testee, kind string, scripts int) (map[trace.Verdict]int, *trace.Result) {
	counts := map[trace.Verdict]int{}
	var shortest *trace.Result
	for number := range scripts {
		var script *trace.Trace
		rapid.Custom(func(rt *rapid.T) int {
			script = properties.Script(rt, reference.Adapter{}, kind)
			return 0
		}).Example(number)
		result := properties.Replay(script, properties.Hosted(testee.Host()))
		verdict := result.Verdict()
		counts[verdict]++
		if verdict == trace.CouldNotRun {
			return counts, shortest
		}
		if verdict != trace.Differs {
			continue
		}
		cut(result)
		if shortest == nil || len(result.Steps) < len(shortest.Steps) {
			shortest = result
		}
	}
	return counts, shortest
}

// cut leaves out what comes after the first difference: it followed from that.
func cut(result *trace.Result) {
	for index, step := range result.Steps {
		if step.Differs() {
			result.Steps = result.Steps[:index+1]
			return
		}
	}
}
