package main

import (
	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/summary"
)

var summaryCommand = command{
	name: "summary", arguments: "[-annotations [-statement FILE]] REPORT",
	does: "Writes a report as Markdown, or as annotations of a GitHub workflow.",
	run:  summarise,
}

func summarise(c *invocation) (int, error) {
	set := c.flags()
	annotations := set.Bool("annotations", false, "write annotations in place of Markdown")
	statement := set.String("statement", "", "the `file` of the statement, from the root of the repository, for annotations about it")
	arguments, err := c.parse(set, 1)
	if err != nil {
		return 0, err
	}
	if *statement != "" && !*annotations {
		return 0, usage("-statement is for -annotations")
	}
	r, err := report.Read(arguments[0])
	if err != nil {
		return 0, err
	}
	if *annotations {
		return conforms, summary.Annotations(c.out, r, *statement)
	}
	return conforms, summary.Markdown(c.out, r)
}
