package inprocess

import (
	"context"
	"fmt"
	"sync"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// ServerAdapter is a ContextAdapter whose services can stand behind a server (feature server).
type ServerAdapter interface {
	ContextAdapter
	// Listen makes a server that has the service answer the requests of its connections, each in a context of its own. base
	// is the server's context, given by value as with InvokeIn; it is graceful if base is.
	//
	// connect is what a program does with the context of a connection that was just accepted, before its first request: it is
	// given the connection's own, and returns what the requests of that connection get theirs from. It may fail or panic: then
	// there is no such context.
	Listen(env *Environment, service Service, base Context, connect func(Context) (Context, error)) (Server, error)
}

// Server accepts connections on a network in memory that the adapter provides, so that no time passes on the way.
type Server interface {
	// Connect opens a connection and returns when the server has accepted it. Over one with streams, requests may be in
	// progress side by side (feature server-streams; answer Unsupported without it).
	Connect(ctx context.Context, streams bool) (Connection, error)
	// FailAccept has the next attempt to accept a connection fail, in a way that says that it may be tried again.
	FailAccept()
	// Shutdown shuts the server down gracefully, and returns when that is complete or ctx has ended.
	Shutdown(ctx context.Context) error
	// Close ends the server and all that it has, at the end of a subject. It does not wait.
	Close()
}

// Connection is the client's end of a connection. It is kept open between requests.
type Connection interface {
	// Request sends a request and returns the response. An answer that is an error need not keep the error's kind.
	Request(ctx context.Context, request string) (string, error)
	// Close closes the connection.
	Close()
}

// serving is a server of the script.
type serving struct {
	server Server

	mu          sync.Mutex
	connections map[int]Connection
	accepting   script.ServerStep // the latest connect
}

// onServer takes one step on a numbered server.
func (r *runner) onServer(command script.Command) error {
	adapter, has := r.adapter.(ServerAdapter)
	if !has {
		return r.unsupported("server")
	}
	step := *command.ServerStep
	if step.Op == script.Listen {
		return r.listen(adapter, command)
	}
	s := r.servers[command.Server]
	if s == nil {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf("there is no server %d", command.Server)}
	}
	switch step.Op {
	case script.Connect:
		s.accept(step)
		r.start(command, func(ctx context.Context) (script.Event, error) {
			connection, err := s.server.Connect(ctx, step.Streams)
			if err == nil {
				s.accepted(step.Connection, connection)
			}
			return script.Event{Event: script.Done}, err
		})
		return nil
	case script.FailAccept:
		s.server.FailAccept()
		return nil
	case script.StopServer:
		r.start(command, func(ctx context.Context) (script.Event, error) {
			return script.Event{Event: script.Done}, s.server.Shutdown(ctx)
		})
		return nil
	}
	connection := s.connection(step.Connection)
	if connection == nil {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf("there is no connection %d", step.Connection)}
	}
	if step.Op == script.Disconnect {
		connection.Close()
		return nil
	}
	r.start(command, func(ctx context.Context) (script.Event, error) {
		response, err := connection.Request(ctx, *command.Request)
		return script.Event{Event: script.Response, Text: response}, err
	})
	return nil
}

func (r *runner) listen(adapter ServerAdapter, command script.Command) error {
	step := command.ServerStep
	service, base := r.services[step.Service], r.contexts[step.Context]
	if service == nil || base == nil {
		return &subject.ScriptError{Command: command, Reason: "there is no such service or no such context"}
	}
	s := &serving{connections: map[int]Connection{}}
	server, err := adapter.Listen(r.env, service, base, func(c Context) (Context, error) { return r.connect(c, s.latest()) })
	if err != nil {
		return &subject.BuildError{Command: command, Cause: err}
	}
	s.server = server
	r.servers[command.Server] = s
	return nil
}

// connect does to the context of a connection what the script says.
func (r *runner) connect(c Context, accepting script.ServerStep) (Context, error) {
	for _, step := range accepting.Steps {
		var err error
		switch step.Op {
		case script.MapState, script.SwapState:
			c, _, err = r.replaceState(c, step)
		default:
			_, err = takeStep(c, step)
		}
		if err != nil {
			return nil, err
		}
	}
	if accepting.Error != "" {
		return nil, scripted(accepting.Error)
	}
	return c, nil
}

func (s *serving) accept(step script.ServerStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepting = step
}

func (s *serving) latest() script.ServerStep {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepting
}

func (s *serving) accepted(number int, connection Connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.connections[number] = connection
}

func (s *serving) connection(number int) Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections[number]
}

func (s *serving) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, connection := range s.connections {
		connection.Close()
	}
	s.server.Close()
}
