package statement

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// Error is a place where a statement is wrong.
type Error struct {
	File   string
	Line   int
	Column int
	Reason string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// Load reads the statement in that file against the current specification.
func Load(file string) (*Statement, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the statement: %w", err)
	}
	s, err := Parse(file, text, requirement.Current())
	if err != nil {
		return nil, err
	}
	s.File = file
	return s, nil
}

// Parse reads a statement. file is only for messages. Unknown keys, duplicate keys, unknown requirements and features,
// and deviations without a reason or a day are errors; every one found is reported, joined, each an *Error. A deviation past its day is
// none: it excuses nothing any more.
func Parse(file string, text []byte, specification *requirement.Specification) (*Statement, error) {
	tree, s, err := decode(text)
	if err != nil {
		return nil, place(file, err)
	}
	c := &checker{file: file, tree: tree, specification: specification}
	c.check(s)
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	return s, nil
}

// decode reads the YAML. A panic of the library that reads it, which fuzzing has found, is an error of the text.
func decode(text []byte) (tree *ast.File, s *Statement, err error) {
	defer func() {
		if value := recover(); value != nil {
			tree, s, err = nil, nil, fmt.Errorf("the YAML cannot be read: %v", value)
		}
	}()
	if tree, err = parser.ParseBytes(text, 0); err != nil {
		return nil, nil, err
	}
	for _, document := range tree.Docs {
		var p plain
		ast.Walk(&p, document.Body)
		if p.err != nil {
			return nil, nil, p.err
		}
	}
	s = &Statement{}
	return tree, s, yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(s)
}

// plain finds what a statement has no use for. A few aliases of aliases can stand for more text than a machine has room for.
type plain struct{ err error }

// Visit implements ast.Visitor.
func (p *plain) Visit(node ast.Node) ast.Visitor {
	switch node.(type) {
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		position := node.GetToken().Position
		p.err = &Error{Line: position.Line, Column: position.Column, Reason: "a statement is plain YAML, without tags, anchors, aliases and merge keys"}
		return nil
	default:
		return p
	}
}

// Declared is the statement of a testee that introduced itself: no deviations, and features that the specification knows.
func Declared(implementation, version string, features []string) (*Statement, error) {
	s := &Statement{Implementation: implementation, Version: version, Features: features}
	c := &checker{file: "the testee's greeting", specification: requirement.Current()}
	c.check(s)
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	return s, nil
}

func place(file string, err error) error {
	if errors.Is(err, io.EOF) {
		return &Error{File: file, Line: 1, Column: 1, Reason: "the statement is empty"}
	}
	var own *Error
	if errors.As(err, &own) {
		own.File = file
		return own
	}
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		position := located.GetToken().Position
		return &Error{File: file, Line: position.Line, Column: position.Column, Reason: located.GetMessage()}
	}
	return &Error{File: file, Line: 1, Column: 1, Reason: err.Error()}
}

type checker struct {
	file          string
	tree          *ast.File
	specification *requirement.Specification
	errs          []error
}

// fail reports a reason at the node of that YAML path, or of the nearest parent that exists.
func (c *checker) fail(path, format string, args ...any) {
	e := &Error{File: c.file, Line: 1, Column: 1, Reason: fmt.Sprintf(format, args...)}
	for parent := path; parent != "$" && c.tree != nil; {
		if node := c.node(parent); node != nil {
			position := node.GetToken().Position
			e.Line, e.Column = position.Line, position.Column
			break
		}
		cut := strings.LastIndexAny(parent, ".[")
		if cut < 0 {
			break
		}
		parent = parent[:cut]
	}
	c.errs = append(c.errs, e)
}

// isNumber tells whether the node at that YAML path is a number.
func (c *checker) isNumber(path string) bool {
	node := c.node(path)
	return node != nil && (node.Type() == ast.FloatType || node.Type() == ast.IntegerType)
}

// isText tells whether the node at that YAML path is a text, or anything else of one word or line.
func (c *checker) isText(path string) bool {
	_, scalar := c.node(path).(ast.ScalarNode)
	return scalar
}

// node is the node at that YAML path, or nil.
func (c *checker) node(path string) ast.Node {
	expression, err := yaml.PathString(path)
	if err != nil || c.tree == nil {
		return nil
	}
	node, err := expression.FilterFile(c.tree)
	if err != nil {
		return nil
	}
	return node
}

func (c *checker) check(s *Statement) {
	if s.Implementation == "" {
		c.fail("$.implementation", "the statement does not name its implementation")
	}
	if s.Version == "" {
		c.fail("$.version", "the statement does not name the implementation's version")
	}
	if c.isNumber("$.version") {
		c.fail("$.version", "the version reads as a number, which loses trailing zeros: write it in quotes")
	}
	if s.Clock != "" && s.Clock != Virtual && s.Clock != Real {
		c.fail("$.clock", "the clock is %q, neither virtual nor real", s.Clock)
	}
	switch {
	case s.Scale < 0:
		c.fail("$.scale", "the scale is %v, and time does not go backwards", s.Scale)
	case s.Scale != 0 && s.Clock != Real:
		c.fail("$.scale", "a scale is for a real clock")
	}
	for i, chapter := range s.Chapters {
		if !slices.Contains(c.specification.Chapters, chapter) {
			c.fail(fmt.Sprintf("$.chapters[%d]", i), "there is no chapter %q", chapter)
		}
	}
	for i, feature := range s.Features {
		path := fmt.Sprintf("$.features[%d]", i)
		switch {
		case !c.specification.HasFeature(feature):
			c.fail(path, "there is no feature %q", feature)
		case slices.Index(s.Features, feature) != i:
			c.fail(path, "feature %q stands here twice", feature)
		}
	}
	for i, deviation := range s.Deviations {
		c.checkDeviation(fmt.Sprintf("$.deviations[%d]", i), s, i, deviation)
	}
}

func (c *checker) checkDeviation(path string, s *Statement, index int, d Deviation) {
	r, known := c.specification.Lookup(d.Requirement)
	first := slices.IndexFunc(s.Deviations, func(other Deviation) bool { return other.Requirement == d.Requirement })
	switch {
	case d.Requirement == "":
		c.fail(path, "the deviation names no requirement")
	case !known:
		c.fail(path+".requirement", "there is no requirement %q", d.Requirement)
	case first != index:
		c.fail(path+".requirement", "there are two deviations from %s", d.Requirement)
	case len(s.Missing(r)) > 0:
		c.fail(path+".requirement", "%s does not apply (undeclared: %s), so there is nothing to deviate from",
			d.Requirement, strings.Join(s.Missing(r), ", "))
	}
	for i, failure := range d.Failures {
		place := fmt.Sprintf("%s.failures[%d]", path, i)
		switch text := failure.Text; {
		case strings.TrimSpace(text) == "" || text != s.Normalise(text):
			c.fail(place+".text", "this is not the text of a failure as -update-statement writes it")
		case failure.Spec != strings.TrimSpace(failure.Spec), failure.Spec == "" && !c.isText(place):
			c.fail(place, "the failure does not name its spec as -update-statement does")
		}
	}
	if strings.TrimSpace(d.Reason) == "" {
		c.fail(path, "the deviation from %s has no reason", d.Requirement)
	}
	switch {
	case d.Expires.IsZero() && d.Expires.text != "":
		c.fail(path+".expires", "%q is no date; a date is written YYYY-MM-DD", d.Expires.text)
	case d.Expires.IsZero():
		c.fail(path, "the deviation from %s has no day on which it expires", d.Requirement)
	}
}
