package requirement_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

const front = `# T

Version: 1.2.3

## Features

| feature | means |
|---|---|
| ` + "`timeout`" + ` | a time-out |

## Layers

### Timeout

Some prose.

`

const clause = `#### timeout.answers-at-the-deadline

A call that takes too long MUST be answered
at the deadline.

- Feature: timeout
- Source: tower (documented)
- Intent: the first line
  and the second
`

func TestTheSpecificationHasItsForm(t *testing.T) {
	specification, err := requirement.Parse(plumbline.Specification)
	if err != nil {
		t.Fatal(err)
	}
	if len(specification.Requirements) < 100 {
		t.Errorf("only %d requirements were read", len(specification.Requirements))
	}
}

func TestARequirementIsReadWhole(t *testing.T) {
	specification, err := requirement.Parse(front + clause)
	if err != nil {
		t.Fatal(err)
	}
	got, found := specification.Lookup("timeout.answers-at-the-deadline")
	if !found || specification.Version != "1.2.3" || !slices.Equal(specification.Chapters, []string{"Layers"}) {
		t.Fatalf("got %+v", specification)
	}
	switch {
	case got.Level != requirement.Must,
		got.Sentence != "A call that takes too long MUST be answered at the deadline.",
		got.Chapter != "Layers", got.Section != "Timeout",
		!slices.Equal(got.Features, []string{"timeout"}),
		!slices.Equal(got.Sources, []string{"tower (documented)"}),
		got.Intent != "the first line and the second":
		t.Errorf("got %+v", got)
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"no version":      {strings.Replace(front+clause, "Version: 1.2.3", "", 1), "no line \"Version"},
		"bad ID":          {front + strings.Replace(clause, "timeout.answers", "Timeout_answers", 1), ":17: \"Timeout_answers"},
		"twice":           {front + clause + "\n" + clause, "stands here twice"},
		"no level":        {front + strings.Replace(clause, "MUST", "must", 1), "has 0 RFC 2119 levels"},
		"two levels":      {front + strings.Replace(clause, "at the", "and MAY at the", 1), "has 2 RFC 2119 levels"},
		"two sentences":   {front + strings.Replace(clause, "long MUST", "long. It MUST", 1), "is not one sentence"},
		"no source":       {front + strings.Replace(clause, "- Source: tower (documented)\n", "", 1), "names no source"},
		"unknown feature": {front + strings.Replace(clause, "Feature: timeout", "Feature: timeout, tiemout", 1), `feature "tiemout" is not`},
		"unused feature":  {strings.Replace(front, "## Layers", "| `retry` | x |\n\n## Layers", 1) + clause, "no requirement uses feature retry"},
		"stray line":      {front + clause + "\nstray\n", "is neither its sentence nor one of its fields"},
		"outside":         {strings.Replace(front, "### Timeout", "", 1) + clause, "outside a section"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := requirement.Parse(test.text)
			var located *requirement.SyntaxError
			if !errors.As(err, &located) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}
