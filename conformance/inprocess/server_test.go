package inprocess_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// plainContext is a context that has a state and nothing else.
type plainContext struct {
	inprocess.Context
	state inprocess.State
}

func (c *plainContext) State() inprocess.State { return c.state }
func (c *plainContext) WriteState(text string) { c.state.Text = text }

// serverAdapter has servers whose connections need no network and have no streams.
type serverAdapter struct {
	adapter
	closed *[]string
}

func (serverAdapter) Types() []string { return nil }

func (serverAdapter) NewContext(*inprocess.Environment, *inprocess.State, bool) (inprocess.Context, error) {
	return &plainContext{state: inprocess.NewState("server")}, nil
}

func (a serverAdapter) Listen(
	_ *inprocess.Environment, s inprocess.Service, base inprocess.Context, connect func(inprocess.Context) (inprocess.Context, error),
) (inprocess.Server, error) {
	return &plainServer{closed: a.closed, service: s.(service), base: *base.(*plainContext), connect: connect}, nil
}

type plainServer struct {
	closed  *[]string
	service service
	base    plainContext
	connect func(inprocess.Context) (inprocess.Context, error)
}

func (s *plainServer) Connect(_ context.Context, streams bool) (inprocess.Connection, error) {
	if streams {
		return nil, inprocess.Unsupported("server-streams")
	}
	own := s.base
	made, err := s.connect(&own)
	if err != nil {
		return nil, err
	}
	return plainConnection{s, made}, nil
}

func (*plainServer) FailAccept()                    {}
func (*plainServer) Shutdown(context.Context) error { return nil }
func (s *plainServer) Close()                       { *s.closed = append(*s.closed, "server") }

type plainConnection struct {
	server *plainServer
	own    inprocess.Context
}

func (c plainConnection) Request(ctx context.Context, request string) (string, error) {
	return c.server.service.leaf.CallIn(ctx, c.own, request)
}

func (c plainConnection) Close() { *c.server.closed = append(*c.server.closed, "connection") }

func onServer(step script.ServerStep, operation int) script.Command {
	return script.Command{Do: script.OnServer, Server: 1, Operation: operation, ServerStep: &step}
}

func request(text string, operation int) script.Command {
	command := onServer(script.ServerStep{Op: script.Request, Connection: 1}, operation)
	command.Request = &text
	return command
}

// listening is a subject with a server, and what that closes.
func listening(t *testing.T) (s subject.Subject, closed *[]string) {
	t.Helper()
	closed = new([]string)
	s = newSubject(t, serverAdapter{closed: closed}, time.Second)
	do(t, s,
		open,
		script.Command{Do: script.OnContext, Context: 1, Step: &script.ContextStep{Op: script.NewContext}},
		onServer(script.ServerStep{Op: script.Listen, Service: 1, Context: 1}, 0))
	return s, closed
}

func TestAConnectionIsMadeAsTheScriptSaysAndAnswersRequests(t *testing.T) {
	s, closed := listening(t)
	steps := []script.ContextStep{{Op: script.WriteState, Value: new("connection")}, {Op: script.Count}}
	if got := happenings(do(t, s, onServer(script.ServerStep{Op: script.Connect, Connection: 1, Steps: steps}, 1))); !slices.Equal(got, []script.Happening{script.Done}) {
		t.Fatalf("connect caused %v", got)
	}
	events := do(t, s, request("a", 2))
	if len(events) != 1 || events[0].Seen == nil || events[0].Seen.State != "connection" || events[0].Seen.Shared != "1" {
		t.Fatalf("the request caused %v", events)
	}
	events = do(t, s, answer(1, "b"))
	if len(events) != 1 || events[0].Event != script.Response || events[0].Text != "b" {
		t.Errorf("the answer caused %v", events)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !slices.Equal(*closed, []string{"connection", "server"}) {
		t.Errorf("the end of the subject closed %v", *closed)
	}
}

func TestMakingTheContextOfAConnectionFailsAsTheScriptSays(t *testing.T) {
	s, _ := listening(t)
	defer s.Close()
	events := do(t, s, onServer(script.ServerStep{Op: script.Connect, Connection: 1, Error: "boom"}, 1))
	if len(events) != 1 || events[0].Event != script.Failed || !slices.Equal(events[0].Kinds, []string{"boom"}) {
		t.Errorf("got %v", events)
	}
}

func TestWhatAServerLacksIsUnsupported(t *testing.T) {
	s, _ := listening(t)
	defer s.Close()
	events := do(t, s, onServer(script.ServerStep{Op: script.Connect, Connection: 1, Streams: true}, 1))
	if len(events) != 1 || events[0].Event != script.Unsupported || events[0].What != "server-streams" {
		t.Errorf("streams: %v", events)
	}
	without := newSubject(t, adapter{}, time.Second)
	defer without.Close()
	events = do(t, without, onServer(script.ServerStep{Op: script.Listen, Service: 1, Context: 1}, 0))
	if len(events) != 1 || events[0].Event != script.Unsupported || events[0].What != "server" {
		t.Errorf("no servers: %v", events)
	}
}

func TestAStepOnWhatIsNotThereIsRefused(t *testing.T) {
	s, _ := listening(t)
	defer s.Close()
	elsewhere := request("a", 1)
	elsewhere.Server = 2
	for name, command := range map[string]script.Command{
		"connection": request("a", 1),
		"server":     elsewhere,
		"service":    onServer(script.ServerStep{Op: script.Listen, Service: 2, Context: 1}, 0),
		"context":    onServer(script.ServerStep{Op: script.Listen, Service: 1, Context: 2}, 0),
	} {
		var refused *subject.ScriptError
		if _, err := s.Do(command); !errors.As(err, &refused) {
			t.Errorf("no such %s: %v", name, err)
		}
	}
}
