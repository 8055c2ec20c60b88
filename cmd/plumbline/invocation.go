package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
)

// invocation is one use of a command.
type invocation struct {
	streams
	command   command
	arguments []string
}

// errHelp says that help was asked for and given.
var errHelp = errors.New("help was asked for")

// flags is an empty set of flags for the command.
func (c *invocation) flags() *flag.FlagSet {
	set := flag.NewFlagSet(c.command.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return set
}

// several arguments: one or more.
const several = -1

// parse reads the flags, which may stand before and after the other arguments, and returns those. There have to be as many as wanted says,
// or at least one where that is several.
func (c *invocation) parse(set *flag.FlagSet, wanted int) ([]string, error) {
	var others []string
	for rest := c.arguments; ; {
		switch err := set.Parse(rest); {
		case errors.Is(err, flag.ErrHelp):
			c.help(set)
			return nil, errHelp
		case err != nil:
			return nil, usage("%w (plumbline %s -h lists the flags)", err, c.command.name)
		}
		if set.NArg() == 0 {
			break
		}
		others = append(others, set.Arg(0))
		rest = set.Args()[1:]
	}
	if len(others) != wanted && (wanted != several || len(others) == 0) {
		return nil, usage("usage: plumbline %s %s", c.command.name, c.command.arguments)
	}
	return others, nil
}

func (c *invocation) help(set *flag.FlagSet) {
	fmt.Fprintf(c.out, "usage: plumbline %s %s\n\n%s\n\n", c.command.name, c.command.arguments, c.command.does)
	set.SetOutput(c.out)
	set.PrintDefaults()
}

// printJSON writes a value for machines.
func (c *invocation) printJSON(value any) error {
	encoder := json.NewEncoder(c.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
