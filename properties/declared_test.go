package properties

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
)

// TestPropertiesAskForNothingThatIsNotDeclared has each profile of the breakable implementation declare what a property requires, and
// whatever else is drawn.
func TestPropertiesAskForNothingThatIsNotDeclared(t *testing.T) {
	const scripts = 50
	for _, profile := range breakable.Profiles() {
		all := Declares((&statement.Statement{Features: profile.Features()}).Has)
		for _, property := range All() {
			if !property.Applies(all) {
				continue
			}
			t.Run(string(profile)+"/"+property.Name, func(t *testing.T) {
				t.Parallel()
				required := slices.Clone(property.Requires)
				if slices.Contains(required, "readiness") {
					required = append(required, all.of("reserving", "advisory")...)
				}
				for number := range scripts {
					rapid.Custom(func(rt *rapid.T) int {
						besides := rapid.SliceOf(rapid.SampledFrom(profile.Features())).Draw(rt, "besides")
						declares := Declares((&statement.Statement{Features: slices.Concat(required, besides)}).Has)
						if failure := property.For(declares).Once(rt, declares.confining(InProcess(breakable.New(profile, "")))); failure != nil {
							t.Fatalf("with %v: %v", besides, failure)
						}
						return 0
					}).Example(number)
				}
			})
		}
	}
}

// confining breaks off a script that asks for what is not declared.
func (d Declares) confining(drive Driver) Driver {
	return func(body func(subject.Subject)) error {
		return drive(func(s subject.Subject) { body(declaredOnly{s, d}) })
	}
}

type declaredOnly struct {
	subject.Subject
	declares Declares
}

// Do implements subject.Subject.
func (d declaredOnly) Do(command script.Command) ([]script.Event, error) {
	if !d.declares.can(command) {
		return nil, fmt.Errorf("it is asked for what it does not declare: %v", command)
	}
	if command.Stack != nil {
		if l := d.undeclared(command.Stack.Layers); l != nil {
			return nil, fmt.Errorf("it is asked for a layer that it does not declare: %v", l)
		}
	}
	return d.Subject.Do(command)
}

// undeclared is a layer that is not declared, or of which a part is not; nil if there is none.
func (d declaredOnly) undeclared(layers []script.Layer) *script.Layer {
	for _, l := range layers {
		switch p := l.Policy; {
		case !d.declares(l.Name), l.Type != "" && !d.declares.values(l.Type, l.Value), p != nil && p.Backoff != nil && !d.declares("backoff"), p != nil && p.Budget != nil && !d.declares("retry-budget"):
			return &l
		}
		inside := l.Layers
		if l.Service != nil {
			inside = l.Service.Layers
		}
		if part := d.undeclared(inside); part != nil {
			return part
		}
	}
	return nil
}
