package remote

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Options say how a testee is driven.
type Options struct {
	// Deadline bounds each reply on the real clock; 0 waits for ever.
	Deadline time.Duration
	// Startup bounds the reply to the greeting in its place, if it is longer: an interpreter or a build may have to start first.
	Startup time.Duration
	// Scale is how many real milliseconds a virtual one lasts for a testee with a real clock; 0 means DefaultScale.
	Scale float64
	// Grace is how long a testee has to end by itself: after its input has ended, and again after SIGTERM; 0 means
	// DefaultGrace.
	Grace time.Duration
	// People gets what the testee writes to its standard error, line by line, prefixed.
	People io.Writer
	// Transcript gets every line both ways; nil for none.
	Transcript io.Writer
}

// DefaultDeadline is the default for Options.Deadline. A testee with a virtual clock answers within a millisecond; five
// seconds is for a machine that does much else.
const DefaultDeadline = 5 * time.Second

// DefaultStartup is the Startup of the suite's own runs. An interpreter behind a chain of wrappers took more than five seconds on a machine
// of two cores with thirty processes waiting for them.
const DefaultStartup = time.Minute

// DefaultGrace is the default for Options.Grace. What a testee may have to do at its end is to flush a log.
const DefaultGrace = 2 * time.Second

// DefaultScale is the default for Options.Scale. On the machine's clock a spec looks script.LiveGranule before and after an instant,
// and timers and schedulers of ordinary systems are good to about 5 ms under load: with 2, eight times that much lies in between.
const DefaultScale = 2

// Testee is a program under check. It is used by one goroutine.
type Testee struct {
	Greeting protocol.Greeting

	scale        float64 // real milliseconds for a virtual one
	conversation *conversation
	process      *process // nil if it was attached to
	stop         func()
	stopped      bool
	broken       error // why it cannot be used any more
}

// Start runs the command line of a testee and greets it. Close must follow.
func Start(commandLine string, options Options) (*Testee, error) {
	p, err := start(commandLine, options.People, cmp.Or(options.Grace, DefaultGrace))
	if err != nil {
		return nil, &subject.UnavailableError{Cause: fmt.Errorf("start the testee: %w", err)}
	}
	t := &Testee{conversation: converse(p.input, p.output, options.Deadline, options.Transcript), process: p, stop: p.stop}
	return t.greet(options)
}

// attachInterval is how often Attach tries to connect.
const attachInterval = 100 * time.Millisecond

// Attach waits until somebody's testee listens on the address (host:port, or a path of a unix socket) and greets it. It waits
// for as long as patience says; 0 waits for ever. Close must follow.
func Attach(address string, patience time.Duration, options Options) (*Testee, error) {
	network := "tcp"
	if strings.Contains(address, "/") {
		network = "unix"
	}
	var connection net.Conn
	for begun := time.Now(); ; time.Sleep(attachInterval) {
		var err error
		if connection, err = net.Dial(network, address); err == nil {
			break
		}
		if patience > 0 && time.Since(begun) > patience {
			return nil, &subject.UnavailableError{Cause: fmt.Errorf("attach to the testee: %w", err)}
		}
	}
	stream, is := connection.(stream)
	if !is {
		return nil, &subject.UnavailableError{Cause: fmt.Errorf("attach to the testee: a connection of the network %s cannot be polled", network)}
	}
	t := &Testee{
		conversation: converse(stream, stream, options.Deadline, options.Transcript),
		stop:         func() { hangUp(connection) },
	}
	return t.greet(options)
}

func (t *Testee) greet(options Options) (*Testee, error) {
	t.scale = cmp.Or(options.Scale, DefaultScale)
	if options.Deadline > 0 {
		t.conversation.deadline = max(options.Deadline, options.Startup)
	}
	reply, err := t.ask(protocol.Request{Protocol: protocol.Version, Scale: t.scale, Command: script.Command{Do: protocol.Hello}})
	t.conversation.deadline = options.Deadline
	if err == nil {
		switch greeting := reply.Hello; {
		case reply.Error != "":
			err = t.breaks(fmt.Errorf("the testee refuses to be checked: %s", reply.Error))
		case greeting == nil:
			err = t.breaks(errors.New("the testee's first reply is no greeting"))
		case greeting.Protocol != protocol.Version:
			err = t.breaks(fmt.Errorf("the testee speaks version %d of the protocol, this runner version %d", greeting.Protocol, protocol.Version))
		case greeting.Clock != protocol.Virtual && greeting.Clock != protocol.Real:
			err = t.breaks(fmt.Errorf("the testee's clock is %q, neither virtual nor real", greeting.Clock))
		default:
			t.Greeting = *greeting
		}
	}
	if err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Close ends the testee. Closing again does nothing.
func (t *Testee) Close() {
	if t.broken == nil {
		t.broken = &subject.UnavailableError{Cause: errors.New("the testee was ended")}
	}
	if !t.stopped {
		t.stopped = true
		t.stop()
	}
}

// Host makes subjects of the testee. One subject is used at a time.
func (t *Testee) Host() subject.Host {
	return func() (subject.Subject, error) {
		reply, err := t.ask(protocol.Request{Command: script.Command{Do: protocol.Begin}})
		if err == nil && reply.Error != "" {
			err = t.breaks(fmt.Errorf("the testee could not make a subject: %s", reply.Error))
		}
		if err != nil {
			return nil, err
		}
		s := &remoteSubject{testee: t, books: newBookkeeper()}
		if t.Greeting.Clock == protocol.Real {
			s.watch = &watch{}
		}
		return s, nil
	}
}

// ask has a testee answer, and remembers when it cannot any more.
func (t *Testee) ask(request protocol.Request) (protocol.Reply, error) {
	if t.broken != nil {
		return protocol.Reply{}, t.broken
	}
	var takes time.Duration // by itself, on the real clock
	if request.Do == script.Advance && t.Greeting.Clock == protocol.Real {
		takes = time.Duration(float64(*request.Duration) * t.scale)
	}
	reply, err := t.conversation.ask(request, takes)
	if err != nil {
		return reply, t.breaks(err)
	}
	return reply, nil
}

// breaks notes that the testee cannot be used any more, and why.
func (t *Testee) breaks(cause error) error {
	unavailable := &subject.UnavailableError{Cause: cause}
	if t.process != nil {
		if errors.Is(cause, io.EOF) {
			unavailable.Cause = t.process.death()
		}
		unavailable.Words = strings.TrimSpace(t.process.words.tail())
	}
	t.broken = unavailable
	return unavailable
}

// remoteSubject is one subject of a testee.
type remoteSubject struct {
	testee *Testee
	books  *bookkeeper
	watch  *watch // nil where time is virtual
}

// Do implements subject.Subject.
func (s *remoteSubject) Do(command script.Command) ([]script.Event, error) {
	s.books.command(command)
	reply, err := s.testee.ask(protocol.Request{Command: command})
	if err != nil {
		return nil, err
	}
	for _, event := range reply.Events {
		if err := s.books.event(event); err != nil {
			return reply.Events, s.testee.breaks(fmt.Errorf("after %q the testee reported what cannot be: %w", command, err))
		}
	}
	if reply.Error != "" {
		return reply.Events, &RefusedError{Command: command, Reason: reply.Error}
	}
	switch {
	case s.watch == nil:
		return reply.Events, nil
	case reply.At == nil:
		return reply.Events, s.testee.breaks(fmt.Errorf("the testee's clock is real, and its reply to %q does not say what time it is", command))
	default:
		return reply.Events, s.watch.read(command, *reply.At)
	}
}

// Close implements subject.Subject.
func (s *remoteSubject) Close() error {
	if s.testee.broken != nil {
		return nil // the spec in which it broke has said so
	}
	reply, err := s.testee.ask(protocol.Request{Command: script.Command{Do: protocol.End}})
	if err == nil && reply.Error != "" {
		err = &RefusedError{Command: script.Command{Do: protocol.End}, Reason: reply.Error}
	}
	return err
}

// RefusedError says that a testee answered a command with an error: this spec has failed, the testee goes on.
type RefusedError struct {
	Command script.Command
	Reason  string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the testee answered %q with an error: %s", e.Command, e.Reason)
}
