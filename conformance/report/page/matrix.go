package page

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/sequence"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// The page, as its template has it.
type (
	matrix struct {
		Columns  []*column
		Sections []*section
		Chapters []string
		Levels   []requirement.Level
		Verdicts []verdict // that occur, and pass and fail
		Rows     int
	}
	// column is one report.
	column struct {
		*report.Report
		Number int
		Title  string // unlike that of any other column
		Anchor string // the title as it stands in addresses, so that a link does not depend on who stands beside it
	}
	// section is a section of the specification.
	section struct {
		Chapter, Title string
		Rows           []*line
	}
	// line is one requirement.
	line struct {
		ID, Chapter, Section, Sentence string
		Level                          requirement.Level
		Clause                         *requirement.Requirement // nil where this program's specification does not have that clause
		Specs                          []string
		Cells                          []cell
		Findings                       []finding
		Groups                         []*group
	}
	cell struct {
		verdict
		Href string
	}
	// finding is a result of one implementation that has something to show.
	finding struct {
		verdict
		Anchor string
		Column *column
		Reason string
		Shown  []shown
	}
	// shown is one spec that failed.
	shown struct {
		report.Spec
		Traces []drawn
	}
	drawn struct {
		Diagram  template.HTML
		Timeline string
	}
	// group is the implementations with the same verdict for the same reason, and nothing else to show.
	group struct {
		verdict
		Reason  string
		Columns []*column
	}
	verdict struct {
		Name  report.Verdict
		Class string
		Sign  string // in a cell of the table, where it is read out by its name
	}
)

// absent is shown where a report does not know the requirement.
var absent = verdict{"not in that report", "absent", ""}

var signs = map[report.Verdict]string{
	report.Pass: "✓", report.Fail: "✗", report.KnownDeviation: "≠", report.UnexpectedPass: "!", report.NotApplicable: "–",
	report.CouldNotRun: "?", report.NotSelected: "·",
}

// class is the class of CSS of a verdict, which says how it looks.
func class(text string) string { return strings.ReplaceAll(text, " ", "-") }

// show is a verdict for the template.
func show(v report.Verdict) verdict {
	return verdict{v, class(string(v)), signs[v]}
}

// newMatrix lays the reports side by side. The requirements are those of all reports: in the order of the one of the newest
// specification, then what only others have, at the end of its section.
func newMatrix(reports []*report.Report, specification *requirement.Specification) (*matrix, error) {
	m := &matrix{Columns: columns(reports)}
	byID := map[string]*line{}
	newest := slices.Clone(m.Columns)
	slices.SortStableFunc(newest, func(a, b *column) int { return compareVersions(b.Specification, a.Specification) })
	for _, c := range newest {
		for _, result := range c.Results {
			if byID[result.Requirement] == nil {
				byID[result.Requirement] = m.add(result, specification, len(m.Columns))
			}
			if err := byID[result.Requirement].fill(c, result); err != nil {
				return nil, err
			}
		}
	}
	for _, section := range m.Sections {
		for _, line := range section.Rows {
			line.settle()
		}
	}
	m.Levels = []requirement.Level{requirement.Must, requirement.Should, requirement.May}
	for _, v := range report.Verdicts() {
		occurs := func(c *column) bool { return c.Count("", "", v) > 0 }
		if v == report.Pass || v == report.Fail || slices.ContainsFunc(m.Columns, occurs) {
			m.Verdicts = append(m.Verdicts, show(v))
		}
	}
	return m, nil
}

// columns names the reports so that no two have the same title.
func columns(reports []*report.Report) []*column {
	var all []*column
	titles, anchors := map[string]int{}, map[string]int{}
	for number, r := range reports {
		c := &column{Report: r, Number: number, Title: r.Implementation + " " + r.Version}
		c.Anchor = strings.Map(inAddress, c.Title)
		if titles[c.Title]++; titles[c.Title] > 1 {
			c.Title += " (" + strconv.Itoa(titles[c.Title]) + ")"
		}
		if anchors[c.Anchor]++; anchors[c.Anchor] > 1 {
			c.Anchor += "_" + strconv.Itoa(anchors[c.Anchor])
		}
		all = append(all, c)
	}
	return all
}

// inAddress is a letter as it may stand in the fragment of an address: what would have to be escaped there is a hyphen.
func inAddress(letter rune) rune {
	switch {
	case 'a' <= letter && letter <= 'z', 'A' <= letter && letter <= 'Z', '0' <= letter && letter <= '9', letter == '.', letter == '-':
		return letter
	default:
		return '-'
	}
}

// add makes the line of a requirement.
func (m *matrix) add(result report.Result, specification *requirement.Specification, columns int) *line {
	l := &line{
		ID: result.Requirement, Chapter: result.Chapter, Section: result.Section, Sentence: result.Sentence, Level: result.Level,
		Cells: make([]cell, columns),
	}
	for index := range l.Cells {
		l.Cells[index] = cell{verdict: absent}
	}
	if clause, known := specification.Lookup(l.ID); known && clause.Sentence == l.Sentence {
		l.Clause = &clause
	}
	if !slices.Contains(m.Chapters, l.Chapter) {
		m.Chapters = append(m.Chapters, l.Chapter)
	}
	index := slices.IndexFunc(m.Sections, func(s *section) bool { return s.Chapter == l.Chapter && s.Title == l.Section })
	if index < 0 {
		index = len(m.Sections)
		m.Sections = append(m.Sections, &section{Chapter: l.Chapter, Title: l.Section})
	}
	m.Sections[index].Rows = append(m.Sections[index].Rows, l)
	m.Rows++
	return l
}

// fill enters a result.
func (l *line) fill(c *column, result report.Result) error {
	v, anchor := show(result.Verdict), "r-"+l.ID
	var specs []shown
	for _, spec := range result.Specs {
		if !slices.Contains(l.Specs, spec.Text) {
			l.Specs = append(l.Specs, spec.Text)
		}
		if spec.Failure == nil {
			continue
		}
		one := shown{Spec: spec}
		for _, trace := range spec.Failure.Trace {
			diagram, err := sequence.SVG(trace.Steps)
			if err != nil {
				return err
			}
			one.Traces = append(one.Traces, drawn{diagram, trace.Timeline})
		}
		specs = append(specs, one)
	}
	if len(specs) > 0 {
		anchor = "f-" + l.ID + "-" + c.Anchor
		l.Findings = append(l.Findings, finding{v, anchor, c, result.Reason, specs})
	} else {
		same := slices.IndexFunc(l.Groups, func(g *group) bool { return g.verdict == v && g.Reason == result.Reason })
		if same < 0 {
			same = len(l.Groups)
			l.Groups = append(l.Groups, &group{verdict: v, Reason: result.Reason})
		}
		l.Groups[same].Columns = append(l.Groups[same].Columns, c)
	}
	l.Cells[c.Number] = cell{v, "#" + anchor}
	return nil
}

// settle puts what was entered in the order of the columns.
func (l *line) settle() {
	slices.SortFunc(l.Findings, func(a, b finding) int { return a.Column.Number - b.Column.Number })
	for _, g := range l.Groups {
		slices.SortFunc(g.Columns, func(a, b *column) int { return a.Number - b.Number })
	}
	slices.SortFunc(l.Groups, func(a, b *group) int { return a.Columns[0].Number - b.Columns[0].Number })
	slices.Sort(l.Specs)
}

// compareVersions compares MAJOR.MINOR.PATCH by numbers.
func compareVersions(a, b string) int {
	numbers := func(text string) []int {
		var all []int
		for part := range strings.SplitSeq(text, ".") {
			number, _ := strconv.Atoi(part)
			all = append(all, number)
		}
		return all
	}
	return cmp.Or(slices.Compare(numbers(a), numbers(b)), strings.Compare(a, b))
}
