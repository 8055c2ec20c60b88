// Package badge shows the verdict of a report in one line: as SVG, and as the JSON that an endpoint badge of shields.io reads.
//
// What may not enter: a verdict that is not in a report.
package badge

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// label stands to the left.
const label = "plumbline"

// Badge is what a badge says. Its JSON is shields.io's endpoint form, version 1.
type Badge struct {
	Version int    `json:"schemaVersion"`
	Label   string `json:"label"`
	Message string `json:"message"`
	Colour  string `json:"color"`             // white text on it has the contrast that WCAG 2.2 asks for (4.5)
	Error   bool   `json:"isError,omitempty"` // whoever shows the badge cannot give it another colour
}

// Of makes the badge of a report.
func Of(r *report.Report) Badge {
	b := Badge{Version: 1, Label: label}
	holds := fmt.Sprintf("%d hold", r.Count("", "", report.Pass))
	switch r.Verdict {
	case report.Conforms:
		b.Message, b.Colour = "conforms, "+holds, "#1d7a3e"
	case report.ConformsWithDeviations:
		b.Message, b.Colour = "conforms with deviations, "+holds, "#5b7300"
	case report.Partial:
		b.Message, b.Colour = "partly checked, "+holds, "#59616b"
	case report.NoVerdict:
		b.Message, b.Colour, b.Error = "could not run", "#59616b", true
	default:
		b.Message, b.Colour, b.Error = "does not conform", "#b3261e", true
	}
	return b
}

// Endpoint is the JSON.
func (b Badge) Endpoint() ([]byte, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("encode the badge: %w", err)
	}
	return append(text, '\n'), nil
}

//go:embed badge.svg.tmpl
var source string

var drawing = template.Must(template.New("badge").Parse(source))

// The measures, in pixels: of a letter on average, in Verdana of 11 pixels, and beside a text. The text is stretched to fit, so that it does
// so in other fonts as well.
const (
	letter  = 6.4
	padding = 6
)

// SVG is the badge as a picture that needs nothing else.
func (b Badge) SVG() (string, error) {
	left, right := int(letter*float64(utf8.RuneCountInString(b.Label))), int(letter*float64(utf8.RuneCountInString(b.Message)))
	const seam = 4 // over which the parts overlap, so that only their outer corners are round; several badges may stand in one page, so no id
	var out strings.Builder
	err := drawing.Execute(&out, map[string]any{
		"Badge": b, "Left": left + 2*padding, "Right": right + 2*padding + seam, "Seam": left + 2*padding - seam, "SeamWidth": seam, "Width": left + right + 4*padding,
		"LabelX": padding, "LabelWidth": left, "MessageX": left + 3*padding, "MessageWidth": right,
	})
	if err != nil {
		return "", fmt.Errorf("draw the badge: %w", err)
	}
	return out.String(), nil
}
