package vocabulary

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Implementation is what the specs of this process check. It is set once, before the specs run.
type Implementation struct {
	Host subject.Host
	// Declares tells whether the implementation's statement names a feature.
	Declares func(feature string) bool
	// Excuses tells whether the statement declares that failure of that requirement in the spec of that text; nil if there is none.
	Excuses func(id, spec, message string) bool
	// Live tells whether it is on the machine's clock, which cannot be made to stand still.
	Live bool
	// Rerun is the command that reruns specs, without the filter that selects one.
	Rerun string
	// Focus is the flag of that command that selects specs by a regular expression of their texts.
	Focus string
	// Keep keeps the traces of a spec that has failed, and returns the commands that replay them; nil if nobody wants them.
	Keep func(Failed) []string
}

var implementation Implementation

// Use sets the implementation that the specs of this process check.
func Use(i Implementation) { implementation = i }

// session is one subject with everything that was done to it in the running spec.
type session struct {
	subject    subject.Subject
	trace      script.Trace
	broken     string // why the last command could not be carried out
	end        string // why the subject did not end cleanly
	at         script.Duration
	services   int
	factories  int
	callers    int
	operations int
	contexts   int
	servers    int
	hosts      int
}

// sessions of the running spec, for the explanation of a failure. Ginkgo runs one spec at a time in a process.
var sessions []*session

func newSession() *session {
	ginkgo.GinkgoHelper()
	sub, err := implementation.Host()
	if err != nil {
		couldNotRun(err)
	}
	s := &session{subject: sub}
	if len(sessions) == 0 {
		ginkgo.DeferCleanup(func() { sessions = nil })
	}
	sessions = append(sessions, s)
	ginkgo.DeferCleanup(s.close)
	return s
}

func (s *session) close() {
	if err := s.subject.Close(); err != nil {
		s.end = firstLine(err)
		s.judge(fmt.Errorf("the implementation did not end cleanly: %w", err))
	}
}

// judge fails the spec if the subject could not do as it was told. Where that says nothing about the implementation, the
// spec has no result.
func (s *session) judge(err error) {
	ginkgo.GinkgoHelper()
	var unavailable *subject.UnavailableError
	var disturbed *subject.DisturbedError
	var unbuilt *subject.BuildError
	switch {
	case errors.As(err, &unbuilt):
		FailSpec(err.Error())
	case errors.As(err, &unavailable), errors.As(err, &disturbed):
		couldNotRun(err)
	case err != nil:
		failBroken(err)
	}
}

// do carries out one command and returns its events. A subject that breaks fails the spec.
func (s *session) do(command script.Command) []script.Event {
	ginkgo.GinkgoHelper()
	events, err := s.subject.Do(command)
	s.trace = append(s.trace, script.Step{Command: command, At: s.at, Events: events})
	if command.Do == script.Advance {
		s.at += *command.Duration
	}
	for _, event := range events {
		if event.Event == script.Unsupported {
			unsupported(event.What)
		}
	}
	if err != nil {
		s.broken = firstLine(err)
	}
	s.judge(err)
	return events
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func (s *session) events() []script.Event {
	var events []script.Event
	for _, step := range s.trace {
		events = append(events, step.Events...)
	}
	return events
}

// find returns the events that satisfy the condition, in order.
func (s *session) find(condition func(script.Event) bool) []script.Event {
	var found []script.Event
	for _, event := range s.events() {
		if condition(event) {
			found = append(found, event)
		}
	}
	return found
}

func (s *session) advance(by time.Duration) {
	ginkgo.GinkgoHelper()
	duration := script.Duration(by)
	s.do(script.Command{Do: script.Advance, Duration: &duration})
}

// start gives a command the next operation number and carries it out.
func (s *session) start(command script.Command) *Operation {
	ginkgo.GinkgoHelper()
	s.operations++
	command.Operation = s.operations
	s.do(command)
	return &Operation{session: s, number: command.Operation, command: command}
}

func (s *session) applied(function string) []string {
	var inputs []string
	for _, event := range s.find(func(e script.Event) bool { return e.Event == script.Applied && e.Function == function }) {
		inputs = append(inputs, event.Input)
	}
	return inputs
}

// timelines shows every session of the running spec.
func timelines() string {
	var out strings.Builder
	for index, s := range sessions {
		title := "Trace"
		if len(sessions) > 1 {
			title = fmt.Sprintf("Trace of subject %d", index+1)
		}
		fmt.Fprintf(&out, "%s:\n%s\n", title, indent(s.trace.Timeline()))
		for _, event := range s.find(func(e script.Event) bool { return e.Event == script.Panicked }) {
			if _, stack, has := strings.Cut(event.Text, "\n"); has {
				fmt.Fprintf(&out, "Stack of the panic that ended #%d:\n%s\n", event.Operation, indent(stack))
			}
		}
	}
	return out.String()
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}
