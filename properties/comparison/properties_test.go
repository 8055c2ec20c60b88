package comparison_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/properties"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

// TestAPropertyThatDoesNotHoldIsNamed plants a fault that one property sees, undeclared and declared, in an implementation that has little
// else.
func TestAPropertyThatDoesNotHoldIsNamed(t *testing.T) {
	t.Parallel()
	const fault, requirement = "concurrency-limit-keeps-permit-on-panic", "concurrency-limit.frees-permit-on-panic"
	for declared, want := range map[bool]string{false: ": UNEXPLAINED ", true: ": " + requirement + " "} {
		s := &statement.Statement{Implementation: "breakable", Features: []string{"concurrency-limit", "panic"}}
		if declared {
			s.Deviations = []statement.Deviation{{Requirement: requirement}}
		}
		held, err := comparison.Hold(host(breakable.Reserving, fault), s, comparison.Options{Checks: 20, AsDrawn: true})
		if err != nil {
			t.Fatal(err)
		}
		row := comparison.Row{Name: "breakable", Held: held}
		var out strings.Builder
		comparison.Print(&out, []comparison.Row{row})
		if !strings.Contains(out.String(), properties.Limit.Name+want) || row.Unexplained() == declared {
			t.Errorf("declared: %t, it does not say %q:\n%s", declared, want, out.String())
		}
	}
}

// TestPropertiesAreHeldWithWhatIsDeclared counts, for an implementation without any feature and for one with all.
func TestPropertiesAreHeldWithWhatIsDeclared(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		features []string
		least    []string
	}{
		{nil, []string{properties.Ordering.Name, properties.Errors.Name}},
		{[]string{"context", "matchers"}, []string{properties.Ordering.Name, properties.Extensions.Name, properties.Matchers.Name}},
		{breakable.Reserving.Features(), []string{properties.Readiness.Name, properties.Extending.Name, properties.Hosts.Name}},
	} {
		held, err := comparison.Hold(host(breakable.Reserving, ""), &statement.Statement{Implementation: "breakable", Features: c.features}, comparison.Options{Checks: 5})
		if err != nil {
			t.Fatal(err)
		}
		for _, property := range held {
			if property.Equal != 5 {
				t.Errorf("%q holds in %d of 5 checks", property.Name, property.Equal)
			}
		}
		for _, name := range c.least {
			if !slices.ContainsFunc(held, func(k comparison.Kind) bool { return k.Name == name }) {
				t.Errorf("with %d features it is not held against %q", len(c.features), name)
			}
		}
	}
}
