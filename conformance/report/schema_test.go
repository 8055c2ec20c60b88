package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

func validate(t *testing.T, text string) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(report.Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("report.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

func TestAReportIsValid(t *testing.T) {
	text, err := json.Marshal(run(t, began, false))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, string(text)); err != nil {
		t.Error(err)
	}
	for _, almost := range [][2]string{ // each makes it something that is almost a report
		{`"format":1`, `"format":2`},
		{`"verdict":"does not conform"`, `"verdict":"fine"`},
		{`"verdict":"pass"`, `"verdict":"passed"`},
		{`"digest":"sha256:`, `"digest":"md5:`},
		{`"clock":"virtual"`, `"clock":"sundial"`},
		{`"reason":"because",`, ``},
		{`"expires":"2026-06-04"`, `"expires":"soon"`},
		{`"seconds":0.5`, `"seconds":-1`},
		{`"timeline":"0s  open",`, ``},
		{`"suite":"v1.2.3",`, ``},
		{`"arch":"mips"`, `"arch":"mips","host":"a"`},
	} {
		altered := strings.Replace(string(text), almost[0], almost[1], 1)
		if altered == string(text) {
			t.Errorf("there is no %s in %s", almost[0], text)
		} else if validate(t, altered) == nil {
			t.Errorf("with %s it is valid", almost[1])
		}
	}
}
