package trace

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Version is the version of the format. A trace of another version is not read.
const Version = 1

// Schema is the JSON Schema of a trace. It refers to the definitions of protocol.schema.json.
//
//go:embed trace.schema.json
var Schema string

// Trace is one script and what came of it on one implementation.
type Trace struct {
	Version        int            `json:"trace"`
	Property       string         `json:"property,omitempty"`    // the property that failed
	Requirement    string         `json:"requirement,omitempty"` // the requirement that is not met
	Implementation Implementation `json:"implementation"`        // on which it was observed
	Failure        string         `json:"failure,omitempty"`     // what is wrong, for people
	// Clock is "real" where the script is for the machine's clock: then the instants of events are not compared, but in the outcome of
	// which command they come. Empty is virtual time.
	Clock string `json:"clock,omitempty"`
	// Compares names events that are compared besides those that always are, each as something that happens in a step or does not:
	// how often somebody is asked is nobody's promise. See Asking.
	Compares []script.Happening `json:"compares,omitempty"`
	Steps    []Step             `json:"steps"`
	End      string             `json:"end,omitempty"` // observed at the end of the subject, where it did not end cleanly
}

// RealClock is the machine's clock.
const RealClock = "real"

// Implementation says what was checked.
type Implementation struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Step is one command, what should have come of it and what did.
type Step struct {
	Command  script.Command `json:"command"`
	Expected []script.Event `json:"expected,omitzero"` // nil: nobody has said; empty: nothing
	Observed []script.Event `json:"observed,omitzero"` // nil: as expected
	Error    string         `json:"error,omitempty"`   // observed: why the command could not be carried out
}

// observed is what was seen.
func (s Step) observed() []script.Event {
	if s.Observed == nil {
		return s.Expected
	}
	return s.Observed
}

// New makes a trace of what was done to one subject. Nothing is expected yet: Expect fills that in.
func New(steps script.Trace) *Trace {
	t := &Trace{Version: Version}
	for _, step := range steps {
		t.Steps = append(t.Steps, Step{Command: step.Command, Observed: orEmpty(step.Events)})
	}
	return t
}

func orEmpty(events []script.Event) []script.Event {
	if events == nil {
		return []script.Event{}
	}
	return events
}

// Known tells whether the trace says, for at least one step, what was expected.
func (t *Trace) Known() bool {
	for _, step := range t.Steps {
		if step.Expected != nil {
			return true
		}
	}
	return false
}

// MovesTime tells whether a command of the trace moves time, or has something happen later.
func (t *Trace) MovesTime() bool {
	return slices.ContainsFunc(t.Steps, func(step Step) bool { return step.Command.Do == script.Advance || step.Command.After != nil })
}

// WriteTo writes the trace as JSON, one line a command and one an event. It implements io.WriterTo. Of texts for people it keeps the
// first line: what follows is a stack, which says more about a machine than about a failure.
func (t *Trace) WriteTo(w io.Writer) (int64, error) {
	head := *t
	head.End = firstLine(t.End)
	head.Failure, _, _ = strings.Cut(t.Failure, "\ngoroutine ")
	head.Steps = nil
	text, err := json.MarshalIndent(head, "", "  ")
	if err != nil {
		return 0, err
	}
	var out bytes.Buffer
	out.Write(bytes.Replace(text, []byte(`"steps": null`), []byte(`"steps": [`), 1))
	written := out.Bytes()
	cut := bytes.LastIndex(written, []byte(`"steps": [`)) + len(`"steps": [`)
	rest := append([]byte(nil), written[cut:]...)
	out.Truncate(cut)
	for index, step := range t.Steps {
		if index > 0 {
			out.WriteByte(',')
		}
		if err := writeStep(&out, step); err != nil {
			return 0, err
		}
	}
	if len(t.Steps) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteByte(']')
	out.Write(rest)
	out.WriteByte('\n')
	return out.WriteTo(w)
}

// WriteFile writes the trace into a file, as WriteTo does, and makes the folders to it.
func (t *Trace) WriteFile(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := t.WriteTo(out); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

func writeStep(out *bytes.Buffer, step Step) error {
	command, err := json.Marshal(step.Command)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n    {\n      \"command\": %s", command)
	for _, list := range []struct {
		name   string
		events []script.Event
	}{{"expected", step.Expected}, {"observed", step.Observed}} {
		if list.events == nil {
			continue
		}
		fmt.Fprintf(out, ",\n      %q: [", list.name)
		for index, event := range list.events {
			if event.Event != script.Response && event.Event != script.Body {
				event.Text = firstLine(event.Text)
			}
			text, err := json.Marshal(event)
			if err != nil {
				return err
			}
			if index > 0 {
				out.WriteByte(',')
			}
			fmt.Fprintf(out, "\n        %s", text)
		}
		if len(list.events) > 0 {
			out.WriteString("\n      ")
		}
		out.WriteByte(']')
	}
	if step.Error != "" {
		text, err := json.Marshal(firstLine(step.Error))
		if err != nil {
			return err
		}
		fmt.Fprintf(out, ",\n      \"error\": %s", text)
	}
	out.WriteString("\n    }")
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
