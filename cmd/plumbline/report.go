package main

import (
	"fmt"
	"os"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/page"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

var reportCommand = command{
	name: "report", arguments: "[-output FILE] REPORT...",
	does: "Shows reports side by side on one page of HTML, which needs nothing else.",
	run:  showReports,
}

func showReports(c *invocation) (int, error) {
	set := c.flags()
	output := set.String("output", "report.html", "the `file` to write")
	files, err := c.parse(set, several)
	if err != nil {
		return 0, err
	}
	var reports []*report.Report
	for _, file := range files {
		r, err := report.Read(file)
		if err != nil {
			return 0, err
		}
		reports = append(reports, r)
	}
	file, err := os.Create(*output)
	if err != nil {
		return 0, err
	}
	if err := page.Write(file, reports, requirement.Current()); err != nil {
		_ = file.Close()
		_ = os.Remove(*output)
		return 0, err
	}
	if err := file.Close(); err != nil {
		return 0, err
	}
	fmt.Fprintln(c.out, "wrote", *output)
	return conforms, nil
}
