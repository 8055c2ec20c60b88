package trace

import (
	"fmt"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// String is the trace for people: what it is about, and the timeline of what was observed, held against what was expected.
func (t *Trace) String() string {
	r := &Result{Trace: t}
	theirs, ours := newExchanges(), newExchanges()
	at := script.Duration(0)
	for _, step := range t.Steps {
		done := StepResult{Command: step.Command, At: at, Events: step.observed(), Known: step.Expected != nil}
		if done.Known {
			done.Missing, done.Unexpected = t.comparison(step.Command).difference(step.Expected, done.Events, theirs, ours)
		}
		if step.Error != "" {
			done.Err = fmt.Errorf("%s", step.Error)
		}
		if step.Command.Do == script.Advance {
			at += *step.Command.Duration
		}
		r.Steps = append(r.Steps, done)
	}
	if t.End != "" {
		r.End = fmt.Errorf("%s", t.End)
	}
	return t.head() + r.Timeline()
}

// head says what the trace is about.
func (t *Trace) head() string {
	var out strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&out, "%-14s  %s\n", name, value)
		}
	}
	line("requirement", t.Requirement)
	line("property", t.Property)
	line("observed on", strings.TrimSpace(t.Implementation.Name+" "+t.Implementation.Version))
	line("clock", t.Clock)
	line("what is wrong", t.Failure)
	return out.String()
}

// Timeline is the replay as a table: a mark, virtual time, command, events. A line marked "-" was expected and is missing, one
// marked "+" was seen and not expected; a line without a mark is as it should be.
func (r *Result) Timeline() string {
	var lines script.Trace
	var marks []string
	for _, step := range r.Steps {
		unexpected := step.Unexpected
		row := script.Step{Command: step.Command, At: step.At}
		for _, event := range step.Events {
			mark := " "
			if index := indexOf(unexpected, event); index >= 0 {
				unexpected = append(unexpected[:index:index], unexpected[index+1:]...)
				mark = "+"
			}
			row.Events = append(row.Events, event)
			marks = append(marks, mark)
		}
		for _, event := range step.Missing {
			row.Events = append(row.Events, event)
			marks = append(marks, "-")
		}
		lines = append(lines, row)
	}
	return r.render(lines, marks)
}

// render puts the marks before the timeline's lines, and what ended the subject below.
func (r *Result) render(lines script.Trace, marks []string) string {
	var out strings.Builder
	for index, rows := range lines.Rows() {
		first := len(rows) - len(lines[index].Events)
		for number, row := range rows {
			mark := " "
			if number >= first {
				mark, marks = marks[0], marks[1:]
			}
			out.WriteString(strings.TrimRight(mark+" "+row, " ") + "\n")
		}
		if err := r.Steps[index].Err; err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			fmt.Fprintf(&out, "! %s\n", first)
		}
	}
	if r.End != nil {
		first, _, _ := strings.Cut(r.End.Error(), "\n")
		fmt.Fprintf(&out, "! at the end: %s\n", first)
	}
	return out.String()
}

func indexOf(events []script.Event, event script.Event) int {
	for index := range events {
		if events[index].String() == event.String() && events[index].At == event.At {
			return index
		}
	}
	return -1
}
