package action_test

import (
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// definition is what these tests need of action.yml.
type definition struct {
	Inputs map[string]struct {
		Description string
		Required    bool
		Default     string
	}
	Runs struct {
		Using string
		Steps []struct {
			Uses, Run, Shell string
			Env              map[string]string
		}
	}
}

// step is one run of the action, as a runner of GitHub's would make it: the inputs are put into the environment of the step that
// action.yml has, and its command is run. The step that installs Go is not: these tests are run by Go.
type step struct {
	code                 int
	log, summary, output string
	directory            string
}

func act(t *testing.T, directory string, with map[string]string) step {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action definition
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	values := []string{"${{ github.action_path }}", root}
	for name, input := range action.Inputs {
		value, given := with[name]
		if !given {
			value = input.Default
		}
		values = append(values, "${{ inputs."+name+" }}", value)
	}
	for name := range with {
		if _, is := action.Inputs[name]; !is {
			t.Fatalf("the action has no input %s", name)
		}
	}
	s := step{directory: directory}
	files := t.TempDir()
	for _, one := range action.Runs.Steps {
		if one.Run == "" {
			continue
		}
		command := exec.Command(one.Shell, "-e", "-o", "pipefail", "-c", one.Run)
		command.Dir = directory
		command.Env = append(os.Environ(), "GITHUB_STEP_SUMMARY="+filepath.Join(files, "summary"), "GITHUB_OUTPUT="+filepath.Join(files, "output"))
		for name, value := range one.Env {
			command.Env = append(command.Env, name+"="+strings.NewReplacer(values...).Replace(value))
		}
		log, err := command.CombinedOutput()
		var exited *exec.ExitError
		if err != nil && !errors.As(err, &exited) {
			t.Fatal(err)
		}
		s.log, s.code = s.log+string(log), command.ProcessState.ExitCode()
	}
	s.summary, s.output = content(files, "summary"), content(files, "output")
	return s
}

func content(path ...string) string {
	text, _ := os.ReadFile(filepath.Join(path...)) // what is not there has no content
	return string(text)
}

// testee builds the testee whose faults can be switched on by name.
func testee(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "testee")
	build := exec.Command("go", "build", "-o", program, "../fixtures/testee")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return program
}

func (s step) expect(t *testing.T, code int, wanted map[string]string) {
	t.Helper()
	if s.code != code {
		t.Errorf("it exits with %d, not %d", s.code, code)
	}
	for where, want := range wanted {
		if got := map[string]string{"log": s.log, "summary": s.summary, "output": s.output}[where]; !strings.Contains(got, want) {
			t.Errorf("the %s has no %q", where, want)
		}
	}
	if t.Failed() {
		t.Logf("log\n%s\nsummary\n%s\noutput\n%s", s.log, s.summary, s.output)
	}
}

func TestTheActionGates(t *testing.T) {
	program := testee(t)
	const fault, broken = "load-shed-waits", "load-shed.is-ready-while-inner-waits"

	t.Run("what conforms passes, and leaves a report in each form", func(t *testing.T) {
		s := act(t, t.TempDir(), map[string]string{"testee": program})
		s.expect(t, 0, map[string]string{
			"summary": "## Plumbline: breakable reserving conforms\n", "output": "verdict=conforms\nreport=plumbline-report/report.json\n",
		})
		folder := filepath.Join(s.directory, "plumbline-report")
		for name, want := range map[string]string{
			"report.json": `"verdict": "conforms"`, "index.html": "<!DOCTYPE html>", "badge.svg": "plumbline: conforms, ", "badge.json": `"message":"conforms, `,
		} {
			if !strings.Contains(content(folder, name), want) {
				t.Errorf("%s has no %q", name, want)
			}
		}
		if err := xml.Unmarshal([]byte(content(folder, "report.xml")), new(struct {
			XMLName xml.Name `xml:"testsuites"`
		})); err != nil {
			t.Error(err)
		}
		if strings.Contains(s.log, "::error") {
			t.Errorf("there is an annotation in %s", s.log)
		}
	})

	t.Run("what does not conform fails, with the reason beside the code", func(t *testing.T) {
		act(t, t.TempDir(), map[string]string{"testee": program + " -fixture=" + fault, "chapters": "Layers", "output": "elsewhere"}).expect(t, 1, map[string]string{
			"log": "::error title=fail%3A " + broken, "summary": "### fail: `" + broken + "`", "output": "verdict=does not conform\nreport=elsewhere/report.json\n",
		})
	})

	t.Run("never only shows it", func(t *testing.T) {
		act(t, t.TempDir(), map[string]string{"testee": program + " -fixture=" + fault, "chapters": "Layers", "fail-on": "never"}).expect(t, 0, map[string]string{
			"summary": "### fail: `" + broken + "`", "output": "verdict=does not conform\n",
		})
	})

	t.Run("without a verdict it fails, whatever it is to fail on", func(t *testing.T) {
		act(t, t.TempDir(), map[string]string{"testee": "sh -c 'echo no licence >&2; exit 5'", "fail-on": "never"}).expect(t, 2, map[string]string{
			"log": "::error title=Plumbline has no verdict::", "summary": "no licence",
		})
	})

	t.Run("a mistake is told from a verdict", func(t *testing.T) {
		act(t, t.TempDir(), map[string]string{"testee": program, "fail-on": "failures"}).expect(t, 3, map[string]string{"log": "there are failure, deviation and never"})
		act(t, t.TempDir(), map[string]string{"testee": ""}).expect(t, 3, map[string]string{"log": "the input testee is empty"})
		act(t, t.TempDir(), map[string]string{"testee": program, "chapters": "Leyers"}).expect(t, 3, map[string]string{"log": "there is no chapter"})
	})
}

// TestDeviationsMayBeRefused declares the failure of a fault, has it pinned, and checks with and without leave to deviate.
func TestDeviationsMayBeRefused(t *testing.T) {
	program := testee(t)
	directory := t.TempDir()
	features := strings.Builder{}
	first := act(t, directory, map[string]string{"testee": program, "chapters": "Layers"})
	inside := false
	for line := range strings.SplitSeq(content(directory, "plumbline-report", "report.json"), "\n") {
		switch {
		case line == `    "features": [`:
			inside = true
		case inside && strings.HasPrefix(line, "    ]"):
			inside = false
		case inside:
			features.WriteString(strings.TrimSpace(line))
		}
	}
	if first.code != 0 || features.Len() == 0 {
		t.Fatalf("exit code %d\n%s", first.code, first.log)
	}
	statement := "implementation: breakable\nversion: timeout-accepts-zero\nfeatures: [" + features.String() + "]\ndeviations:\n" +
		"  - requirement: timeout.rejects-zero\n    reason: to see what it excuses\n    expires: 2999-12-31\n"
	if err := os.WriteFile(filepath.Join(directory, "statement.yaml"), []byte(statement), 0o600); err != nil {
		t.Fatal(err)
	}
	pin := exec.Command("go", "run", "./cmd/plumbline", "run", "-testee", program+" -fixture=timeout-accepts-zero", "-statement", filepath.Join(directory, "statement.yaml"),
		"-chapters", "Layers", "-update-statement")
	pin.Dir = ".."
	if output, err := pin.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	with := map[string]string{"testee": program + " -fixture=timeout-accepts-zero", "statement": "statement.yaml", "chapters": "Layers"}
	act(t, directory, with).expect(t, 0, map[string]string{"summary": "Known deviations: 1"})
	with["fail-on"] = "deviation"
	act(t, directory, with).expect(t, 1, map[string]string{"log": "there are known deviations, and fail-on says that there may be none"})
}
