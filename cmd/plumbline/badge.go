package main

import (
	"fmt"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/badge"
)

var badgeCommand = command{
	name: "badge", arguments: "[-json] REPORT",
	does: "Shows a report's verdict as an SVG badge, or as the JSON of a shields.io endpoint badge.",
	run:  showBadge,
}

func showBadge(c *invocation) (int, error) {
	set := c.flags()
	asJSON := set.Bool("json", false, "print the JSON of an endpoint badge")
	arguments, err := c.parse(set, 1)
	if err != nil {
		return 0, err
	}
	r, err := report.Read(arguments[0])
	if err != nil {
		return 0, err
	}
	b := badge.Of(r)
	if *asJSON {
		text, err := b.Endpoint()
		if err != nil {
			return 0, err
		}
		_, err = c.out.Write(text)
		return conforms, err
	}
	svg, err := b.SVG()
	if err != nil {
		return 0, err
	}
	_, err = fmt.Fprint(c.out, svg)
	return conforms, err
}
