package docs_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// snippet reads the block of YAML below a heading of docs/ci.md.
func snippet(t *testing.T, title string, into any) {
	t.Helper()
	for _, s := range sections(t, "ci.md") {
		if s.title != title {
			continue
		}
		block := yamlBlock.FindStringSubmatch(s.text)
		if block == nil {
			break
		}
		if err := yaml.Unmarshal([]byte(block[1]), into); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("ci.md has no example for %s", title)
}

// TestTheGitHubExampleFitsTheAction holds the inputs of the example against action.yml. What the action does with them is tested beside it.
func TestTheGitHubExampleFitsTheAction(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]string
			}
		}
	}
	snippet(t, "GitHub", &workflow)
	var action struct {
		Inputs map[string]struct {
			Required bool
			Default  string
		}
	}
	text, err := os.ReadFile("../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &action); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("ci.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, input := range action.Inputs {
		if !strings.Contains(string(page), "| `"+name+"` | ") {
			t.Errorf("ci.md does not say what %s means", name)
		}
		if with := workflow.Jobs["plumbline"].Steps[1].With; input.Required && with[name] == "" {
			t.Errorf("the example does not give %s", name)
		}
	}
	for name := range workflow.Jobs["plumbline"].Steps[1].With {
		if _, is := action.Inputs[name]; !is {
			t.Errorf("the action has no input %s", name)
		}
	}
	if path := workflow.Jobs["plumbline"].Steps[2].With["path"]; path != action.Inputs["output"].Default {
		t.Errorf("the example uploads %s, and the action writes to %s", path, action.Inputs["output"].Default)
	}
}

// TestTheGitLabExampleGates runs the job as a runner of GitLab's does: before_script and script, line by line in one shell, in the repository that
// init has written. What it installs comes from a module proxy in a folder, which serves this working tree.
func TestTheGitLabExampleGates(t *testing.T) {
	if !installed("python3") {
		t.Skip("there is no python3 here for the example's testee")
	}
	var pipeline struct {
		Conformance struct {
			Variables    map[string]string
			BeforeScript []string `yaml:"before_script"`
			Script       []string
			Artifacts    struct {
				Paths   []string
				Reports struct{ JUnit string }
			}
		}
	}
	snippet(t, "GitLab", &pipeline)
	job := pipeline.Conformance
	repository, programs := t.TempDir(), t.TempDir()
	environment := append(os.Environ(), "GOBIN="+programs, "GOPROXY="+proxy(t), "GONOSUMDB=github.com/plumbline-spec",
		"PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	for name, value := range job.Variables {
		environment = append(environment, name+"="+value)
	}
	shell := func(lines ...string) (string, int) {
		command := exec.Command("bash", "-e", "-o", "pipefail", "-c", strings.Join(lines, "\n"))
		command.Dir, command.Env = repository, environment
		output, err := command.CombinedOutput()
		var exited *exec.ExitError
		if err != nil && !errors.As(err, &exited) {
			t.Fatal(err)
		}
		return string(output), command.ProcessState.ExitCode()
	}
	if output, code := shell(append(slices.Clone(job.BeforeScript), "plumbline init -language python .")...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, output)
	}
	if output, code := shell(job.Script...); code != 0 {
		t.Fatalf("exit code %d\n%s", code, output)
	}
	for _, path := range append(job.Artifacts.Paths, job.Artifacts.Reports.JUnit, "plumbline-report/index.html") {
		if _, err := os.Stat(filepath.Join(repository, path)); err != nil {
			t.Error(err)
		}
	}
	stack := filepath.Join(repository, "stack.py")
	text, err := os.ReadFile(stack)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(text), "self._function(await self._inner.call(request))", "await self._inner.call(request)", 1)
	if err := os.WriteFile(stack, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	if output, code := shell(job.Script...); code != 1 || !strings.Contains(output, "DOES NOT CONFORM") {
		t.Errorf("a broken one: exit code %d\n%s", code, output)
	}
	environment = append(environment, "TESTEE=false")
	if output, code := shell(job.Script...); code != 2 {
		t.Errorf("a testee that does not start: exit code %d\n%s", code, output)
	}
}

// proxy makes a module proxy in a folder, which has this working tree as the only version of this module, and returns what GOPROXY is then.
func proxy(t *testing.T) string {
	t.Helper()
	const module, version = "github.com/plumbline-spec/plumbline", "v0.0.1"
	folder := filepath.Join(t.TempDir(), filepath.FromSlash(module), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(map[string]string{"Version": version, "Time": "2026-01-01T00:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	definition, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": definition, version + ".zip": archive(t, module+"@"+version+"/")} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settings, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		t.Fatal(err)
	}
	cache, next, _ := strings.Cut(strings.TrimSpace(string(settings)), "\n")
	root := strings.TrimSuffix(folder, filepath.FromSlash("/"+module+"/@v"))
	return "file://" + root + ",file://" + cache + "/cache/download," + next
}

// archive is the working tree as a module's zip: without what git ignores, and without the modules below it.
func archive(t *testing.T, prefix string) []byte {
	t.Helper()
	list := exec.Command("git", "ls-files", "-co", "--exclude-standard")
	list.Dir = ".."
	output, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Split(strings.TrimSpace(string(output)), "\n")
	var others []string
	for _, file := range files {
		if folder, is := strings.CutSuffix(file, "/go.mod"); is {
			others = append(others, folder+"/")
		}
	}
	var packed bytes.Buffer
	writer := zip.NewWriter(&packed)
	for _, file := range files {
		if slices.ContainsFunc(others, func(folder string) bool { return strings.HasPrefix(file, folder) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(file)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed, and not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		entry, err := writer.Create(prefix + file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
