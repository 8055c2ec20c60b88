package vocabulary

import (
	"fmt"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Server accepts connections and answers their requests by a service.
type Server struct {
	session     *session
	number      int
	connections int
}

// Listen is a server in front of the service, with a context of the same subject. The spec keeps the context.
func (s *Service) Listen(in *CallContext) *Server {
	ginkgo.GinkgoHelper()
	s.session.servers++
	server := &Server{session: s.session, number: s.session.servers}
	server.session.do(server.command(script.ServerStep{Op: script.Listen, Service: s.number, Context: in.number}))
	return server
}

func (s *Server) command(step script.ServerStep) script.Command {
	return script.Command{Do: script.OnServer, Server: s.number, ServerStep: &step}
}

// Connection is the client's end of a connection to a server. It stays open between requests.
type Connection struct {
	server *Server
	number int
}

// Connect is a connection that the server has accepted, and to whose context it has done these steps. The spec fails if it
// was not accepted.
func (s *Server) Connect(steps ...script.ContextStep) *Connection {
	ginkgo.GinkgoHelper()
	return s.accepted(script.ServerStep{Steps: steps})
}

// ConnectStreams is Connect for a connection on which requests may be in progress side by side.
func (s *Server) ConnectStreams(steps ...script.ContextStep) *Connection {
	ginkgo.GinkgoHelper()
	return s.accepted(script.ServerStep{Steps: steps, Streams: true})
}

func (s *Server) accepted(step script.ServerStep) *Connection {
	ginkgo.GinkgoHelper()
	connection, opening := s.open(step)
	if end := opening.end(); end == nil || end.Event != script.Done {
		FailSpec(fmt.Sprintf("Expected connection %d to be accepted, but %s.", connection.number, outcomeInWords(end)))
	}
	return connection
}

// TryConnect opens a connection, which may be accepted at once, later or not at all.
func (s *Server) TryConnect(steps ...script.ContextStep) (*Connection, *Operation) {
	ginkgo.GinkgoHelper()
	return s.open(script.ServerStep{Steps: steps})
}

// ConnectInVain opens a connection for which making a context fails after these steps, with an error of that kind.
func (s *Server) ConnectInVain(kind string, steps ...script.ContextStep) {
	ginkgo.GinkgoHelper()
	s.open(script.ServerStep{Steps: steps, Error: kind})
}

func (s *Server) open(step script.ServerStep) (*Connection, *Operation) {
	ginkgo.GinkgoHelper()
	s.connections++
	step.Op, step.Connection = script.Connect, s.connections
	return &Connection{server: s, number: s.connections}, s.session.start(s.command(step))
}

// FailAccept has the server's next attempt to accept a connection fail, for a reason that passes.
func (s *Server) FailAccept() {
	ginkgo.GinkgoHelper()
	s.session.do(s.command(script.ServerStep{Op: script.FailAccept}))
}

// Shutdown shuts the server down gracefully.
func (s *Server) Shutdown() *Operation {
	ginkgo.GinkgoHelper()
	return s.session.start(s.command(script.ServerStep{Op: script.StopServer}))
}

// Request sends a request on the connection.
func (c *Connection) Request(request string) *Operation {
	ginkgo.GinkgoHelper()
	command := c.server.command(script.ServerStep{Op: script.Request, Connection: c.number})
	command.Request = &request
	return c.server.session.start(command)
}

// Disconnect closes the connection.
func (c *Connection) Disconnect() {
	ginkgo.GinkgoHelper()
	c.server.session.do(c.server.command(script.ServerStep{Op: script.Disconnect, Connection: c.number}))
}

// Inserting is a step that inserts a value into the context of a connection.
func Inserting(typ, value string) script.ContextStep {
	return script.ContextStep{Op: script.Insert, Type: typ, Value: &value}
}

// MappingState is a step that maps the state of a connection by a function of the vocabulary.
func MappingState(function string) script.ContextStep {
	return script.ContextStep{Op: script.MapState, Function: function}
}

// WritingState is a step that writes to the text of the state of a connection.
func WritingState(text string) script.ContextStep {
	return script.ContextStep{Op: script.WriteState, Value: &text}
}

// CountingOnState is a step that adds one to what the handle in the state of a connection refers to.
func CountingOnState() script.ContextStep { return script.ContextStep{Op: script.Count} }
