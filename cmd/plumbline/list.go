package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

var listCommand = command{
	name: "list", arguments: "[-chapter C] [-level L] [-feature F]",
	does: "Lists the requirements, with their chapters, levels and features.",
	run:  list,
}

// listed is a requirement as list -json prints it.
type listed struct {
	ID       string   `json:"id"`
	Chapter  string   `json:"chapter"`
	Section  string   `json:"section"`
	Level    string   `json:"level"`
	Sentence string   `json:"sentence"`
	Features []string `json:"features"`
}

func list(c *invocation) (int, error) {
	set := c.flags()
	chapter := set.String("chapter", "", "only those of this `chapter`")
	level := set.String("level", "", "only those of this `level`: MUST, SHOULD or MAY, each with its negation")
	feature := set.String("feature", "", "only those that depend on this `feature`")
	asJSON := set.Bool("json", false, "print JSON")
	if _, err := c.parse(set, 0); err != nil {
		return 0, err
	}
	specification := requirement.Current()
	switch {
	case *feature != "" && !specification.HasFeature(*feature):
		return 0, usage("there is no feature %q", *feature)
	case *level != "" && !slices.ContainsFunc(levels, func(known string) bool { return strings.EqualFold(known, *level) }):
		return 0, usage("there is no level %q; there are %s", *level, strings.Join(levels, ", "))
	}
	if _, err := labelFilter(specification, *chapter, ""); err != nil {
		return 0, err
	}
	found := []listed{}
	for _, r := range specification.Requirements {
		if (*chapter == "" || strings.EqualFold(r.Chapter, *chapter)) &&
			(*level == "" || strings.EqualFold(string(r.Level.Binding()), *level)) &&
			(*feature == "" || slices.Contains(r.Features, *feature)) {
			found = append(found, listed{r.ID, r.Chapter, r.Section, string(r.Level), r.Sentence, append([]string{}, r.Features...)})
		}
	}
	if *asJSON {
		return conforms, c.printJSON(found)
	}
	for _, r := range found {
		fmt.Fprintln(c.out, strings.TrimRight(fmt.Sprintf("%-10s %-10s %-52s %s", r.Chapter, r.Level, r.ID, strings.Join(r.Features, ", ")), " "))
	}
	return conforms, nil
}
