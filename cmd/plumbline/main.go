// Command plumbline answers questions about the specification from the copy that it carries: no checkout, no network.
//
//	plumbline list               every requirement, with its level and the features that it depends on
//	plumbline explain ID         one requirement: its sentence, intent, decision and sources
//
// It exits with 3 on a usage that it does not understand.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// usageExit is the exit code for a command line that makes no sense.
const usageExit = 3

var errUsage = errors.New("usage: plumbline list | plumbline explain ID")

func main() {
	if err := run(os.Args[1:], os.Stdout, requirement.Current()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(usageExit)
	}
}

func run(arguments []string, out io.Writer, specification *requirement.Specification) error {
	switch {
	case len(arguments) == 1 && arguments[0] == "list":
		list(out, specification)
		return nil
	case len(arguments) == 2 && arguments[0] == "explain":
		r, known := specification.Lookup(arguments[1])
		if !known {
			return fmt.Errorf("there is no requirement %q (plumbline list shows all)", arguments[1])
		}
		explain(out, specification, r)
		return nil
	default:
		return errUsage
	}
}

func list(out io.Writer, specification *requirement.Specification) {
	for _, r := range specification.Requirements {
		fmt.Fprintf(out, "%-10s %-10s %-48s %s\n", r.Chapter, r.Level, r.ID, strings.Join(r.Features, ", "))
	}
}

func explain(out io.Writer, specification *requirement.Specification, r requirement.Requirement) {
	fmt.Fprintf(out, "%s (%s, %s: %s, specification %s)\n\n  %s\n\n", r.ID, r.Level, r.Chapter, r.Section, specification.Version, r.Sentence)
	if len(r.Features) > 0 {
		fmt.Fprintf(out, "Applies to implementations that declare: %s\n", strings.Join(r.Features, ", "))
	}
	if r.Intent != "" {
		fmt.Fprintf(out, "Intent: %s\n", r.Intent)
	}
	if r.Decision != "" {
		fmt.Fprintf(out, "Decision: %s\n", r.Decision)
	}
	fmt.Fprintf(out, "Source: %s\n", strings.Join(r.Sources, "; "))
}
