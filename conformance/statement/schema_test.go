package statement_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

func compiled(t *testing.T, specification *requirement.Specification) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(statement.Schema(specification)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("statement.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("statement.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate holds a statement's text against a schema, as an editor would.
func validate(t *testing.T, schema *jsonschema.Schema, text string) error {
	t.Helper()
	document, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(document)))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestTheStatementsOfRealImplementationsAreValid(t *testing.T) {
	schema := compiled(t, requirement.Current())
	checked := 0
	err := filepath.WalkDir("../../implementations", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "statement.yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		checked++
		if err := validate(t, schema, string(text)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil || checked < 5 {
		t.Errorf("%d statements were checked: %v", checked, err)
	}
}

func TestTheSchemaRefusesWhatAnAuthorMistypes(t *testing.T) {
	parsed, err := requirement.Parse(specification)
	if err != nil {
		t.Fatal(err)
	}
	schema := compiled(t, parsed)
	if err := validate(t, schema, good); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"link:":                 "lnik:",
		"reason:":               "raeson:",
		"[timeout,":             "[tiemout,",
		"[timeout, reserving]":  "[timeout, timeout]",
		"timeout.elapses":       "timeout.elapsed",
		"version: 0.5.2":        "version: 1.10",
		"expires: 2030-01-31":   "expires: soon",
		"implementation: tower": "clock: sundial",
		"features:":             "chapters: [Leyers]\nfeatures:",
	} {
		text := strings.Replace(good, from, to, 1)
		if text == good {
			t.Errorf("there is no %q", from)
		} else if validate(t, schema, text) == nil {
			t.Errorf("with %q it is valid", to)
		}
	}
}
