package script

import (
	"fmt"
	"strings"
)

// Verb names what a Command does.
type Verb string

// The commands. A subject's reply to each is every event that it causes, up to the moment when nothing more can
// happen without another command.
const (
	Open        Verb = "open"     // builds Service from Stack, or with Reuse from the layer value of that earlier service
	OpenFactory Verb = "factory"  // builds Factory from Stack
	Create      Verb = "create"   // has Factory make Service with Config
	NewCaller   Verb = "caller"   // a new caller of Service: whoever holds readiness
	Leave       Verb = "leave"    // that caller goes away
	Ready       Verb = "ready"    // readiness alone
	Call        Verb = "call"     // the call alone
	Invoke      Verb = "invoke"   // readiness, then the call
	Poll        Verb = "poll"     // lets the service do its background work
	Shutdown    Verb = "shutdown" // asks the service, through Caller, to shut down
	Cancel      Verb = "cancel"   // the caller gives up on Operation
	SetLeaf     Verb = "leaf"     // what the leaf does from now on
	Answer      Verb = "answer"   // the leaf completes Exchange
	Advance     Verb = "advance"  // moves virtual time by Duration
	Close       Verb = "close"    // every handle on Service is dropped
	OnContext   Verb = "context"  // one ContextStep on Context
	OnHost      Verb = "host"     // one HostStep on Host
	OnServer    Verb = "server"   // one ServerStep on Server
)

// Command is one step of a script. Which fields count depends on Do. Numbers are chosen by the script and start at 1;
// zero means that the field is not used.
type Command struct {
	Do         Verb         `json:"do"`
	Service    int          `json:"service,omitempty"`
	Factory    int          `json:"factory,omitempty"`
	Caller     int          `json:"caller,omitempty"`
	Operation  int          `json:"operation,omitempty"`
	Exchange   int          `json:"exchange,omitempty"`
	Stack      *Stack       `json:"stack,omitempty"`
	Reuse      int          `json:"reuse,omitempty"`
	Config     string       `json:"config,omitempty"`
	Request    *string      `json:"request,omitempty"`
	Leaf       *Leaf        `json:"leaf,omitempty"`
	Outcome    *Outcome     `json:"outcome,omitempty"`
	After      *Duration    `json:"after,omitempty"`      // Answer: how much later than now
	Duration   *Duration    `json:"duration,omitempty"`   // Advance
	Context    int          `json:"context,omitempty"`    // OnContext; Invoke: the context that the call carries
	Step       *ContextStep `json:"step,omitempty"`       // OnContext
	Host       int          `json:"host,omitempty"`       // OnHost; Open: the host that stands in place of the leaf
	HostStep   *HostStep    `json:"hostStep,omitempty"`   // OnHost
	Server     int          `json:"server,omitempty"`     // OnServer
	ServerStep *ServerStep  `json:"serverStep,omitempty"` // OnServer
}

// Leaf is what the innermost service does from now on. A field that is left out stays as it was. A leaf begins
// ready, parks every call until it is answered, heeds cancellation, completes shutdown and polls at once, and can be created. A KIND is an
// error's kind, or a chain of kinds with "<" between an error and its cause.
type Leaf struct {
	Name     string `json:"name"`
	Ready    string `json:"ready,omitempty"`    // "ok", "wait" or "error:KIND"
	Answers  string `json:"answers,omitempty"`  // "manual", "echo", "error:KIND" or "panic"
	Shutdown string `json:"shutdown,omitempty"` // "done" or "wait"
	Poll     string `json:"poll,omitempty"`     // "ok" or "error:KIND"
	Create   string `json:"create,omitempty"`   // "ok" or "error:KIND"
	Cancel   string `json:"cancel,omitempty"`   // "heed" or "ignore": a call that is cancelled ends, or goes on until it is answered
	// Context lists steps that a call takes on the context that it received, after it has reported that and before it is answered.
	Context []ContextStep `json:"context,omitempty"`
}

// Outcome is how a leaf ends one exchange: with a response, an error of a kind (or of a chain of kinds, as in Leaf), or
// a panic. Exactly one field is set.
type Outcome struct {
	Response *string `json:"response,omitempty"`
	Error    string  `json:"error,omitempty"`
	Panic    bool    `json:"panic,omitempty"`
}

// Chain writes a chain of kinds, outermost first, as Leaf and Outcome have it.
func Chain(kinds []string) string { return strings.Join(kinds, "<") }

// String is the command as a line of a timeline.
func (c Command) String() string {
	switch c.Do {
	case Open:
		if c.Reuse != 0 {
			return fmt.Sprintf("open service %d with the layers of service %d around %s", c.Service, c.Reuse, leafName(c.Stack.Leaf))
		}
		if c.Host != 0 {
			return fmt.Sprintf("open service %d: %s, which is host %d", c.Service, c.Stack, c.Host)
		}
		return fmt.Sprintf("open service %d: %s", c.Service, c.Stack)
	case OpenFactory:
		return fmt.Sprintf("factory %d: %s", c.Factory, c.Stack)
	case Create:
		return fmt.Sprintf("#%d create service %d by factory %d with %q", c.Operation, c.Service, c.Factory, c.Config)
	case NewCaller:
		return fmt.Sprintf("caller %d of service %d", c.Caller, c.Service)
	case Leave:
		return fmt.Sprintf("caller %d leaves", c.Caller)
	case Ready, Poll, Shutdown:
		return fmt.Sprintf("#%d caller %d %s", c.Operation, c.Caller, c.Do)
	case Call, Invoke:
		text := fmt.Sprintf("#%d caller %d %s %q", c.Operation, c.Caller, c.Do, deref(c.Request))
		if c.Context != 0 {
			text += fmt.Sprintf(" in context %d", c.Context)
		}
		return text
	case OnContext:
		return fmt.Sprintf("context %d: %s", c.Context, c.Step)
	case OnHost:
		if c.Operation != 0 {
			return fmt.Sprintf("#%d host %d %s", c.Operation, c.Host, c.HostStep)
		}
		return fmt.Sprintf("host %d: %s", c.Host, c.HostStep)
	case OnServer:
		return c.server()
	case Cancel:
		return fmt.Sprintf("cancel #%d", c.Operation)
	case SetLeaf:
		return c.Leaf.String()
	case Answer:
		text := fmt.Sprintf("answer exchange %d %s", c.Exchange, c.Outcome)
		if c.After != nil {
			text += " after " + c.After.String()
		}
		return text
	case Advance:
		return "advance " + c.Duration.String()
	case Close:
		return fmt.Sprintf("close service %d", c.Service)
	default:
		return string(c.Do)
	}
}

// String says what the leaf does from now on.
func (l Leaf) String() string {
	parts := []string{leafName(l.Name)}
	for _, setting := range [][2]string{{"ready", l.Ready}, {"answers", l.Answers}, {"shutdown", l.Shutdown}, {"poll", l.Poll}, {"create", l.Create}, {"cancel", l.Cancel}} {
		if setting[1] != "" {
			parts = append(parts, setting[0]+"="+setting[1])
		}
	}
	for _, step := range l.Context {
		parts = append(parts, "then "+step.String())
	}
	return strings.Join(parts, " ")
}

// String is the outcome in words.
func (o *Outcome) String() string {
	switch {
	case o == nil:
		return "with nothing"
	case o.Panic:
		return "with a panic"
	case o.Error != "":
		return "with error " + o.Error
	default:
		return fmt.Sprintf("with %q", deref(o.Response))
	}
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
