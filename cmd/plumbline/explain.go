package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/implementations/index"
)

var explainCommand = command{
	name: "explain", arguments: "ID",
	does: "Explains a requirement: the clause, why, its specs, the faults they catch, who deviates.",
	run:  explain,
}

// explanation is all that is known about one requirement.
type explanation struct {
	ID            string      `json:"id"`
	Specification string      `json:"specification"`
	Chapter       string      `json:"chapter"`
	Section       string      `json:"section"`
	Level         string      `json:"level"`
	Sentence      string      `json:"sentence"`
	Features      []string    `json:"features"`
	Intent        string      `json:"intent,omitempty"`
	Decision      string      `json:"decision,omitempty"`
	Sources       []string    `json:"sources"`
	Specs         []string    `json:"specs"`
	Faults        []fault     `json:"faults"`
	Deviations    []deviation `json:"deviations"`
}

// fault is a deliberate defect that the specs of the requirement catch.
type fault struct {
	Name string `json:"name"`
	Does string `json:"does"`
}

// deviation is how a real implementation differs.
type deviation struct {
	Implementation string `json:"implementation"`
	Version        string `json:"version"`
	Observed       string `json:"observed"`
	Reason         string `json:"reason"`
	Link           string `json:"link,omitempty"`
}

func explain(c *invocation) (int, error) {
	set := c.flags()
	asJSON := set.Bool("json", false, "print JSON")
	arguments, err := c.parse(set, 1)
	if err != nil {
		return 0, err
	}
	specification := requirement.Current()
	r, known := specification.Lookup(arguments[0])
	if !known {
		return 0, usage("there is no requirement %q%s (plumbline list shows all)", arguments[0], alike(specification, arguments[0]))
	}
	e := everything(specification, r)
	if *asJSON {
		return conforms, c.printJSON(e)
	}
	e.print(c.out)
	return conforms, nil
}

func everything(specification *requirement.Specification, r requirement.Requirement) explanation {
	e := explanation{
		ID: r.ID, Specification: specification.Version, Chapter: r.Chapter, Section: r.Section, Level: string(r.Level), Sentence: r.Sentence,
		Features: append([]string{}, r.Features...), Intent: r.Intent, Decision: r.Decision, Sources: r.Sources,
		Specs: specsOf(r.ID), Faults: []fault{}, Deviations: []deviation{},
	}
	for _, f := range breakable.Faults() {
		if f.Requirement == r.ID {
			e.Faults = append(e.Faults, fault{f.Name, f.Does})
		}
	}
	for _, d := range index.From(r.ID) {
		e.Deviations = append(e.Deviations, deviation{d.Name, d.Version, d.Deviation.Describe(), d.Deviation.Reason, d.Deviation.Link})
	}
	return e
}

// specsOf lists the texts of the specs that check a requirement.
func specsOf(id string) []string {
	conformance.Specs()
	var texts []string
	for _, spec := range ginkgo.PreviewSpecs("explain").SpecReports {
		if r, is := vocabulary.Checked(spec.Labels()); is && r.ID == id {
			texts = append(texts, spec.FullText())
		}
	}
	return texts
}

func (e explanation) print(out io.Writer) {
	fmt.Fprintf(out, "%s (%s, %s: %s, specification %s)\n\n  %s\n\n", e.ID, e.Level, e.Chapter, e.Section, e.Specification, e.Sentence)
	if len(e.Features) > 0 {
		fmt.Fprintf(out, "Applies to implementations that declare: %s\n", strings.Join(e.Features, ", "))
	}
	if e.Intent != "" {
		fmt.Fprintf(out, "Intent: %s\n", e.Intent)
	}
	if e.Decision != "" {
		fmt.Fprintf(out, "Decision: %s\n", e.Decision)
	}
	fmt.Fprintf(out, "Source: %s\n", strings.Join(e.Sources, "; "))
	section(out, "Checked by", e.Specs)
	var faults, deviations []string
	for _, f := range e.Faults {
		faults = append(faults, f.Name+": "+f.Does)
	}
	for _, d := range e.Deviations {
		deviations = append(deviations, fmt.Sprintf("%s %s: %s (%s)", d.Implementation, d.Version, strings.TrimSuffix(d.Observed, "."), strings.TrimSuffix(d.Reason, ".")))
	}
	section(out, "Faults that its specs catch", faults)
	section(out, "Real implementations that deviate", deviations)
}

func section(out io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s:\n", title)
	for _, line := range lines {
		fmt.Fprintf(out, "  %s\n", line)
	}
}

// alike is a hint at requirements of the same topic, or of the same words.
func alike(specification *requirement.Specification, id string) string {
	var found []string
	topic, slug, _ := strings.Cut(id, ".")
	for _, r := range specification.Requirements {
		itsTopic, itsSlug, _ := strings.Cut(r.ID, ".")
		if itsSlug == slug || (itsTopic == topic && sharedPrefix(itsSlug, slug) >= 4) {
			found = append(found, r.ID)
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return "; is one of these meant: " + strings.Join(found[:min(3, len(found))], ", ")
}

func sharedPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
