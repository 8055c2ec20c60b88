package docs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheCommandsOfAPageRun runs the commands of a page as they stand, from its first to its last.
func TestTheCommandsOfAPageRun(t *testing.T) {
	for page, wanted := range map[string][]string{
		"readers.md": {
			"breakable reserving: CONFORMS\n", "DOES NOT CONFORM", "load-shed-waits: ", "broken   load-shed.is-ready-while-inner-waits: fail, was pass",
			"not as it was written", `"message":"conforms, `, `"suite": "`,
		},
		"spec-authors.md": {"Faults that its specs catch:", "faults 1, caught 1, with a problem 0", "-update-statements"},
	} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			var commands strings.Builder
			for _, s := range append([]section{preamble(t, page)}, sections(t, page)...) {
				commands.WriteString(s.commands())
			}
			output := run(t, commands.String())
			for _, want := range wanted {
				if !strings.Contains(output, want) {
					t.Errorf("there is no %q in\n%s", want, output)
				}
			}
		})
	}
}

// preamble is what stands above the first heading of the second level.
func preamble(t *testing.T, page string) section {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(text), "\n## ")
	return section{text: before + "\n"}
}

func TestTheLinksOfThePagesLeadSomewhere(t *testing.T) {
	for _, page := range []string{"readers.md", "spec-authors.md", "ci.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.FromSlash(l[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
