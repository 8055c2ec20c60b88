package main

import (
	"fmt"
	"strings"
)

// stale lists the results that a page's table of results does not have: a line with the implementation, its version, and
// how many requirements it passes, deviates from and is not concerned by. A page that nobody checks is out of date after a month.
func stale(page string, results []result) []string {
	lines := map[string]bool{}
	for line := range strings.SplitSeq(page, "\n") {
		lines[squeezed(line)] = true
	}
	var missing []string
	for _, r := range results {
		if r.report == nil {
			continue
		}
		row := r.row()
		line := fmt.Sprintf("| %s | %s | %s | %s | %s |", row[0], row[1], row[2], row[3], row[5])
		if !lines[line] {
			missing = append(missing, line)
		}
	}
	return missing
}

// squeezed is a line of a table without the white space that aligns it.
func squeezed(line string) string { return strings.Join(strings.Fields(line), " ") }
