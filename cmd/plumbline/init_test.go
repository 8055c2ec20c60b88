package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const checkout = "../.."

// thirdParty is a repository that somebody else has made with init, and gates by its own CI script.
type thirdParty struct {
	t         *testing.T
	directory string
}

// startRepository makes one in a folder of its own, and prepares it by a command, if there is one.
func startRepository(t *testing.T, language string, prepare ...string) thirdParty {
	t.Helper()
	directory := t.TempDir()
	if r := useIn(t, directory, "init", "-language", language, "-name", "theirs", "."); r.code != conforms {
		t.Fatal(r)
	}
	p := thirdParty{t, directory}
	if len(prepare) > 0 {
		command := exec.Command(prepare[0], prepare[1:]...)
		command.Dir = directory
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", prepare, err, output)
		}
	}
	return p
}

// ci runs the repository's CI script, with plumbline on the path as anybody would have it.
func (p thirdParty) ci() result {
	p.t.Helper()
	var out bytes.Buffer
	command := exec.Command("sh", filepath.Join(p.directory, "ci.sh"))
	command.Env = append(os.Environ(), "PATH="+filepath.Dir(plumbline)+string(os.PathListSeparator)+os.Getenv("PATH"))
	command.Stdout, command.Stderr = &out, &out
	_ = command.Run() // the exit code says it
	return result{out: out.String(), code: command.ProcessState.ExitCode()}
}

// replace changes a file of the repository.
func (p thirdParty) replace(name, from, to string) {
	p.t.Helper()
	path := filepath.Join(p.directory, filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		p.t.Fatalf("%s has no %q", name, from)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), from, to)), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// write writes a further file of the repository.
func (p thirdParty) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.directory, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// gate makes one change after the other, each taken back before the next, and holds what the CI script says against what it has to.
func (p thirdParty) gate(source, right, wrong, program, starts, fails string) {
	p.t.Helper()
	for _, step := range []struct {
		what, file, from, to string
		code                 int
		says                 string
	}{
		{"as it was written", source, right, right, conforms, "theirs 0.1.0: CONFORMS\n"},
		{"with a broken implementation", source, right, wrong, doesNot, "map.applied-once-per-response (MUST, Service: "},
		{"with a testee that does not start", program, starts, fails, couldNotRun, "plumbline run: the testee ended"},
		{"with a typo in the statement", "statement.yaml", "- map", "- mpa", notUnderstood, `there is no feature "mpa"`},
		{"with a typo in the script", "ci.sh", "-statement ", "-statment ", notUnderstood, "-statment"},
	} {
		p.replace(step.file, step.from, step.to)
		r := p.ci()
		p.replace(step.file, step.to, step.from)
		if r.code != step.code || !strings.Contains(r.out, step.says) {
			p.t.Errorf("%s: wanted exit code %d and %q, got %v", step.what, step.code, step.says, r)
		}
	}
}

// root is the checkout's folder, for the modules that are not published where tests run.
func root(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(checkout)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAThirdPartyInGoIsGated(t *testing.T) {
	t.Parallel()
	const module = "github.com/plumbline-spec/plumbline"
	prepare := "go mod edit -require=" + module + "@v0.0.0 -replace=" + module + "=" + root(t) + " && go mod tidy"
	p := startRepository(t, "go", "sh", "-c", prepare)
	p.gate("stack.go", "return m.Function(response), nil", "return m.Function(m.Function(response)), nil",
		"testee/main.go", "func main() {\n", "func main() {\n\tpanic(\"no licence\")\n")
}

// The languages below need what the rest of this module does not. make implementations, which needs it too, fails where it is missing.
func requires(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("there is no %s here", program)
	}
}

func TestAThirdPartyInPythonIsGated(t *testing.T) {
	t.Parallel()
	requires(t, "python3")
	p := startRepository(t, "python")
	p.gate("stack.py", "self._function(await self._inner.call(request))", "await self._inner.call(request)",
		"testee.py", "import stack\n", "import stacks\n")
}

func TestAThirdPartyInRustIsGated(t *testing.T) {
	if testing.Short() {
		t.Skip("a build in Rust takes long")
	}
	t.Parallel()
	requires(t, "cargo")
	p := startRepository(t, "rust")
	// The crate as it is in this checkout, with the versions that it pins, and its dependencies built once.
	crate := filepath.Join(root(t), "implementations", "rust")
	p.replace("Cargo.toml", `{ git = "https://github.com/plumbline-spec/plumbline" }`, `{ path = "`+crate+`/testee" }`)
	p.write("Cargo.lock", read(t, filepath.Join(crate, "Cargo.lock")))
	p.write(".cargo/config.toml", "[build]\ntarget-dir = \""+filepath.Join(crate, "target")+"\"\n")
	p.gate("src/lib.rs", "answer.await.map(|response| function(response))", "{ let _ = &function; answer.await }",
		"src/bin/testee.rs", "std::io::Result<()> {\n", "std::io::Result<()> {\n    panic!(\"no licence\");\n    #[allow(unreachable_code)]\n")
}

func TestInitWritesOverNothing(t *testing.T) {
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "statement.yaml"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := useIn(t, directory, "init", "-language=python", "."); r.code != notUnderstood || !strings.Contains(r.err, "statement.yaml") {
		t.Errorf("got %v", r)
	}
	if entries, err := os.ReadDir(directory); err != nil || len(entries) != 1 {
		t.Errorf("%v: %v", err, entries)
	}
	expect(t, notUnderstood, "there is no template for", "init", "-language=cobol", "x")
	expect(t, notUnderstood, "no name for a package", "init", "-name=My Stack", "x")
}

func TestTheVirtualLoopOfTheTemplateIsThatOfThePythonTestee(t *testing.T) {
	if read(t, filepath.Join(checkout, "implementations", "python", "virtual.py")) != read(t, "templates/python/virtual.py.txt") {
		t.Error("they differ: copy the testee's")
	}
}
