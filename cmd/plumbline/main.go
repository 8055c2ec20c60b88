// Command plumbline checks service stacks against the specification, and answers questions about it from the copy that it
// carries: no Go, no checkout, no network.
//
//	plumbline run        checks a testee and gives a verdict
//	plumbline list       lists the requirements
//	plumbline explain    explains one requirement
//	plumbline replay     replays a trace against a testee
//	plumbline diff       compares two reports
//	plumbline verify     tells whether a report is as it was written
//	plumbline report     shows reports on one page of HTML
//	plumbline summary    writes a report as Markdown, or as annotations
//	plumbline badge      shows a report's verdict as a badge
//	plumbline init       writes a starting adapter, statement and CI script
//	plumbline schema     prints a JSON Schema: of reports, statements, traces or the protocol
//	plumbline version    tells the versions of the specification, the suite and Go
//
// plumbline help COMMAND lists the flags of a command, as plumbline COMMAND -h does. It exits with 0 if what was checked conforms, with 1 if it does not, with 2 if
// there is no verdict, because something could not run or be read, and with 3 on a usage that it does not understand.
//
// Each command stands in a file of its own. What may not enter: how anything is checked or judged, which is conformance and the packages
// below it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// The exit codes.
const (
	conforms      = 0
	doesNot       = 1 // conform
	couldNotRun   = 2
	notUnderstood = 3
)

// streams are where a command reads from and writes to.
type streams struct {
	out io.Writer // what was asked for
	err io.Writer // everything else
}

// command is one of the program's commands.
type command struct {
	name      string
	arguments string // in the usage
	does      string // in a sentence
	// run carries the command out and returns the exit code. An error is printed, and its kind decides about the exit code.
	run func(c *invocation) (int, error)
}

// commands lists the commands in the order in which the help has them. It is a function because the commands' own code refers to it.
func commands() []command {
	return []command{
		runCommand, listCommand, explainCommand, replayCommand, diffCommand, verifyCommand, reportCommand, summaryCommand, badgeCommand, initCommand, schemaCommand,
		versionCommand,
	}
}

func main() {
	os.Exit(execute(os.Args[1:], streams{os.Stdout, os.Stderr}))
}

// execute carries out a command line and returns the exit code.
func execute(arguments []string, s streams) int {
	if len(arguments) == 0 {
		help(s.err)
		return notUnderstood
	}
	switch arguments[0] {
	case "help", "-h", "-help", "--help":
		if len(arguments) == 1 {
			help(s.out)
			return conforms
		}
		arguments = []string{arguments[1], "-h"}
	case "-version", "--version":
		arguments = append([]string{versionCommand.name}, arguments[1:]...)
	}
	for _, c := range commands() {
		if c.name == arguments[0] {
			return c.execute(arguments[1:], s)
		}
	}
	fmt.Fprintf(s.err, "plumbline: there is no command %q; plumbline help lists them\n", arguments[0])
	return notUnderstood
}

func help(out io.Writer) {
	fmt.Fprintln(out, "plumbline checks service stacks against the Plumbline specification.")
	fmt.Fprintln(out)
	for _, c := range commands() {
		fmt.Fprintf(out, "  plumbline %-38s %s\n", c.name+" "+c.arguments, c.does)
	}
	fmt.Fprintln(out, "\nplumbline help COMMAND lists the flags of a command.")
	fmt.Fprintln(out, "Exit codes: 0 conforms, 1 does not, 2 could not run, 3 usage.")
}

// usageError says that a command line, or a file that its author typed, makes no sense.
type usageError struct{ cause error }

func (e *usageError) Error() string { return e.cause.Error() }

// Unwrap returns the cause.
func (e *usageError) Unwrap() error { return e.cause }

func usage(format string, arguments ...any) error {
	return &usageError{fmt.Errorf(format, arguments...)}
}

// exitCode tells the authors' own mistakes from everything else that prevents a verdict.
func exitCode(err error) int {
	var own *usageError
	var declared *statement.Error
	var selected *conformance.SelectionError
	var mismatch *conformance.MismatchError
	switch {
	case errors.As(err, &own), errors.As(err, &declared), errors.As(err, &selected), errors.As(err, &mismatch),
		errors.Is(err, conformance.ErrNothingSelected):
		return notUnderstood
	default:
		return couldNotRun
	}
}

func (c command) execute(arguments []string, s streams) int {
	code, err := c.run(&invocation{command: c, arguments: arguments, streams: s})
	if errors.Is(err, errHelp) {
		return conforms
	}
	if err != nil {
		fmt.Fprintf(s.err, "plumbline %s: %s\n", c.name, strings.TrimRight(err.Error(), "\n"))
		return exitCode(err)
	}
	return code
}
