package main

import (
	"errors"
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
	if name := modules[0].implementations[1].reportName(); name != "one-variant.json" {
		t.Errorf("the report is named %q", name)
	}
}

func TestAFolderInAnUnknownLanguageHasNoVerdict(t *testing.T) {
	modules, err := discover(tree(t, "other/build.unknown", "other/statement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r := check(modules[0], modules[0].implementations[0], filepath.Join(t.TempDir(), "report.json"))
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
	r := check(m, implementation{name: "one"}, filepath.Join(t.TempDir(), "report.json"))
	if exitCode([]result{r}) != noVerdict || !strings.Contains(r.row()[8], "toolchain is missing") {
		t.Errorf("got %+v", r)
	}
}

func TestAReportOfAnEarlierRunIsNoVerdict(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	if err := with(report.Pass).Write(file); err != nil {
		t.Fatal(err)
	}
	m := module{toolchain: &toolchain{program: "go", check: func(module, implementation, string) error { return errors.New("exit status 1") }}}
	if r := check(m, implementation{name: "one"}, file); r.report != nil || exitCode([]result{r}) != noVerdict {
		t.Errorf("got %+v", r)
	}
}

func with(verdicts ...report.Verdict) *report.Report {
	r := &report.Report{Implementation: "one", Version: "1"}
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
