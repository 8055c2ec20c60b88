package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/sequence"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

var (
	//go:embed page.html.tmpl
	source string
	//go:embed page.css
	style string
	//go:embed page.js
	behaviour string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"behaviour": func() template.JS { return template.JS(behaviour) },
	"style":     func() template.CSS { return template.CSS(style + sequence.Style) },
	"policy":    policy,
	"numbers":   numbers,
	"binding":   requirement.Level.Binding,
	"join":      strings.Join,
	"overall":   func(o report.Overall) string { return class(string(o)) },
	"prose":     prose,
	"plus":      func(a, b int) int { return a + b },
}).Parse(source))

// policy is the content security policy of the page: nothing is loaded, and no script runs but its own.
func policy() string {
	hash := sha256.Sum256([]byte(behaviour))
	return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
}

// prose is a text of CONFORMANCE.md, in which names stand between backticks.
func prose(text string) template.HTML {
	var out strings.Builder
	for index, part := range strings.Split(text, "`") {
		if index%2 == 1 {
			out.WriteString("<code>" + template.HTMLEscapeString(part) + "</code>")
		} else {
			out.WriteString(template.HTMLEscapeString(part))
		}
	}
	return template.HTML(out.String()) // escaped above
}

// numbers lists the columns' numbers, for page.js.
func numbers(columns []*column) string {
	var all []string
	for _, c := range columns {
		all = append(all, strconv.Itoa(c.Number))
	}
	return strings.Join(all, " ")
}

// ErrNoReport says that there is nothing to show.
var ErrNoReport = errors.New("there is no report to show")

// Write writes the page with a column for each report, in their order. The specification adds the clauses' intents, decisions and sources, where it
// has the very clause that a report has. Each report is verified first: a page with verdicts that somebody edited is worse than none.
// An error from that satisfies errors.Is(err, report.ErrAltered).
func Write(out io.Writer, reports []*report.Report, specification *requirement.Specification) error {
	if len(reports) == 0 {
		return ErrNoReport
	}
	for _, r := range reports {
		if err := r.Verify(specification); err != nil {
			return fmt.Errorf("%s %s: %w", r.Implementation, r.Version, err)
		}
	}
	m, err := newMatrix(slices.Clone(reports), specification)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := page.Execute(&text, m); err != nil {
		return fmt.Errorf("fill the page: %w", err)
	}
	_, err = text.WriteTo(out)
	return err
}
