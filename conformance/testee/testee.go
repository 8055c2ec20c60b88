// Package testee serves anything that can be driven as a subject over the protocol of PROTOCOL.md, so that a Go
// implementation can be checked as a program of its own: where it may end the process, say, or to check the protocol itself.
//
// What may not enter: the runner's side of the protocol.
package testee

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Serve answers requests from in on out until in ends. Subjects are made by host, whose clock is virtual. It returns nil at
// the end of in, and an error if in holds what is no request or out cannot be written. Diagnostics belong on standard error.
func Serve(in io.Reader, out io.Writer, s *statement.Statement, host subject.Host) error {
	return serve(in, out, &server{statement: s, clock: protocol.Virtual, host: func(float64) subject.Host { return host }})
}

// ServeLive is Serve on the machine's clock, for an implementation that cannot live in a bubble of testing/synctest. The runner says how
// long the script's time lasts. The process should do nothing else: a subject is taken to be at rest when nothing has happened for the
// time of settle (0 means inprocess.DefaultSettle) and no other goroutine runs.
func ServeLive(in io.Reader, out io.Writer, s *statement.Statement, adapter inprocess.Adapter, settle time.Duration) error {
	return serve(in, out, &server{statement: s, clock: protocol.Real, host: func(scale float64) subject.Host {
		return inprocess.LiveHost(adapter, scale, settle)
	}})
}

func serve(in io.Reader, out io.Writer, server *server) error {
	reader := bufio.NewReader(in)
	writer := bufio.NewWriter(out)
	for {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return server.end()
		}
		if err != nil {
			return fmt.Errorf("read a request: %w", err)
		}
		request, err := protocol.DecodeRequest(line)
		if err != nil {
			return fmt.Errorf("read a request: %w", err)
		}
		text, err := json.Marshal(server.answer(request))
		if err != nil {
			return fmt.Errorf("write a reply: %w", err)
		}
		if _, err := writer.Write(append(text, '\n')); err != nil {
			return fmt.Errorf("write a reply: %w", err)
		}
		if err := writer.Flush(); err != nil {
			return fmt.Errorf("write a reply: %w", err)
		}
	}
}

type server struct {
	statement *statement.Statement
	clock     protocol.Clock
	host      func(scale float64) subject.Host
	scale     float64         // as the runner's greeting had it
	subject   subject.Subject // nil between end and begin
}

func (s *server) answer(request protocol.Request) protocol.Reply {
	reply := protocol.Reply{ID: request.ID}
	var err error
	switch request.Do {
	case protocol.Hello:
		s.scale = cmp.Or(request.Scale, 1)
		reply.Hello = s.greeting()
	case protocol.Begin:
		err = s.begin()
	case protocol.End:
		err = s.end()
	default:
		reply.Events, err = s.do(request.Command)
		if timed, is := s.subject.(subject.Timed); is {
			reply.At = new(timed.Now())
		}
	}
	if err != nil {
		reply.Error = err.Error()
	}
	return reply
}

func (s *server) greeting() *protocol.Greeting {
	return &protocol.Greeting{
		Protocol: protocol.Version, Implementation: s.statement.Implementation, Version: s.statement.Version,
		Clock: s.clock, Features: append([]string{}, s.statement.Features...),
	}
}

func (s *server) begin() error {
	if err := s.end(); err != nil {
		return err
	}
	var err error
	s.subject, err = s.host(cmp.Or(s.scale, 1))()
	return err
}

func (s *server) end() error {
	if s.subject == nil {
		return nil
	}
	ended := s.subject
	s.subject = nil
	return ended.Close()
}

func (s *server) do(command script.Command) ([]script.Event, error) {
	if s.subject == nil {
		return nil, errors.New("no subject has begun")
	}
	return s.subject.Do(command)
}
