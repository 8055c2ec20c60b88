package conformance

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// reach starts the testee that the flags name, or waits for it, and returns what it declares and how it is driven. The test
// ends here if there is no testee: that is no verdict on an implementation.
func reach(t *testing.T) (*statement.Statement, subject.Host, report.Environment) {
	t.Helper()
	options := remote.Options{Deadline: *deadline, Scale: *scale, People: os.Stderr}
	if *transcriptFile != "" {
		file, err := os.Create(*transcriptFile)
		if err != nil {
			t.Fatal("could not run: ", err)
		}
		t.Cleanup(func() { _ = file.Close() })
		options.Transcript = file
	}
	testee, err := open(options)
	if err != nil {
		t.Fatal("could not run: ", err)
	}
	t.Cleanup(testee.Close)
	s, err := declared(testee.Greeting, *statementFile)
	if err != nil {
		t.Fatal("could not run: ", err)
	}
	return s, testee.Host(), report.Environment{Testee: cmp.Or(*testeeCommand, *attachTo), Clock: string(testee.Greeting.Clock)}
}

func open(options remote.Options) (*remote.Testee, error) {
	if *attachTo == "" {
		return remote.Start(*testeeCommand, options)
	}
	if *deadline == remote.DefaultDeadline {
		options.Deadline = 0 // somebody may be looking at it in a debugger
	}
	fmt.Fprintf(os.Stderr, "waiting for a testee on %s\n", *attachTo)
	return remote.Attach(*attachTo, 0, options)
}

// declared is the statement of a testee: its file if there is one, held against its greeting.
func declared(greeting protocol.Greeting, file string) (*statement.Statement, error) {
	if file == "" {
		s, err := statement.Declared(greeting.Implementation, greeting.Version, greeting.Features)
		if err == nil {
			s.Clock = string(greeting.Clock)
		}
		return s, err
	}
	s, err := statement.Load(file)
	if err != nil {
		return nil, err
	}
	if s.Implementation != greeting.Implementation || s.Version != greeting.Version {
		return nil, fmt.Errorf("%s is the statement of %s %s, but the testee is %s %s",
			file, s.Implementation, s.Version, greeting.Implementation, greeting.Version)
	}
	if clock := cmp.Or(s.Clock, statement.Virtual); clock != string(greeting.Clock) {
		return nil, fmt.Errorf("%s declares a %s clock, but the testee's is %s", file, clock, greeting.Clock)
	}
	for _, feature := range greeting.Features {
		if !s.Has(feature) {
			return nil, fmt.Errorf("the testee declares the feature %s, %s does not", feature, file)
		}
	}
	for _, feature := range s.Features {
		if len(greeting.Features) > 0 && !slices.Contains(greeting.Features, feature) {
			return nil, fmt.Errorf("%s declares the feature %s, the testee does not", file, feature)
		}
	}
	return s, nil
}
