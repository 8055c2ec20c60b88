package properties

import (
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// Shrink takes out of a script what it does not need to tell the wrong implementation from the right ones, and returns it with
// what is expected and observed. The right implementations have to agree on every script on the way, so that none is left that
// asks for what no requirement says. It returns nil if the script does not tell them apart.
func Shrink(t *trace.Trace, wrong Driver, right ...Driver) *trace.Trace {
	s := &shrinker{wrong: wrong, right: right}
	if !s.accept(t) {
		return nil
	}
	for {
		before := len(s.best.Steps) + layers(s.best)
		s.without()
		s.withoutLayers()
		if len(s.best.Steps)+layers(s.best) == before {
			return s.best
		}
	}
}

type shrinker struct {
	wrong Driver
	right []Driver
	best  *trace.Trace
}

// repeats is how often a script must have the same outcome, so that none is kept whose outcome hangs on which of two goroutines
// comes first.
const repeats = 10

// accept takes a script over if it still tells the implementations apart.
func (s *shrinker) accept(candidate *trace.Trace) bool {
	expected := carryOut(candidate, s.right[0])
	if expected == nil {
		return false
	}
	for range repeats {
		for _, right := range s.right {
			if Difference(expected, right) != nil {
				return false
			}
		}
	}
	failure := Difference(expected, s.wrong)
	for range repeats {
		if again := Difference(expected, s.wrong); failure == nil || again == nil || again.Message != failure.Message {
			return false
		}
	}
	expected.Property, expected.Failure = candidate.Property, failure.Message
	// Nothing after the first difference is needed to see it, but the end of the subject is.
	seen := failure.Travelling("", "")
	for index := range expected.Steps {
		if index >= len(seen.Steps) {
			expected.Steps = expected.Steps[:index]
			break
		}
	}
	last := len(seen.Steps) - 1
	if failure.End == "" && last >= 0 {
		expected.Steps[last].Observed, expected.Steps[last].Error = seen.Steps[last].Observed, failure.Broken
	}
	expected.End = failure.End
	s.best = expected
	return true
}

// carryOut makes a trace of what a right implementation does when it is given the commands, up to the first that it cannot carry out.
// It is nil where the subject does not end cleanly.
func carryOut(t *trace.Trace, drive Driver) *trace.Trace {
	recorded := *t
	recorded.Steps = slices.Clone(t.Steps)
	for index := range recorded.Steps {
		recorded.Steps[index].Observed, recorded.Steps[index].Error = nil, ""
	}
	var result *trace.Result
	err := drive(func(s subject.Subject) { result = trace.Replay(s, &recorded) })
	if err != nil || result == nil || result.End != nil {
		return nil
	}
	var steps script.Trace
	for _, step := range result.Steps {
		if step.Err != nil {
			break // what follows a refusal makes no sense to one who refuses
		}
		steps = append(steps, script.Step{Command: step.Command, Events: step.Events})
	}
	done := trace.New(steps)
	done.Compares = t.Compares
	for index := range done.Steps {
		done.Steps[index].Expected, done.Steps[index].Observed = done.Steps[index].Observed, nil
	}
	return done
}

// without tries to do without each run of steps, long ones first, and without each operation with all that concerns it.
func (s *shrinker) without() {
	for length := len(s.best.Steps) / 2; length > 0; length /= 2 {
		for from := 0; from+length <= len(s.best.Steps); {
			candidate := *s.best
			candidate.Steps = slices.Delete(slices.Clone(s.best.Steps), from, from+length)
			if !s.accept(&candidate) {
				from++
			}
		}
	}
	for operation := range 100 {
		candidate := *s.best
		exchanges := map[int]bool{}
		candidate.Steps = nil
		for _, step := range s.best.Steps {
			c := step.Command
			if operation > 0 && c.Operation == operation {
				for _, event := range step.Expected {
					exchanges[event.Exchange] = true
				}
				continue
			}
			if c.Do == script.Answer && exchanges[c.Exchange] {
				continue
			}
			candidate.Steps = append(candidate.Steps, step)
		}
		if len(candidate.Steps) < len(s.best.Steps) {
			s.accept(&candidate)
		}
	}
}

// withoutLayers tries to do without each layer of each service.
func (s *shrinker) withoutLayers() {
	for index := range s.best.Steps {
		for layer := 0; index < len(s.best.Steps); layer++ {
			stack := s.best.Steps[index].Command.Stack
			if stack == nil || layer >= len(stack.Layers) {
				break
			}
			candidate := *s.best
			candidate.Steps = slices.Clone(s.best.Steps)
			fewer := *stack
			fewer.Layers = slices.Delete(slices.Clone(stack.Layers), layer, layer+1)
			candidate.Steps[index].Command.Stack = &fewer
			if s.accept(&candidate) {
				layer--
			}
		}
	}
}

// layers counts the layers of a script's services.
func layers(t *trace.Trace) int {
	count := 0
	for _, step := range t.Steps {
		if step.Command.Stack != nil {
			count += len(step.Command.Stack.Layers)
		}
	}
	return count
}
