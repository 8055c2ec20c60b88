package conformance

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// Testee says how a testee is reached, and what it is held against.
type Testee struct {
	Command    string        // the command line that starts it; empty if there is an Address
	Address    string        // where it listens, or will: host:port, or a path of a unix socket
	Statement  string        // the file of its statement; without one its greeting counts, and no deviation
	Deadline   time.Duration // for one reply but the greeting, which may take a minute; 0 for ever
	Scale      float64       // real milliseconds for each virtual one, for a real clock; 0 for what the statement says
	Transcript string        // a file for every line to and from it; empty for none
	People     io.Writer     // gets what it says on its standard error
}

// reach starts the testee, or waits for it, and returns a check of it, and what ends it. An error means that there is no testee or
// no statement of it: that is no verdict on an implementation.
func reach(t Testee) (*check, func(), error) {
	// The statement first: what is wrong with it needs no testee to be seen.
	var s *statement.Statement
	if t.Statement != "" {
		var err error
		if s, err = statement.Load(t.Statement); err != nil {
			return nil, nil, err
		}
	}
	options := remote.Options{Deadline: t.Deadline, Startup: remote.DefaultStartup, Scale: t.Scale, People: t.People}
	if s != nil {
		options.Scale = cmp.Or(t.Scale, s.Scale)
	}
	end := func() {}
	if t.Transcript != "" {
		file, err := os.Create(t.Transcript)
		if err != nil {
			return nil, nil, fmt.Errorf("write the transcript: %w", err)
		}
		end = func() { _ = file.Close() }
		options.Transcript = file
	}
	testee, err := open(t, options)
	if err != nil {
		end()
		return nil, nil, err
	}
	closeAll := func() { testee.Close(); end() }
	if s, err = declared(testee.Greeting, s); err != nil {
		closeAll()
		return nil, nil, err
	}
	environment := report.Environment{Testee: cmp.Or(t.Command, t.Address), Clock: string(testee.Greeting.Clock)}
	return &check{statement: s, host: testee.Host(), environment: environment}, closeAll, nil
}

func open(t Testee, options remote.Options) (*remote.Testee, error) {
	if t.Address == "" {
		return remote.Start(t.Command, options)
	}
	if t.Deadline == remote.DefaultDeadline {
		options.Deadline = 0 // somebody may be looking at it in a debugger
	}
	fmt.Fprintf(t.People, "waiting for a testee on %s\n", t.Address)
	return remote.Attach(t.Address, 0, options)
}

// MismatchError says that a testee is not what its statement is about.
type MismatchError struct {
	Reason string
}

func (e *MismatchError) Error() string { return e.Reason }

func mismatch(format string, args ...any) error {
	return &MismatchError{fmt.Sprintf(format, args...)}
}

// declared is the statement of a testee, held against its greeting. Without a statement the greeting is one.
func declared(greeting protocol.Greeting, s *statement.Statement) (*statement.Statement, error) {
	if s == nil {
		s, err := statement.Declared(greeting.Implementation, greeting.Version, greeting.Features)
		if err == nil {
			s.Clock = string(greeting.Clock)
		}
		return s, err
	}
	if s.Implementation != greeting.Implementation || s.Version != greeting.Version {
		return nil, mismatch("%s is the statement of %s %s, but the testee is %s %s",
			s.File, s.Implementation, s.Version, greeting.Implementation, greeting.Version)
	}
	if clock := cmp.Or(s.Clock, statement.Virtual); clock != string(greeting.Clock) {
		return nil, mismatch("%s declares a %s clock, but the testee's is %s", s.File, clock, greeting.Clock)
	}
	for _, feature := range greeting.Features {
		if !s.Has(feature) {
			return nil, mismatch("the testee declares the feature %s, %s does not", feature, s.File)
		}
	}
	for _, feature := range s.Features {
		if len(greeting.Features) > 0 && !slices.Contains(greeting.Features, feature) {
			return nil, mismatch("%s declares the feature %s, the testee does not", s.File, feature)
		}
	}
	return s, nil
}
