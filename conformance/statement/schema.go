package statement

import (
	_ "embed"
	"encoding/json"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

//go:embed statement.schema.json
var schema []byte

// Schema is the JSON Schema of a statement, for editors: statement.schema.json with the names that the specification has. What it cannot
// say is for Parse.
func Schema(specification *requirement.Specification) string {
	var document map[string]any
	if err := json.Unmarshal(schema, &document); err != nil {
		panic("statement.schema.json is malformed, which the tests of its package exclude: " + err.Error())
	}
	definitions := document["$defs"].(map[string]any)
	named := func(definition string, names []string) {
		definitions[definition].(map[string]any)["enum"] = names
	}
	var features, requirements []string
	for _, feature := range specification.Features {
		features = append(features, feature.Name)
	}
	for _, r := range specification.Requirements {
		requirements = append(requirements, r.ID)
	}
	named("chapter", specification.Chapters)
	named("feature", features)
	named("requirement", requirements)
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		panic("statement: " + err.Error()) // it was JSON before
	}
	return string(text)
}
