package script

import (
	"fmt"
	"strings"
)

// ServerOp names what a ServerStep does.
type ServerOp string

// The steps on a server. Connect, Request and StopServer are operations; the others take effect at once.
const (
	Listen     ServerOp = "listen"      // makes the server: it answers requests by Service, and its own context is Context
	Connect    ServerOp = "connect"     // opens Connection; ends with Done when the server has accepted it
	Request    ServerOp = "request"     // sends the command's request on Connection; ends like a call
	Disconnect ServerOp = "disconnect"  // closes Connection from outside
	FailAccept ServerOp = "fail-accept" // the server's next attempt to accept a connection fails, for a reason that passes
	StopServer ServerOp = "shutdown"    // shuts the server down gracefully; ends with Done when that is complete
)

// ServerStep is one step on a server. Which fields count depends on Op.
type ServerStep struct {
	Op         ServerOp      `json:"op"`
	Service    int           `json:"service,omitempty"`    // Listen
	Context    int           `json:"context,omitempty"`    // Listen
	Connection int           `json:"connection,omitempty"` // Connect, Request, Disconnect
	Streams    bool          `json:"streams,omitempty"`    // Connect: requests may be in progress on it side by side
	Steps      []ContextStep `json:"steps,omitempty"`      // Connect: what is done to the connection's context once it is accepted
	Error      string        `json:"error,omitempty"`      // Connect: after Steps, making that context fails with this kind
}

// server is a command on a server as a line of a timeline.
func (c Command) server() string {
	step := c.ServerStep
	if step == nil {
		return fmt.Sprintf("server %d", c.Server)
	}
	switch step.Op {
	case Listen:
		return fmt.Sprintf("server %d listens for service %d in context %d", c.Server, step.Service, step.Context)
	case Connect:
		return fmt.Sprintf("#%d server %d %s", c.Operation, c.Server, step)
	case Request:
		return fmt.Sprintf("#%d connection %d of server %d requests %q", c.Operation, step.Connection, c.Server, deref(c.Request))
	case StopServer:
		return fmt.Sprintf("#%d server %d shutdown", c.Operation, c.Server)
	default:
		return fmt.Sprintf("server %d %s", c.Server, step)
	}
}

// String is the step in words.
func (s *ServerStep) String() string {
	parts := []string{string(s.Op)}
	if s.Connection != 0 {
		parts = append(parts, fmt.Sprintf("connection %d", s.Connection))
	}
	if s.Streams {
		parts = append(parts, "with streams")
	}
	for _, step := range s.Steps {
		parts = append(parts, "then "+step.String())
	}
	if s.Error != "" {
		parts = append(parts, "then fails: "+s.Error)
	}
	return strings.Join(parts, " ")
}
