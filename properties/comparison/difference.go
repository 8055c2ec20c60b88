package comparison

import (
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// explain looks at the differences of a script in turn, up to the first with consequences. It returns the deviation that explains it, or
// one without consequences, or nothing if all are between outcomes that both conform. Where a difference is left that no deviation explains,
// the script is cut after it.
func explain(replayed *trace.Result, s *statement.Statement) (left bool, by string) {
	for index, step := range replayed.Steps {
		d := &difference{steps: replayed.Steps[:index+1], step: step}
		for _, e := range extras {
			if _, declared := s.Deviation(e.requirement); declared && d.drop(e) {
				by = e.requirement
			}
		}
		if !d.step.Differs() || d.eitherConforms() {
			continue
		}
		for _, e := range explanations {
			if _, declared := s.Deviation(e.requirement); declared && e.shows(d) {
				return false, e.requirement
			}
		}
		for _, u := range unnamed {
			if u.implementation == s.Implementation && u.shows(d) {
				return false, u.name
			}
		}
		replayed.Steps = d.steps
		return true, ""
	}
	return replayed.End != nil && by == "", by
}

// drop leaves events of a kind out of what was not expected, and tells whether there were any.
func (d *difference) drop(e extra) bool {
	before := len(d.step.Unexpected) + len(d.step.Missing)
	if e.with == "" || e.with == d.step.Command.Do {
		is := func(event script.Event) bool { return event.Event == e.event && (!e.first || event.Worker == 1) }
		d.step.Unexpected = slices.DeleteFunc(slices.Clone(d.step.Unexpected), is)
		if e.first {
			d.step.Missing = slices.DeleteFunc(slices.Clone(d.step.Missing), is)
		}
	}
	return len(d.step.Unexpected)+len(d.step.Missing) < before
}

// difference is the first difference of a script that is not explained yet, with the steps up to it.
type difference struct {
	steps []trace.StepResult
	step  trace.StepResult
}

// eitherConforms tells whether the two outcomes are both allowed: unready-call.is-refused leaves it open how.
func (d *difference) eitherConforms() bool {
	if d.step.Command.Do != script.Call || d.step.Err != nil || len(d.step.Missing) != 1 || len(d.step.Unexpected) != 1 {
		return false
	}
	missing, unexpected := d.step.Missing[0], d.step.Unexpected[0]
	return missing.Event == script.Failed && slices.Equal(missing.Kinds, []string{"not-ready"}) &&
		(unexpected.Event == script.Panicked || unexpected.Event == script.Failed)
}

// earlier tells whether there was such a command, the last included.
func (d *difference) earlier(is func(script.Command) bool) bool {
	return slices.ContainsFunc(d.steps, func(s trace.StepResult) bool { return is(s.Command) })
}

// count is how many commands of that verb there were.
func (d *difference) count(verb script.Verb) int {
	count := 0
	for _, step := range d.steps {
		if step.Command.Do == verb {
			count++
		}
	}
	return count
}

// layer tells whether there is such a layer in a stack of the script.
func (d *difference) layer(is func(script.Layer) bool) bool {
	return d.earlier(func(c script.Command) bool { return c.Stack != nil && among(c.Stack.Layers, is) })
}

func among(layers []script.Layer, is func(script.Layer) bool) bool {
	return slices.ContainsFunc(layers, func(l script.Layer) bool {
		return is(l) || among(l.Layers, is) || l.Service != nil && among(l.Service.Layers, is)
	})
}

// seen tells whether an event of that kind was not expected.
func (d *difference) seen(kind script.Happening) bool { return len(only(d.step.Unexpected, kind)) > 0 }

// waits tells whether all that differs is that something does not come.
func (d *difference) waits() bool {
	return d.step.Err == nil && len(d.step.Missing) > 0 && len(d.step.Unexpected) == 0
}

// overloaded tells whether all that differs is that somebody waits in vain, or is told at last that there is no room.
func (d *difference) overloaded() bool {
	other := slices.ContainsFunc(d.step.Unexpected, func(e script.Event) bool {
		return e.Event != script.Failed || len(e.Kinds) == 0 || e.Kinds[0] != "overloaded"
	})
	return d.step.Err == nil && !other
}

// shifts tells whether all that differs is when calls get through, and what became of those that did.
func (d *difference) shifts() bool {
	return d.step.Err == nil && (len(only(d.step.Missing, script.Received)) > 0 || d.seen(script.Received))
}

// displaces tells whether all that differs is that somebody gets no room: waits, is told that there is none, or comes after somebody else.
func (d *difference) displaces() bool {
	other := slices.ContainsFunc(d.step.Unexpected, func(e script.Event) bool {
		overloaded := e.Event == script.Failed && len(e.Kinds) > 0 && e.Kinds[0] == "overloaded"
		served := e.Event == script.IsReady || e.Event == script.Received || e.Event == script.Applied
		return !overloaded && !served
	})
	return d.step.Err == nil && len(d.step.Missing) > 0 && !other
}

// stays tells whether there is a caller that has not left after an operation of it, which was begun by that verb, ended so; any verb, or in
// any way, if that is empty.
func (d *difference) stays(verb script.Verb, how script.Happening) bool {
	callers := map[int]int{} // by operation
	stays := map[int]bool{}
	for _, step := range d.steps {
		switch c := step.Command; {
		case c.Do == script.Leave:
			delete(stays, c.Caller)
		case c.Operation != 0 && c.Do != script.Cancel && (verb == "" || c.Do == verb):
			callers[c.Operation] = c.Caller
		}
		for _, event := range step.Events {
			if caller := callers[event.Operation]; caller != 0 && event.Ends() && (how == "" || event.Event == how) {
				stays[caller] = true
			}
		}
	}
	return len(stays) > 0
}
