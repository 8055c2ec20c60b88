package comparison

import (
	"cmp"
	"fmt"
	"io"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Testee compares the program that a command line starts, holds it against the properties, and keeps what nothing explains. The file is its statement; without one its
// greeting counts. people gets what the program tells people. An error means that there is no comparison.
//
// A testee on the machine's clock is compared by a fifth of the scripts, in which time is moved a few times by less than half a second: see
// properties.Audience. Where the machine is too busy for a script again and again, the rest of them run at a larger scale.
func Testee(commandLine, file string, o Options, people io.Writer) (row Row, err error) {
	var s *statement.Statement
	if file != "" {
		if s, err = statement.Load(file); err != nil {
			return Row{}, err
		}
	}
	p := &program{commandLine: commandLine, people: people}
	if s != nil {
		p.scale = s.Scale
	}
	if err := p.start(); err != nil {
		return Row{}, err
	}
	defer p.close()
	greeting := p.testee.Greeting
	if s == nil {
		if s, err = statement.Declared(greeting.Implementation, greeting.Version, greeting.Features); err != nil {
			return Row{}, err
		}
	}
	s.Clock = string(greeting.Clock)
	if greeting.Clock == protocol.Real {
		o.Slower = p.slower
	}
	row = Row{Name: s.Implementation, Version: s.Version, Testee: commandLine}
	defer func() { row.Scale, row.Slowed = p.scale, p.slowed > 0 }()
	if row.Kinds, err = Compare(p.begin, s, o); err != nil {
		return row, fmt.Errorf("%s: %w", s.Implementation, err)
	}
	if row.Held, err = Hold(p.begin, s, o); err != nil {
		return row, fmt.Errorf("%s: %w", s.Implementation, err)
	}
	return row, row.Keep(o.Traces)
}

// program is a testee that is started again where its clock is to be slower.
type program struct {
	commandLine string
	people      io.Writer
	scale       float64 // 0: the default
	slowed      int     // how often
	testee      *remote.Testee
	err         error // why there is none
}

func (p *program) start() error {
	options := remote.Options{Deadline: remote.DefaultDeadline, Startup: remote.DefaultStartup, Scale: p.scale, People: p.people}
	p.testee, p.err = remote.Start(p.commandLine, options)
	return p.err
}

func (p *program) close() {
	if p.testee != nil {
		p.testee.Close()
	}
}

// begin makes a subject. It is a subject.Host.
func (p *program) begin() (subject.Subject, error) {
	if p.err != nil {
		return nil, p.err
	}
	return p.testee.Host()()
}

// slower has the testee begin again where its clock is slower. It tells people, for a comparison takes as much longer.
func (p *program) slower() bool {
	if p.slowed == remote.Slowings {
		return false
	}
	p.close()
	p.slowed++
	p.scale = cmp.Or(p.scale, remote.DefaultScale) * remote.Slowing
	fmt.Fprintf(p.people, "the machine is too busy, so from here on a virtual millisecond lasts %v real ones\n", p.scale)
	if p.start() != nil {
		fmt.Fprintln(p.people, p.err)
	}
	return true
}
