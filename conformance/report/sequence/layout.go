package sequence

import (
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// The measures, in pixels. A letter is one of the style's 12-pixel monospace: browsers' fonts of that size are 7.2 wide at most.
const (
	letter    = 7.3
	rowHeight = 30
	headTop   = 8
	headDepth = 40  // of the boxes above the lanes
	gutter    = 64  // for the instants, to the left
	narrowest = 120 // between two lanes
	margin    = 12
	longest   = 44 // letters of a label; what is longer is cut, and whole in its title
	shortest  = 12 // letters of a line of a remark
)

// Style is the CSS of the diagrams.
//
//go:embed style.css
var Style string

//go:embed diagram.svg.tmpl
var source string

var drawing = template.Must(template.New("diagram").Parse(source))

// The drawing, as its template has it.
type (
	picture struct {
		Width, Height, Foot int
		Label               string
		Lanes               []lane
		Rows                []line
	}
	lane struct {
		X, Left, Width, Top, Depth, NameY, BelowY int
		Name, Below                               string
	}
	line struct {
		Kind                 kind
		Y, From, To          int
		Middle, Left, Width  int
		BoxY, BoxHeight, Tip int
		At                   string // empty where it is the instant of the row above
		Text, Whole          string // Whole is empty where Text is all of it
		Lines                []wrapped
		Right                int
	}
	wrapped struct {
		Y    int
		Text string
	}
)

// SVG draws what was done to one subject and what was seen. The result is safe in HTML, whatever the trace says.
func SVG(steps []script.Step) (template.HTML, error) {
	d := read(steps)
	x, width := d.columns()
	p := picture{
		Width: width,
		Label: fmt.Sprintf("Sequence diagram of %d commands. The timeline below it says the same in words.", len(steps)),
	}
	for _, one := range d.participants {
		name, below := one.String(), d.below[one]
		half := boxWidth(max(utf8.RuneCountInString(name), utf8.RuneCountInString(below))) / 2
		l := lane{X: x[one], Left: x[one] - half, Width: 2 * half, Top: headTop, Depth: headDepth, Name: name, Below: below, NameY: headTop + 25, BelowY: headTop + 33}
		if below != "" {
			l.NameY = headTop + 17
		}
		p.Lanes = append(p.Lanes, l)
	}
	y, before := headTop+headDepth+margin, script.Duration(-1)
	for _, one := range d.rows {
		drawn := d.draw(one, x, width, y)
		if one.at != before {
			drawn.At, before = one.at.String(), one.at
		}
		p.Rows = append(p.Rows, drawn)
		y += rowHeight + max(0, len(drawn.Lines)-1)*16
	}
	p.Foot, p.Height = y, y+margin
	var out strings.Builder
	if err := drawing.Execute(&out, p); err != nil {
		return "", fmt.Errorf("draw a sequence diagram: %w", err)
	}
	return template.HTML(out.String()), nil // the template has escaped what the trace says
}

func boxWidth(letters int) int { return int(float64(letters)*letter) + 2*margin }

// columns places the lanes so far apart that each arrow's label fits between its ends, and says how wide all of it is.
func (d *diagram) columns() (map[participant]int, int) {
	position := map[participant]int{}
	for index, one := range d.participants {
		position[one] = index
	}
	gaps := make([]int, max(0, len(d.participants)-1))
	for index := range gaps {
		gaps[index] = narrowest
	}
	for _, one := range d.rows {
		from, to := position[one.from], position[one.to]
		if one.kind == remark || one.kind == time || one.kind == note {
			continue
		}
		from, to = min(from, to), max(from, to)
		room := 0
		for index := from; index < to; index++ {
			room += gaps[index]
		}
		if lacks := boxWidth(min(utf8.RuneCountInString(one.text), longest)) - room; lacks > 0 && from < to {
			gaps[to-1] += lacks
		}
	}
	x, at := map[participant]int{}, gutter+narrowest/2
	for index, one := range d.participants {
		x[one] = at
		if index < len(gaps) {
			at += gaps[index]
		}
	}
	width := at + narrowest/2 + margin
	for _, one := range d.rows {
		if one.kind == note {
			width = max(width, gutter+boxWidth(min(utf8.RuneCountInString(one.text), longest))+margin)
		}
	}
	return x, max(width, 420)
}

func (d *diagram) draw(one row, x map[participant]int, width, y int) line {
	middle := y + rowHeight/2
	drawn := line{Kind: one.kind, Y: middle, From: x[one.from], To: x[one.to], Text: one.text, Right: width - margin, Left: gutter}
	if one.kind == remark {
		for index, text := range wrap(one.text, max(shortest, int(float64(width-gutter-2*margin)/letter))) {
			drawn.Lines = append(drawn.Lines, wrapped{y + 19 + 16*index, text})
		}
		drawn.BoxY, drawn.BoxHeight, drawn.Width = y+4, 16*len(drawn.Lines)+7, width-margin-gutter
		return drawn
	}
	if letters := []rune(one.text); len(letters) > longest {
		drawn.Text, drawn.Whole = string(letters[:longest-1])+"…", one.text
	}
	wide := boxWidth(utf8.RuneCountInString(drawn.Text))
	switch {
	case one.kind == time:
		drawn.Middle = (gutter + width - margin) / 2
	case one.kind == note:
		drawn.Left = max(gutter, min(drawn.From-wide/2, width-margin-wide))
		drawn.Middle = drawn.Left + wide/2
	default:
		drawn.Middle = (drawn.From + drawn.To) / 2
		drawn.Tip = 7
		if drawn.To > drawn.From {
			drawn.Tip = -7
		}
	}
	drawn.Width, drawn.BoxY, drawn.BoxHeight = wide, y+4, rowHeight-8
	return drawn
}

// wrap breaks a text between words into lines of at most that many letters, where its words allow.
func wrap(text string, letters int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := len(lines) - 1
		switch {
		case lines[last] == "":
			lines[last] = word
		case utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= letters:
			lines[last] += " " + word
		default:
			lines = append(lines, "  "+word)
		}
	}
	return slices.Clip(lines)
}
