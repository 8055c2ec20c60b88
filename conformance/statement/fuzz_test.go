package statement_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// FuzzParse reads whatever there is. A statement that is read can have its failures pinned, and is then read as what was pinned.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{good, beforePin, afterPin, "", "- a\n", "implementation: i\nversion: 1.0.0\ndeviations: [{}]\n"} {
		f.Add(seed)
	}
	parsed, err := requirement.Parse(specification)
	if err != nil {
		f.Fatal(err)
	}
	file := filepath.Join(f.TempDir(), "statement.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := statement.Parse("statement.yaml", []byte(text), parsed)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error says nothing")
			}
			return
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.File = file
		failures := map[string][]statement.Failure{}
		for _, deviation := range s.Deviations {
			failures[deviation.Requirement] = []statement.Failure{{
				Spec: "limit: 'a' " + strings.TrimSpace(deviation.Requirement), Text: s.Normalise("Expected: \"a\", 'b' # c\n\tgot " + deviation.Reason),
			}}
		}
		pinned, err := s.Pin(failures)
		if err != nil {
			return // deviations in a form that is not written into
		}
		after, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		again, err := statement.Parse("statement.yaml", after, parsed)
		if err != nil {
			t.Fatalf("what was pinned cannot be read: %v\n%q\nwas %q", err, after, text)
		}
		for index, deviation := range again.Deviations {
			if want := pinned.Deviations[index].Failures; len(deviation.Failures) != len(want) || deviation.Failures[0] != want[0] {
				t.Errorf("%q was pinned, %q is read\n%q", want, deviation.Failures, after)
			}
		}
	})
}
