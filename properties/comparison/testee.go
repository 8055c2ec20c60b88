package comparison

import (
	"fmt"
	"io"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// Testee compares the program that a command line starts, holds it against the properties, and keeps what nothing explains. The file is its statement; without one its
// greeting counts. people gets what the program tells people. An error means that there is no comparison.
//
// A testee on the machine's clock is compared by a fifth of the scripts, in which time is moved a few times by less than half a second: see
// properties.Audience.
func Testee(commandLine, file string, o Options, people io.Writer) (Row, error) {
	var s *statement.Statement
	if file != "" {
		var err error
		if s, err = statement.Load(file); err != nil {
			return Row{}, err
		}
	}
	options := remote.Options{Deadline: remote.DefaultDeadline, Startup: remote.DefaultStartup, People: people}
	if s != nil {
		options.Scale = s.Scale
	}
	testee, err := remote.Start(commandLine, options)
	if err != nil {
		return Row{}, err
	}
	defer testee.Close()
	if s == nil {
		if s, err = statement.Declared(testee.Greeting.Implementation, testee.Greeting.Version, testee.Greeting.Features); err != nil {
			return Row{}, err
		}
	}
	row := Row{Name: s.Implementation, Version: s.Version, Testee: commandLine, Scale: s.Scale}
	s.Clock = string(testee.Greeting.Clock)
	if row.Kinds, err = Compare(testee.Host(), s, o); err != nil {
		return row, fmt.Errorf("%s: %w", s.Implementation, err)
	}
	if row.Held, err = Hold(testee.Host(), s, o); err != nil {
		return row, fmt.Errorf("%s: %w", s.Implementation, err)
	}
	return row, row.Keep(o.Traces)
}
