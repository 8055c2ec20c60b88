package main

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The programs that the tests use, as people would have them: static, and built once.
var plumbline, testee string

func TestMain(m *testing.M) {
	directory, err := os.MkdirTemp("", "plumbline")
	if err != nil {
		panic(err)
	}
	plumbline, testee = filepath.Join(directory, "plumbline"), filepath.Join(directory, "testee")
	for program, source := range map[string]string{plumbline: ".", testee: "../../fixtures/testee"} {
		build := exec.Command("go", "build", "-o", program, source)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := build.CombinedOutput(); err != nil {
			panic(fmt.Sprintf("%v\n%s", err, output))
		}
	}
	code := m.Run()
	_ = os.RemoveAll(directory)
	os.Exit(code)
}

// result is what became of one use of the program.
type result struct {
	out, err string
	code     int
}

func (r result) String() string { return fmt.Sprintf("exit code %d\n%s\n%s", r.code, r.out, r.err) }

// use runs the program in an empty folder, with nothing on its path but a shell for testees.
func use(t *testing.T, arguments ...string) result {
	t.Helper()
	return useIn(t, t.TempDir(), arguments...)
}

func useIn(t *testing.T, directory string, arguments ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	command := exec.Command(plumbline, arguments...)
	command.Dir, command.Stdout, command.Stderr, command.Env = directory, &out, &err, []string{"PATH=/bin:/usr/bin"}
	failure := command.Run()
	var exited *exec.ExitError
	if failure != nil && !errors.As(failure, &exited) {
		t.Fatal(failure)
	}
	return result{out.String(), err.String(), command.ProcessState.ExitCode()}
}

// expect runs the program and holds its exit code, and what it says, against what is wanted.
func expect(t *testing.T, code int, wanted string, arguments ...string) result {
	t.Helper()
	r := use(t, arguments...)
	if r.code != code || !strings.Contains(r.out+r.err, wanted) {
		t.Errorf("plumbline %q: wanted exit code %d and %q, got %v", arguments, code, wanted, r)
	}
	return r
}

func TestTheProgramIsStatic(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("programs of other systems have another form")
	}
	file, err := elf.Open(plumbline)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("it wants a dynamic linker")
		}
	}
}

func TestExplainKnowsEverythingAboutARequirement(t *testing.T) {
	r := expect(t, conforms, "", "explain", "concurrency-limit.wakes-waiting-call")
	for _, want := range []string{
		"concurrency-limit.wakes-waiting-call (MUST, Layers: Concurrency limit", " MUST ", "declare: concurrency-limit\n", "Source: tower",
		"Checked by:\n  concurrency limit ", "concurrency-limit-wakes-nobody: ", "Real implementations that deviate:\n  rama-core ",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("there is no %q in\n%s", want, r.out)
		}
	}
	expect(t, conforms, `"id": "concurrency-limit.wakes-waiting-call"`, "explain", "-json", "concurrency-limit.wakes-waiting-call")
	expect(t, conforms, `"faults": [`, "explain", "concurrency-limit.wakes-waiting-call", "-json")
	expect(t, notUnderstood, "timeout.rejects-zero", "explain", "timeout.rejects-zer")
}

func TestListFilters(t *testing.T) {
	all := strings.Count(expect(t, conforms, "", "list").out, "\n")
	for _, filter := range [][]string{{"-chapter", "layers"}, {"-level", "should"}, {"-feature", "timeout"}} {
		some := strings.Count(expect(t, conforms, "", append([]string{"list"}, filter...)...).out, "\n")
		if some == 0 || some >= all {
			t.Errorf("%v: %d of %d", filter, some, all)
		}
	}
	expect(t, conforms, `"sentence": "`, "list", "-json")
	expect(t, notUnderstood, "there is no chapter", "list", "-chapter=Leyers")
	expect(t, notUnderstood, "there is no level", "list", "-level=WILL")
	expect(t, notUnderstood, "there is no feature", "list", "-feature=teleport")
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		arguments string
		want      string
	}{
		{"", "plumbline run"},
		{"teleport", `no command "teleport"`},
		{"list all", "usage: plumbline list"},
		{"explain", "usage: plumbline explain ID"},
		{"run", "which testee"},
		{"run -testee a -attach b", "which testee"},
		{"run -tetsee true", "-tetsee"},
		{"run -testee true -labels timeout.answers-at-deadlin", "there is no requirement, chapter or level"},
		{"run -testee true -labels (layers", "cannot be understood"},
		{"run -testee true -focus (", "cannot be understood"},
		{"run -testee true -chapters Leyers", "there is no chapter"},
		{"run -testee true -update-statement", "needs a -statement"},
		{"diff one", "usage: plumbline diff OLD NEW"},
		{"verify", "usage: plumbline verify REPORT"},
		{"schema poetry", "there are protocol, report, statement, trace"},
	} {
		expect(t, notUnderstood, test.want, strings.Fields(test.arguments)...)
	}
	expect(t, conforms, "Exit codes: 0 conforms, 1 does not, 2 could not run, 3 usage", "help")
	for _, asked := range [][]string{{"run", "-h"}, {"help", "run"}, {"--help", "run"}} {
		expect(t, conforms, "-update-statement", asked...)
	}
	expect(t, notUnderstood, `no command "teleport"`, "help", "teleport")
}

func TestWhatCannotBeReadIsNoVerdict(t *testing.T) {
	for _, arguments := range [][]string{
		{"verify", "nowhere.json"}, {"diff", "nowhere.json", "nowhere.json"}, {"replay", "nowhere.json"},
	} {
		expect(t, couldNotRun, "nowhere.json", arguments...)
	}
}

func TestSchemasAreJSON(t *testing.T) {
	for _, name := range []string{"report", "statement", "trace", "protocol"} {
		expect(t, conforms, `"$schema": "https://json-schema.org/draft/2020-12/schema"`, "schema", name)
	}
	expect(t, conforms, `"concurrency-limit.frees-permit-on-cancel"`, "schema", "statement")
}
