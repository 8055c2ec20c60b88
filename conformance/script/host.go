package script

import (
	"fmt"
	"strings"
)

// HostOp names what a HostStep does to a host.
type HostOp string

// The steps on a host.
const (
	NewHost      HostOp = "new"      // builds the host with Settings; a host begins with a policy of yes, no expirations, and every hook going well
	CopyHost     HostOp = "copy"     // makes the host another handle on what Other is a handle on
	SetHost      HostOp = "set"      // changes what the embedder does from now on to Settings
	Handle       HostOp = "handle"   // starts Operation: the host handles the request Program, with Data
	OpenGate     HostOp = "open"     // opens Gate, for good: every task that waits there is woken
	DropHost     HostOp = "drop"     // this handle goes away
	ShutdownHost HostOp = "shutdown" // starts Operation: the server shuts down
)

// HostStep is one step on a host. Which fields count depends on Op.
type HostStep struct {
	Op       HostOp        `json:"op"`
	Other    int           `json:"other,omitempty"`
	Form     string        `json:"form,omitempty"`     // NewHost: CallbackForm or SyncForm; left out: what the implementation prefers
	Serve    *Serve        `json:"serve,omitempty"`    // NewHost: the host behind a server
	Settings *HostSettings `json:"settings,omitempty"` // NewHost, SetHost
	Program  string        `json:"program,omitempty"`  // Handle: what the guest does, see Program
	Data     string        `json:"data,omitempty"`     // Handle: what the embedder sends with the request
	Gate     string        `json:"gate,omitempty"`     // OpenGate
}

// The forms of guests.
const (
	CallbackForm = "callback" // a guest that returns control wherever it waits: an instance may work on several tasks
	SyncForm     = "sync"     // a guest whose task is one call into it: an instance works on one at a time
)

// HostSettings is what the embedder of a host does from now on. A field that is left out stays as it was.
type HostSettings struct {
	Worker int `json:"worker,omitempty"` // Accept and Asking are for this worker only, from now on
	// Accept is what the policy answers: "yes", "no", "never", or "limits": never from MaxTotal on, else no from
	// MaxConcurrent on, else yes. A limit of 0 is none.
	Accept        string `json:"accept,omitempty"`
	MaxTotal      int    `json:"maxTotal,omitempty"`
	MaxConcurrent int    `json:"maxConcurrent,omitempty"`
	Asking        string `json:"asking,omitempty"`      // "open", or "wait": the policy answers when this changes, by what is set then
	Instantiate   string `json:"instantiate,omitempty"` // "ok", "error:KIND", "panic", or "wait": it ends when this changes, as that says
	Start         string `json:"start,omitempty"`       // the request-start hook: "ok", "error:KIND", "panic" or "wait"
	Drop          string `json:"drop,omitempty"`        // the drop hook: "ok" or "wait"
	// How long a worker may stay in each status, and a request without an answer; a negative duration is none.
	Idle       *Duration `json:"idle,omitempty"`
	Requests   *Duration `json:"requests,omitempty"`
	PostReturn *Duration `json:"postReturn,omitempty"`
	Request    *Duration `json:"request,omitempty"`
}

// Serve is how a server in front of a host is limited. What is left out takes the server's default.
type Serve struct {
	MaxReuse           int       `json:"maxReuse,omitempty"`           // requests that one instance is given
	MaxConcurrentReuse int       `json:"maxConcurrentReuse,omitempty"` // requests in one instance at a time
	MaxRequests        int       `json:"maxRequests,omitempty"`        // requests in progress in the server at a time
	IdleTimeout        *Duration `json:"idleTimeout,omitempty"`
	RequestTimeout     *Duration `json:"requestTimeout,omitempty"`
}

// The steps of a program, separated by single spaces. Where the last step has been taken, the task returns.
const (
	EnterStep   = "enter:"       // enter:N: reports that the task of operation N has begun; the runner puts it first
	RespondStep = "respond:"     // respond:TEXT: answers with a whole response whose body is TEXT
	CountStep   = "count"        // answers with the number of requests that this instance has been handed, this one included
	HeadStep    = "head"         // answers with the head of a response, whose body stays open
	BodyStep    = "body:"        // body:TEXT: writes to the open body
	EndBodyStep = "end-body"     // ends the open body
	FailBody    = "fail-body"    // has the open body fail
	ErrorStep   = "error:"       // error:CODE: answers with an error code of the guest's own
	WaitStep    = "wait:"        // wait:GATE: the task is blocked until the gate is open
	YieldStep   = "yield"        // returns control, and goes on in the next turn
	TrapStep    = "trap"         // traps
	SpinStep    = "spin"         // never returns control; the clock goes on meanwhile, a granule a turn
	PressureOn  = "pressure:on"  // the instance asks not to be given requests
	PressureOff = "pressure:off" // takes one such asking back
	HostPanic   = "host-panic"   // calls a function of the host that panics
	LieTwice    = "lie:twice"    // answers a task a second time
	LieOther    = "lie:other"    // answers a task that does not exist
	LieStatus   = "lie:status"   // returns a status that does not exist
	LiePointer  = "lie:pointer"  // passes a pointer outside its memory
)

// The statuses of a worker.
const (
	IdleStatus       = "idle"        // it has nothing to do
	RequestsStatus   = "requests"    // it has accepted requests that are not answered yet
	PostReturnStatus = "post-return" // every request is answered, and a task goes on
)

// HostDetail is the part of an Event that is about hosts, their workers and their guests.
type HostDetail struct {
	Worker     int    `json:"worker,omitempty"`     // workers are numbered from 1 in the order of Instantiating
	Task       int    `json:"task,omitempty"`       // Accepted, Entered, Waiting
	Data       string `json:"data,omitempty"`       // Accepted; Failed: the data that was given back
	Program    string `json:"program,omitempty"`    // Failed: the request that was given back
	Cause      int    `json:"cause,omitempty"`      // Failed: which failed instantiation, the same number for the very same error
	Answer     string `json:"answer,omitempty"`     // AcceptAsked
	Concurrent int    `json:"concurrent,omitempty"` // AcceptAsked
	Total      int    `json:"total,omitempty"`      // AcceptAsked
	Gate       string `json:"gate,omitempty"`       // Waiting
	On         bool   `json:"on,omitempty"`         // Pressure
	// Status and Since are what a worker's expiration is asked for with. Since is virtual time.
	Status string   `json:"status,omitempty"`
	Since  Duration `json:"since,omitempty"`
	Code   int      `json:"code,omitempty"` // Response of a server: the status code
}

// String is the step in words.
func (s *HostStep) String() string {
	if s == nil {
		return "nothing"
	}
	switch s.Op {
	case NewHost:
		parts := []string{"new"}
		if s.Form != "" {
			parts = append(parts, s.Form)
		}
		if s.Serve != nil {
			parts = append(parts, s.Serve.String())
		}
		return strings.TrimSpace(strings.Join(append(parts, s.Settings.String()), " "))
	case CopyHost:
		return fmt.Sprintf("copy of host %d", s.Other)
	case SetHost:
		return s.Settings.String()
	case Handle:
		if s.Data != "" {
			return fmt.Sprintf("handle %q with %q", s.Program, s.Data)
		}
		return fmt.Sprintf("handle %q", s.Program)
	case OpenGate:
		return "open gate " + s.Gate
	default:
		return string(s.Op)
	}
}

// String lists what is set.
func (s *HostSettings) String() string {
	if s == nil {
		return ""
	}
	var parts []string
	add := func(is bool, name string, value any) {
		if is {
			parts = append(parts, fmt.Sprintf("%s=%v", name, value))
		}
	}
	add(s.Worker != 0, "worker", s.Worker)
	add(s.Accept != "", "accept", s.Accept)
	add(s.MaxTotal != 0, "maxTotal", s.MaxTotal)
	add(s.MaxConcurrent != 0, "maxConcurrent", s.MaxConcurrent)
	add(s.Asking != "", "asking", s.Asking)
	add(s.Instantiate != "", "instantiate", s.Instantiate)
	add(s.Start != "", "start", s.Start)
	add(s.Drop != "", "drop", s.Drop)
	for _, limit := range []struct {
		name  string
		value *Duration
	}{{"idle", s.Idle}, {"requests", s.Requests}, {"postReturn", s.PostReturn}, {"request", s.Request}} {
		if limit.value != nil {
			add(true, limit.name, *limit.value)
		}
	}
	return strings.Join(parts, " ")
}

// String lists the limits.
func (s *Serve) String() string {
	parts := []string{"served"}
	for _, limit := range []struct {
		name  string
		value int
	}{{"maxReuse", s.MaxReuse}, {"maxConcurrentReuse", s.MaxConcurrentReuse}, {"maxRequests", s.MaxRequests}} {
		if limit.value != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", limit.name, limit.value))
		}
	}
	if s.IdleTimeout != nil {
		parts = append(parts, "idleTimeout="+s.IdleTimeout.String())
	}
	if s.RequestTimeout != nil {
		parts = append(parts, "requestTimeout="+s.RequestTimeout.String())
	}
	return strings.Join(parts, " ")
}

// ofHost is an event about hosts in words; empty for any other.
func (e Event) ofHost() string {
	switch e.Event {
	case Instantiating:
		return fmt.Sprintf("worker %d instantiating", e.Worker)
	case Instantiated:
		return fmt.Sprintf("worker %d instantiated", e.Worker)
	case AcceptAsked:
		return fmt.Sprintf("worker %d asks with %d of %d: %s", e.Worker, e.Concurrent, e.Total, e.Answer)
	case Accepted:
		return fmt.Sprintf("worker %d accepted #%d as task %d with %q", e.Worker, e.Operation, e.Task, e.Data)
	case Entered:
		return fmt.Sprintf("worker %d task %d entered for #%d", e.Worker, e.Task, e.Operation)
	case Waiting:
		return fmt.Sprintf("worker %d task %d waits at %s", e.Worker, e.Task, e.Gate)
	case Pressure:
		return fmt.Sprintf("worker %d back-pressure %s", e.Worker, map[bool]string{true: "on", false: "off"}[e.On])
	case WorkerStatus:
		return fmt.Sprintf("worker %d %s since %s", e.Worker, e.Status, e.Since)
	case Body:
		if len(e.Kinds) > 0 {
			return fmt.Sprintf("#%d body failed after %q: %s", e.Operation, e.Text, strings.Join(e.Kinds, " < "))
		}
		return fmt.Sprintf("#%d body %q", e.Operation, e.Text)
	case Dropped:
		if len(e.Kinds) > 0 {
			return fmt.Sprintf("worker %d dropped with %s", e.Worker, strings.Join(e.Kinds, " < "))
		}
		return fmt.Sprintf("worker %d dropped", e.Worker)
	default:
		return ""
	}
}
