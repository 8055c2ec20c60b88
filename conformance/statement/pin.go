package statement

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Pin writes failures into the deviations of the statement's file, in place of those that stand there, and returns the
// statement as it is then. failures has them by requirement, with normalised texts; a deviation whose requirement is not among them
// stays as it is. Everything else in the file, comments included, stays as it was written.
func (s *Statement) Pin(failures map[string][]Failure) (*Statement, error) {
	pinned := *s
	pinned.Deviations = slices.Clone(s.Deviations)
	for index, deviation := range pinned.Deviations {
		if seen, checked := failures[deviation.Requirement]; checked {
			pinned.Deviations[index].Failures = slices.Compact(slices.SortedFunc(slices.Values(seen), Failure.compare))
		}
	}
	if s.File == "" {
		return nil, fmt.Errorf("there is no statement file to write failures into")
	}
	text, err := os.ReadFile(s.File)
	if err != nil {
		return nil, fmt.Errorf("read the statement: %w", err)
	}
	text, err = pin(text, pinned.Deviations)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.File, err)
	}
	if err := os.WriteFile(s.File, text, 0o644); err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	return &pinned, nil
}

// failuresKey is the key whose value Pin writes.
const failuresKey = "failures"

// pin gives each deviation in the text the failures of that of the same place in the list.
func pin(text []byte, deviations []Deviation) ([]byte, error) {
	if len(deviations) == 0 {
		return text, nil
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(text), "\n")
	for index := len(deviations) - 1; index >= 0; index-- { // from the end, so that the places before stay true
		keys, err := keysOf(tree, index)
		if err != nil {
			return nil, err
		}
		lines = replaceFailures(lines, keys, deviations[index].Failures)
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// key is a key of a deviation, and where it stands: lines count from 0, columns from 1.
type key struct {
	name   string
	line   int
	column int
}

// keysOf lists the keys of a deviation in the order in which they stand.
func keysOf(tree *ast.File, index int) ([]key, error) {
	path, err := yaml.PathString(fmt.Sprintf("$.deviations[%d]", index))
	if err != nil {
		return nil, err
	}
	node, err := path.FilterFile(tree)
	if err != nil {
		return nil, err
	}
	var values []*ast.MappingValueNode
	switch node := node.(type) {
	case *ast.MappingNode:
		if node.IsFlowStyle {
			return nil, fmt.Errorf("deviation %d is written in braces: write a key a line", index+1)
		}
		values = node.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{node}
	}
	var keys []key
	for _, value := range values {
		token := value.Key.GetToken()
		keys = append(keys, key{token.Value, token.Position.Line - 1, token.Position.Column})
	}
	if len(keys) == 0 || keys[0].name == failuresKey {
		return nil, fmt.Errorf("deviation %d does not begin with its requirement", index+1)
	}
	return keys, nil
}

// replaceFailures takes out the failures that stand below one of the keys, and puts others there, or else after the observed text or the
// first key.
func replaceFailures(lines []string, keys []key, failures []Failure) []string {
	indent := strings.Repeat(" ", keys[0].column-1)
	ends := func(at int) int {
		end := keys[at].line + 1
		if at+1 < len(keys) {
			end = keys[at+1].line
		}
		for at+1 == len(keys) && end < len(lines) && (strings.TrimSpace(lines[end]) == "" || strings.HasPrefix(lines[end], indent+" ")) {
			end++
		}
		for end > keys[at].line+1 && (strings.TrimSpace(lines[end-1]) == "" || strings.HasPrefix(strings.TrimSpace(lines[end-1]), "#")) {
			end-- // blank lines and comments belong to what comes next
		}
		return end
	}
	place := slices.IndexFunc(keys, func(k key) bool { return k.name == failuresKey })
	begin, end := 0, 0
	if place >= 0 {
		begin, end = keys[place].line, ends(place)
	} else {
		begin = ends(max(0, slices.IndexFunc(keys, func(k key) bool { return k.name == "observed" })))
		end = begin
	}
	var written []string
	if len(failures) > 0 {
		written = append(written, indent+failuresKey+":")
	}
	for _, failure := range failures {
		if failure.Spec == "" { // in the old form, and not checked now
			written = append(written, indent+"  - "+quote(failure.Text))
			continue
		}
		written = append(written, indent+"  - spec: "+quote(failure.Spec), indent+"    text: "+quote(failure.Text))
	}
	return slices.Concat(lines[:begin:begin], written, lines[end:])
}

// quote writes a text in YAML's quotes: single ones where they do, which need no escapes.
func quote(text string) string {
	for _, r := range text {
		if !strconv.IsPrint(r) {
			return strconv.Quote(text)
		}
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
