package requirement

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// SyntaxError is a place where the specification does not have its form.
type SyntaxError struct {
	Line   int
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("CONFORMANCE.md:%d: %s", e.Line, e.Reason) }

var (
	versionLine = regexp.MustCompile(`^Version: (\d+\.\d+\.\d+)$`)
	featureRow  = regexp.MustCompile("^\\| `([a-z0-9-]+)` \\| (.+) \\|$")
	idForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$`)
	levelWords  = regexp.MustCompile(`\b(MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b`)
	fieldLine   = regexp.MustCompile(`^- (Feature|Source|Intent|Decision): (.+)$`)
	sentenceEnd = regexp.MustCompile(`[.?!] [A-Z]`)
)

const featuresTitle = "Features"

// Parse reads a specification in the form of CONFORMANCE.md: chapters (##), sections (###), and requirements (####)
// whose heading is their ID. Under it stand one sentence with exactly one RFC 2119 level, and a list of fields. Every error
// found is reported, joined.
func Parse(text string) (*Specification, error) {
	p := &parser{specification: &Specification{byID: map[string]int{}}, features: map[string]bool{}}
	for index, line := range strings.Split(text, "\n") {
		p.line = index + 1
		p.read(strings.TrimRight(line, " \r"))
	}
	p.endRequirement()
	if p.specification.Version == "" {
		p.fail("there is no line \"Version: X.Y.Z\"")
	}
	p.checkFeatures()
	if err := errors.Join(p.errs...); err != nil {
		return nil, err
	}
	return p.specification, nil
}

type parser struct {
	specification    *Specification
	features         map[string]bool // whether a requirement uses it
	line             int
	chapter, section string
	current          *Requirement
	sentence         []string // the lines of the current requirement's paragraph
	inSentence       bool
	field            *string // the field that an indented line continues
	errs             []error
}

func (p *parser) fail(format string, args ...any) {
	p.errs = append(p.errs, &SyntaxError{Line: p.line, Reason: fmt.Sprintf(format, args...)})
}

func (p *parser) read(line string) {
	title, level := heading(line)
	switch {
	case level == 2:
		p.endRequirement()
		p.chapter, p.section = title, ""
	case level == 3:
		p.endRequirement()
		p.section = title
	case level == 4:
		p.endRequirement()
		p.begin(title)
	case p.current != nil:
		p.readRequirement(line)
	case p.chapter == featuresTitle:
		if row := featureRow.FindStringSubmatch(line); row != nil {
			if _, twice := p.features[row[1]]; twice {
				p.fail("feature %s stands here twice", row[1])
			}
			p.features[row[1]] = false
			p.specification.Features = append(p.specification.Features, Feature{Name: row[1], Means: row[2]})
		}
	default:
		if version := versionLine.FindStringSubmatch(line); version != nil {
			p.specification.Version = version[1]
		}
	}
}

func heading(line string) (title string, level int) {
	hashes := len(line) - len(strings.TrimLeft(line, "#"))
	if hashes == 0 || !strings.HasPrefix(line[hashes:], " ") {
		return "", 0
	}
	return strings.TrimSpace(line[hashes:]), hashes
}

func (p *parser) begin(id string) {
	if !idForm.MatchString(id) {
		p.fail("%q is not an ID of the form topic.slug", id)
	}
	if p.chapter == "" || p.section == "" {
		p.fail("requirement %s stands outside a section of a chapter", id)
	}
	p.current = &Requirement{ID: id, Chapter: p.chapter, Section: p.section, Line: p.line}
	p.sentence, p.inSentence, p.field = nil, true, nil
}

func (p *parser) readRequirement(line string) {
	requirement := p.current
	field := fieldLine.FindStringSubmatch(line)
	switch {
	case line == "":
		if len(p.sentence) > 0 {
			p.inSentence = false
		}
	case field != nil:
		p.inSentence = false
		p.readField(field[1], field[2])
	case p.inSentence:
		p.sentence = append(p.sentence, line)
	case strings.HasPrefix(line, "  ") && p.field != nil:
		*p.field += " " + strings.TrimSpace(line)
	default:
		p.fail("requirement %s: %q is neither its sentence nor one of its fields", requirement.ID, line)
	}
}

func (p *parser) readField(name, text string) {
	switch name {
	case "Feature":
		for feature := range strings.SplitSeq(text, ",") {
			feature = strings.Trim(strings.TrimSpace(feature), "`")
			if _, known := p.features[feature]; !known {
				p.fail("requirement %s: feature %q is not in the table of features", p.current.ID, feature)
			}
			p.features[feature] = true
			p.current.Features = append(p.current.Features, feature)
		}
		p.field = nil
	case "Source":
		p.current.Sources = append(p.current.Sources, text)
		p.field = &p.current.Sources[len(p.current.Sources)-1]
	case "Intent":
		p.current.Intent = text
		p.field = &p.current.Intent
	case "Decision":
		p.current.Decision = text
		p.field = &p.current.Decision
	}
}

func (p *parser) endRequirement() {
	requirement := p.current
	if requirement == nil {
		return
	}
	p.current = nil
	requirement.Sentence = strings.Join(p.sentence, " ")
	levels := levelWords.FindAllString(requirement.Sentence, -1)
	switch {
	case requirement.Sentence == "":
		p.fail("requirement %s has no sentence", requirement.ID)
	case len(levels) != 1:
		p.fail("requirement %s has %d RFC 2119 levels in its sentence, not one", requirement.ID, len(levels))
	default:
		requirement.Level = Level(levels[0])
	}
	if !strings.HasSuffix(requirement.Sentence, ".") || sentenceEnd.MatchString(requirement.Sentence) {
		p.fail("requirement %s is not one sentence", requirement.ID)
	}
	if len(requirement.Sources) == 0 {
		p.fail("requirement %s names no source", requirement.ID)
	}
	s := p.specification
	if _, twice := s.byID[requirement.ID]; twice {
		p.fail("requirement %s stands here twice", requirement.ID)
	}
	s.byID[requirement.ID] = len(s.Requirements)
	s.Requirements = append(s.Requirements, *requirement)
	if !slices.Contains(s.Chapters, requirement.Chapter) {
		s.Chapters = append(s.Chapters, requirement.Chapter)
	}
}

func (p *parser) checkFeatures() {
	for _, feature := range p.specification.Features {
		if !p.features[feature.Name] {
			p.fail("no requirement uses feature %s", feature.Name)
		}
	}
}
