package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// tree makes a directory with those files, all empty.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, file := range files {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestEachStatementOfAModuleIsAnImplementation(t *testing.T) {
	root := tree(t, "one/go.mod", "one/statement.yaml", "one/variant/statement.yaml", "reference/adapter.go", "reference/statement.yaml")
	modules, err := discover(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) != 1 || len(modules[0].implementations) != 2 {
		t.Fatalf("got %+v", modules)
	}
	if name := modules[0].implementations[1].fileName(".json"); name != "one-variant.json" {
		t.Errorf("the report is named %q", name)
	}
}

func TestAFolderInAnUnknownLanguageHasNoVerdict(t *testing.T) {
	modules, err := discover(tree(t, "other/build.unknown", "other/statement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r := how{build: t.TempDir()}.check(modules[0], modules[0].implementations[0], io.Discard)
	if exitCode([]result{r}) != noVerdict {
		t.Errorf("got %+v", r)
	}
}

func TestAModuleWithoutAStatementIsRefused(t *testing.T) {
	if _, err := discover(tree(t, "one/go.mod")); err == nil || !strings.Contains(err.Error(), "no statement.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingToolchainIsNoPass(t *testing.T) {
	m := module{toolchain: &toolchain{program: "a-program-that-nobody-has"}}
	r := how{build: t.TempDir()}.check(m, implementation{name: "one"}, io.Discard)
	if exitCode([]result{r}) != noVerdict || !strings.Contains(r.row()[8], "toolchain is missing") {
		t.Errorf("got %+v", r)
	}
}

// running is a module whose suite is a shell script, which is given the file of the report as $1.
func running(t *testing.T, script string) (how, module) {
	t.Helper()
	build := t.TempDir()
	if err := os.Mkdir(filepath.Join(build, "implementations"), 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(build, "suite")
	text := "#!/bin/sh\nfor argument; do case $argument in -report=*) set -- \"${argument#-report=}\" ;; esac; done\n" + script
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return how{build: build, repeat: 1}, module{toolchain: &toolchain{program: "sh", prepare: func(module, implementation, string, io.Writer) (*suite, error) {
		return &suite{program: program, directory: build}, nil
	}}}
}

func TestAReportOfAnEarlierRunIsNoVerdict(t *testing.T) {
	h, m := running(t, "exit 1")
	if err := with(report.Pass).Write(filepath.Join(h.build, "implementations", "one.json")); err != nil {
		t.Fatal(err)
	}
	if r := h.check(m, implementation{name: "one"}, io.Discard); r.report != nil || exitCode([]result{r}) != noVerdict {
		t.Errorf("got %+v", r)
	}
}

func TestVerdictsHaveToBeTheSameInEachRun(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		runs   int
		code   int
	}{
		"the same":  {`cp pass "$1"`, 5, 0},
		"another":   {`if test -e third; then cp fail "$1"; elif test -e second; then touch third; cp pass "$1"; else touch second; cp pass "$1"; fi`, 3, mismatch},
		"none left": {`if test -e second; then exit 1; else touch second; cp pass "$1"; fi`, 1, noVerdict},
	} {
		t.Run(name, func(t *testing.T) {
			h, m := running(t, test.script)
			h.repeat = 5
			for file, verdict := range map[string]report.Verdict{"pass": report.Pass, "fail": report.NotApplicable} {
				r := with(report.Pass, verdict)
				r.Results[1].Specs = []report.Spec{{Text: "does it", Verdict: verdict}}
				if err := r.Write(filepath.Join(h.build, file)); err != nil {
					t.Fatal(err)
				}
			}
			r := h.check(m, implementation{name: "one"}, io.Discard)
			if r.runs != test.runs || exitCode([]result{r}) != test.code {
				t.Errorf("got %+v (%v) after %d runs", r, r.err, r.runs)
			}
		})
	}
}

func TestADisturbedRunIsMadeAgainAtALargerScale(t *testing.T) {
	for name, test := range map[string]struct {
		second report.Verdict
		code   int
	}{
		"calm":           {report.Pass, 0},
		"a failure":      {report.Fail, mismatch},
		"never any calm": {report.CouldNotRun, mismatch},
	} {
		t.Run(name, func(t *testing.T) {
			h, m := running(t, `echo run >>runs; if test -e second; then cp after "$1"; else touch second; cp before "$1"; fi`)
			m.toolchain.prepare = scaled(m.toolchain.prepare, 4)
			for file, verdict := range map[string]report.Verdict{"before": report.CouldNotRun, "after": test.second} {
				if err := with(report.Pass, verdict).Write(filepath.Join(h.build, file)); err != nil {
					t.Fatal(err)
				}
			}
			r := h.check(m, implementation{name: "one"}, io.Discard)
			runs, err := os.ReadFile(filepath.Join(h.build, "runs"))
			if err != nil {
				t.Fatal(err)
			}
			want := 2
			if test.second == report.CouldNotRun {
				want = 3
			}
			if got := strings.Count(string(runs), "run"); got != want || exitCode([]result{r}) != test.code {
				t.Errorf("got %+v after %d runs", r, got)
			}
		})
	}
}

// scaled makes a suite one of a testee on the machine's clock.
func scaled(prepare func(module, implementation, string, io.Writer) (*suite, error), scale float64) func(module, implementation, string, io.Writer) (*suite, error) {
	return func(m module, i implementation, binaries string, out io.Writer) (*suite, error) {
		s, err := prepare(m, i, binaries, out)
		s.scale = scale
		return s, err
	}
}

func TestAnImplementationIsNamedByItsFolderOrOneAbove(t *testing.T) {
	i := implementation{name: "rust/tower"}
	for folder, want := range map[string]bool{"": true, "tower": true, "rust": true, "rust/tower": true, "tow": false, "rust/tower/more": false} {
		if got := i.within(folder); got != want {
			t.Errorf("in %q: %v", folder, got)
		}
	}
}

func with(verdicts ...report.Verdict) *report.Report {
	r := &report.Report{Format: report.Format, Implementation: "one", Version: "1"}
	for _, verdict := range verdicts {
		r.Results = append(r.Results, report.Result{Requirement: "some.requirement", Verdict: verdict})
	}
	return r
}

func TestTheExitCodeTellsAMismatchFromNoVerdict(t *testing.T) {
	good := result{report: with(report.Pass, report.KnownDeviation, report.NotApplicable)}
	for name, test := range map[string]struct {
		results []result
		want    int
	}{
		"as stated":                        {[]result{good, good}, 0},
		"a failure":                        {[]result{{report: with(report.Pass, report.Fail)}, good}, mismatch},
		"a deviation that did not show":    {[]result{good, {report: with(report.Pass, report.UnexpectedPass)}}, mismatch},
		"a requirement that could not run": {[]result{{report: with(report.Pass, report.CouldNotRun)}}, mismatch},
		"nothing was checked":              {[]result{{report: with(report.NotApplicable)}}, mismatch},
		"the run failed all the same":      {[]result{{report: with(report.Pass), err: errors.New("exit status 1")}}, mismatch},
		"no report":                        {[]result{{report: with(report.Fail)}, {err: errors.New("it does not build")}}, noVerdict},
	} {
		t.Run(name, func(t *testing.T) {
			if got := exitCode(test.results); got != test.want {
				t.Errorf("exit code %d, want %d", got, test.want)
			}
		})
	}
}

func TestTheTableHasALineForEach(t *testing.T) {
	var out strings.Builder
	printTable(&out, []result{{report: with(report.Pass, report.Pass, report.Fail)}, {name: "two", err: errors.New("it does not build")}})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 4 || !strings.Contains(lines[2], "NOT AS STATED") || !strings.Contains(lines[3], "NO VERDICT: it does not build") {
		t.Errorf("got\n%s", out.String())
	}
	if strings.Join(strings.Fields(lines[2]), " ") != "| one | 1 | 2 | 0 | 1 | 0 | 0 | 0.0 | NOT AS STATED |" {
		t.Errorf("got %q", lines[2])
	}
}
