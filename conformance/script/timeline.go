package script

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Step is a command with the events that it caused.
type Step struct {
	Command Command  `json:"command"`
	At      Duration `json:"at"` // virtual time before the command
	Events  []Event  `json:"events"`
}

// Trace is what was done to one subject, in order.
type Trace []Step

// commandColumn bounds the width of the commands' column, so that one long stack does not push every event off a
// terminal of 120 columns.
const commandColumn = 56

// Timeline is the trace as an aligned table: virtual time, command, events.
func (t Trace) Timeline() string {
	var out strings.Builder
	for _, rows := range t.Rows() {
		for _, row := range rows {
			out.WriteString(row + "\n")
		}
	}
	return out.String()
}

// Rows are the lines of the table, by step. Each event has one line, and they come last; a command that does not fit beside the
// first event has a line of its own.
func (t Trace) Rows() [][]string {
	width, timeWidth := t.widths()
	rows := make([][]string, len(t))
	for index, step := range t {
		row := func(at Duration, command, event string) {
			line := fmt.Sprintf("%*s  %-*s  %s", timeWidth, at, width, command, event)
			rows[index] = append(rows[index], strings.TrimRight(line, " "))
		}
		command := step.Command.String()
		switch {
		case len(step.Events) == 0:
			row(step.At, command, "")
		case utf8.RuneCountInString(command) > width || step.At != step.Events[0].At:
			row(step.At, command, "")
			command = ""
		}
		for _, event := range step.Events {
			row(event.At, command, event.String())
			command = ""
		}
	}
	return rows
}

// widths are those of the columns of commands and of times.
func (t Trace) widths() (command, time int) {
	for _, step := range t {
		if w := utf8.RuneCountInString(step.Command.String()); w > command && w <= commandColumn {
			command = w
		}
		for _, event := range step.Events {
			time = max(time, len(event.At.String()))
		}
		time = max(time, len(step.At.String()))
	}
	return command, time
}
