package script

import (
	"fmt"
	"strings"
)

// Happening names what an Event reports.
type Happening string

// The events.
const (
	Opened         Happening = "opened"          // Service was built
	Refused        Happening = "refused"         // construction rejected Parameter
	Unsupported    Happening = "unsupported"     // the implementation has no What: the spec does not apply
	Built          Happening = "built"           // the layer called Name was applied to its inner service
	Created        Happening = "created"         // Leaf was made by its factory with Config
	Asked          Happening = "asked"           // a readiness check of Leaf began
	AskedAbandoned Happening = "asked-abandoned" // a readiness check of Leaf that waited was given up
	Polled         Happening = "polled"          // Leaf did its background work
	Received       Happening = "received"        // Leaf was called: Exchange begins with Request
	Abandoned      Happening = "abandoned"       // the call behind Exchange was cancelled before it was answered
	LeafShutdown   Happening = "leaf-shutdown"   // Leaf began to shut down
	Applied        Happening = "applied"         // a function of the vocabulary ran on Input
	IsReady        Happening = "ready"           // Operation ended: the caller is ready
	Response       Happening = "response"        // Operation ended with Text
	Failed         Happening = "failed"          // Operation ended with an error; Kinds is its chain of causes
	Panicked       Happening = "panicked"        // Operation ended with a panic that reached its caller
	Done           Happening = "done"            // Operation (poll, shutdown, create) ended well
	Cancelled      Happening = "cancelled"       // Operation ended because its caller gave up on it
	ContextAnswer  Happening = "context-answer"  // a step on Context was taken: Value, Kinds or Panic, and Seen
	Instantiating  Happening = "instantiating"   // the embedder was asked for an instance for Worker
	Instantiated   Happening = "instantiated"    // Worker has its instance
	AcceptAsked    Happening = "accept-asked"    // the policy was asked for Worker, with Concurrent and Total: Answer
	Accepted       Happening = "accepted"        // Worker's request-start hook ran for Operation as Task with Data
	Entered        Happening = "entered"         // Worker's guest began Task, for Operation
	Waiting        Happening = "waiting"         // Task of Operation is blocked at Gate
	Pressure       Happening = "pressure"        // Worker's guest turned back-pressure On, or off
	WorkerStatus   Happening = "status"          // Worker's expiration was asked for with a Status and Since that differ from the last
	Body           Happening = "body"            // the body of Operation's response has ended, after Text; with Kinds it failed
	Dropped        Happening = "dropped"         // Worker's drop hook ran, with nothing or with the error of Kinds
)

// Unrecognised is the kind of an error in whose whole chain nobody knows a link.
const Unrecognised = "unrecognised"

// Known tells whether the event is one of the list above.
func (h Happening) Known() bool {
	switch h {
	case Opened, Refused, Unsupported, Built, Created, Asked, AskedAbandoned, Polled, Received, Abandoned, LeafShutdown,
		Applied, IsReady, Response, Failed, Panicked, Done, Cancelled, ContextAnswer,
		Instantiating, Instantiated, AcceptAsked, Accepted, Entered, Waiting, Pressure, WorkerStatus, Body, Dropped:
		return true
	default:
		return false
	}
}

// Event is one thing that was seen. Which fields count depends on Event.
type Event struct {
	Event     Happening `json:"event"`
	At        Duration  `json:"at"` // virtual time since the subject began
	Service   int       `json:"service,omitempty"`
	Operation int       `json:"operation,omitempty"`
	Exchange  int       `json:"exchange,omitempty"`
	Leaf      string    `json:"leaf,omitempty"`
	Request   string    `json:"request,omitempty"`
	Text      string    `json:"text,omitempty"`      // the response, or for people: the error's or the panic's text
	Kinds     []string  `json:"kinds,omitempty"`     // outermost first
	Function  string    `json:"function,omitempty"`  // Applied
	Input     string    `json:"input,omitempty"`     // Applied: the response or request, or "error:KIND"
	Name      string    `json:"name,omitempty"`      // Built
	Config    string    `json:"config,omitempty"`    // Created
	Parameter string    `json:"parameter,omitempty"` // Refused
	What      string    `json:"what,omitempty"`      // Unsupported
	Context   int       `json:"context,omitempty"`   // ContextAnswer
	Value     *string   `json:"value,omitempty"`     // ContextAnswer: the text form of a value; nil where there is none
	Panic     bool      `json:"panic,omitempty"`     // ContextAnswer: the step ended with a panic
	Seen      *Seen     `json:"seen,omitempty"`      // Received: the context of the call; ContextAnswer: the answer to Look
	HostDetail
}

// Ends tells whether the event is the end of an operation.
func (e Event) Ends() bool {
	switch e.Event {
	case IsReady, Response, Failed, Panicked, Done, Cancelled:
		return true
	default:
		return false
	}
}

// String is the event in words.
func (e Event) String() string {
	switch e.Event {
	case Opened:
		return fmt.Sprintf("service %d opened", e.Service)
	case Refused:
		return fmt.Sprintf("refused: %s", e.Parameter)
	case Unsupported:
		return "unsupported: " + e.What
	case Built:
		return "built " + e.Name
	case Created:
		return fmt.Sprintf("%s created with %q", leafName(e.Leaf), e.Config)
	case Asked:
		return fmt.Sprintf("%s asked whether ready", leafName(e.Leaf))
	case AskedAbandoned:
		return fmt.Sprintf("%s readiness check given up", leafName(e.Leaf))
	case Polled:
		return fmt.Sprintf("%s polled", leafName(e.Leaf))
	case Received:
		text := fmt.Sprintf("%s received exchange %d %q", leafName(e.Leaf), e.Exchange, e.Request)
		if e.Seen != nil {
			text += " in " + e.Seen.String()
		}
		return text
	case ContextAnswer:
		return fmt.Sprintf("context %d answers %s", e.Context, e.answer())
	case Abandoned:
		return fmt.Sprintf("exchange %d abandoned", e.Exchange)
	case LeafShutdown:
		return fmt.Sprintf("%s shutting down", leafName(e.Leaf))
	case Applied:
		return fmt.Sprintf("%s applied to %q", e.Function, e.Input)
	case Response:
		if e.Code != 0 {
			return fmt.Sprintf("#%d response %d", e.Operation, e.Code)
		}
		return fmt.Sprintf("#%d response %q", e.Operation, e.Text)
	case Failed:
		text := fmt.Sprintf("#%d failed: %s", e.Operation, strings.Join(e.Kinds, " < "))
		if e.Cause != 0 {
			text += fmt.Sprintf(", gives back %q with %q (cause %d)", e.Program, e.Data, e.Cause)
		}
		return text
	case Panicked:
		value, _, _ := strings.Cut(e.Text, "\n")
		return strings.TrimSuffix(fmt.Sprintf("#%d panicked: %s", e.Operation, value), ": ")
	default:
		if text := e.ofHost(); text != "" {
			return text
		}
		return fmt.Sprintf("#%d %s", e.Operation, e.Event)
	}
}

// answer is what a step on a context was answered with, in words.
func (e Event) answer() string {
	switch {
	case e.Panic:
		return "with a panic"
	case len(e.Kinds) > 0:
		return "with error " + Chain(e.Kinds)
	case e.Seen != nil:
		return e.Seen.String()
	case e.Value != nil:
		return fmt.Sprintf("%q", *e.Value)
	default:
		return "nothing"
	}
}

// leafName spares the reader "leaf leaf" for a stack's only leaf.
func leafName(name string) string {
	if name == "leaf" {
		return name
	}
	return "leaf " + name
}
