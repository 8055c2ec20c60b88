package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = ".."

// section is what stands below one heading of the second level.
type section struct {
	title string
	text  string
}

// commands is the content of the section's sh blocks.
func (s section) commands() string {
	var commands strings.Builder
	inside := false
	for line := range strings.Lines(s.text) {
		switch {
		case line == "```sh\n":
			inside = true
		case line == "```\n":
			inside = false
		case inside:
			commands.WriteString(line)
		}
	}
	return commands.String()
}

func sections(t *testing.T, file string) []section {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var found []section
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		found = append(found, section{title, body})
	}
	return found
}

// run has a shell run the commands in the root of the repository, as a reader would, and returns what they print. The
// commands make their own folders, below the test's.
func run(t *testing.T, commands string) string {
	t.Helper()
	if commands == "" {
		t.Fatal("there is no command to run: have the blocks changed their name?")
	}
	shell := exec.Command("sh", "-eux", "-c", commands)
	shell.Dir = root
	shell.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	output, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return string(output)
}

var step = regexp.MustCompile(`^\d+\. `)

func TestTheTenStepsLeadFromRedToGreen(t *testing.T) {
	// The example needs an interpreter that the rest of this module does not. make implementations, which needs it too, fails
	// where it is missing.
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3 here to run the example with")
	}
	steps := 0
	var commands strings.Builder
	for _, s := range sections(t, "implementers.md") {
		if step.MatchString(s.title) {
			steps++
			commands.WriteString(s.commands())
		}
	}
	if steps != 10 {
		t.Errorf("there are %d steps, not ten", steps)
	}
	output := run(t, commands.String())
	red, green, _ := strings.Cut(output, "cp ")
	if !strings.Contains(red, "begin is not written yet") {
		t.Errorf("step 4 does not fail as the page says:\n%s", red)
	}
	if !strings.Contains(green, "mystack 0.1.0: CONFORMS\n") {
		t.Errorf("step 10 does not end with a verdict:\n%s", green)
	}
}

func TestTheModuleInGoConforms(t *testing.T) {
	for _, s := range sections(t, "implementers.md") {
		if s.title == "In Go" {
			if output := run(t, s.commands()); !strings.Contains(output, "mygostack 0.1.0: CONFORMS\n") {
				t.Errorf("there is no verdict:\n%s", output)
			}
			return
		}
	}
	t.Error("there is no section In Go")
}

// Every command is in a block that one of the tests above runs.
func TestNoCommandIsLeftOut(t *testing.T) {
	for _, s := range sections(t, "implementers.md") {
		if s.commands() != "" && !step.MatchString(s.title) && s.title != "In Go" {
			t.Errorf("nothing runs the commands of %q", s.title)
		}
	}
	text, err := os.ReadFile("implementers.md")
	if err != nil {
		t.Fatal(err)
	}
	if fences, blocks := strings.Count(string(text), "```"), strings.Count(string(text), "```sh\n"); fences != 2*blocks {
		t.Errorf("of %d blocks %d are commands", fences/2, blocks)
	}
}

var link = regexp.MustCompile(`\]\(([\w./-]+)\)`) // code in the blocks looks like a link otherwise

func TestLinksLeadSomewhere(t *testing.T) {
	text, err := os.ReadFile("implementers.md")
	if err != nil {
		t.Fatal(err)
	}
	links := link.FindAllStringSubmatch(string(text), -1)
	if len(links) == 0 {
		t.Fatal("no link was found")
	}
	for _, l := range links {
		if _, err := os.Stat(filepath.FromSlash(l[1])); err != nil {
			t.Error(err)
		}
	}
}
