package comparison

import (
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// reuses tells whether a request has been given to an instance in which one before it has ended by that step of its program.
func (d *difference) reuses(last string) bool {
	ends := map[int]bool{}   // operations whose guests come to that step
	within := map[int]int{}  // the instance of an operation
	broken := map[int]bool{} // instances in which one has failed so, or has been left to fail
	for _, step := range d.steps[:len(d.steps)-1] {
		if c := step.Command; c.HostStep != nil && c.HostStep.Op == script.Handle && slices.Contains(strings.Fields(c.HostStep.Program), last) {
			ends[c.Operation] = true
		}
		for _, event := range step.Events {
			switch {
			case event.Event == script.Entered && ends[event.Operation]:
				within[event.Operation] = event.Worker
			case (event.Event == script.Failed || event.Event == script.Cancelled) && within[event.Operation] > 0:
				broken[within[event.Operation]] = true
			}
		}
	}
	return slices.ContainsFunc(only(d.step.Unexpected, script.Entered), func(e script.Event) bool { return broken[e.Worker] })
}

// firstIsThere tells whether the first request finds the first instance, where none can be made by now.
func (d *difference) firstIsThere() bool {
	handled, instantiate := 0, "ok"
	for _, step := range d.steps {
		switch c := step.Command; {
		case c.HostStep == nil:
		case c.HostStep.Op == script.Handle:
			handled++
		case c.HostStep.Op == script.SetHost && c.HostStep.Settings.Instantiate != "":
			instantiate = c.HostStep.Settings.Instantiate
		}
	}
	last := d.step.Command.HostStep
	return handled == 1 && last != nil && last.Op == script.Handle && instantiate != "ok" &&
		slices.ContainsFunc(only(d.step.Unexpected, script.Entered), func(e script.Event) bool { return e.Worker == 1 })
}

// afterFailedInstantiation tells whether an instance could not be made before.
func (d *difference) afterFailedInstantiation() bool {
	return slices.ContainsFunc(d.steps[:len(d.steps)-1], func(step trace.StepResult) bool {
		return slices.ContainsFunc(only(step.Events, script.Failed), func(e script.Event) bool { return len(e.Kinds) > 0 && e.Kinds[0] == "instantiation" })
	})
}
