package main

import (
	"fmt"
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

var diffCommand = command{
	name: "diff", arguments: "OLD NEW",
	does: "Compares two reports by requirement: what broke, what is fixed, what is new. Exits with 1 if something broke.",
	run:  diff,
}

func diff(c *invocation) (int, error) {
	set := c.flags()
	asJSON := set.Bool("json", false, "print JSON")
	arguments, err := c.parse(set, 2)
	if err != nil {
		return 0, err
	}
	before, err := report.Read(arguments[0])
	if err != nil {
		return 0, err
	}
	after, err := report.Read(arguments[1])
	if err != nil {
		return 0, err
	}
	changes := report.Diff(before, after)
	if *asJSON {
		err = c.printJSON(append([]report.Change{}, changes...))
	} else {
		fmt.Fprintf(c.out, "%s %s, then %s %s\n", before.Implementation, before.Version, after.Implementation, after.Version)
		report.PrintDiff(c.out, changes)
	}
	if slices.ContainsFunc(changes, report.Change.Bad) {
		return doesNot, err
	}
	return conforms, err
}
