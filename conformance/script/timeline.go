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
	width, timeWidth := 0, 0
	for _, step := range t {
		if w := utf8.RuneCountInString(step.Command.String()); w > width && w <= commandColumn {
			width = w
		}
		for _, event := range step.Events {
			timeWidth = max(timeWidth, len(event.At.String()))
		}
		timeWidth = max(timeWidth, len(step.At.String()))
	}
	var out strings.Builder
	row := func(at Duration, command, event string) {
		line := fmt.Sprintf("%*s  %-*s  %s", timeWidth, at, width, command, event)
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	for _, step := range t {
		command := step.Command.String()
		events := step.Events
		switch {
		case len(events) == 0:
			row(step.At, command, "")
			continue
		case utf8.RuneCountInString(command) > width:
			row(step.At, command, "")
			command = ""
		case step.At != events[0].At:
			row(step.At, command, "")
			command = ""
		}
		for _, event := range events {
			row(event.At, command, event.String())
			command = ""
		}
	}
	return out.String()
}
