package main

import (
	"fmt"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

var verifyCommand = command{
	name: "verify", arguments: "REPORT",
	does: "Recomputes a report's verdicts, totals, digest and seal, and tells whether it is as it was written. Exits with 1 if not.",
	run:  verify,
}

func verify(c *invocation) (int, error) {
	arguments, err := c.parse(c.flags(), 1)
	if err != nil {
		return 0, err
	}
	r, err := report.Read(arguments[0])
	if err != nil {
		return 0, err
	}
	if err := r.Verify(requirement.Current()); err != nil {
		fmt.Fprintf(c.out, "%s: %v\n", arguments[0], err)
		return doesNot, nil
	}
	fmt.Fprintf(c.out, "%s %s: %s\n%s\n", r.Implementation, r.Version, r.Conclusion(), r.Digest)
	if r.Specification != requirement.Current().Version {
		fmt.Fprintf(c.out, "It is about specification %s, which this program (%s) does not have: its requirements were not looked at.\n",
			r.Specification, requirement.Current().Version)
	}
	return conforms, nil
}
