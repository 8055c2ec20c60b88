package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// serving is the command line of a testee that is this fixture.
func serving(fixture string) string { return testee + " -fixture=" + fixture }

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fault is a fault, and the requirement that the tests here look at it by.
const faulty, deviant = "load-shed-waits", "load-shed.sheds-instead-of-waiting"

func TestARunThatConforms(t *testing.T) {
	directory := t.TempDir()
	r := useIn(t, directory, "run", "-testee", serving("reserving"), "-report=report.json", "-junit=report.xml")
	if r.code != conforms || !strings.HasSuffix(r.out, "breakable reserving: CONFORMS\n") || strings.Contains(r.out+r.err, "\x1b") {
		t.Errorf("got %v", r)
	}
	if r := useIn(t, directory, "verify", "report.json"); r.code != conforms || !strings.Contains(r.out, "sha256:") {
		t.Errorf("its report is not verified: %v", r)
	}
	if text, err := os.ReadFile(filepath.Join(directory, "report.xml")); err != nil || !strings.Contains(string(text), `<testcase name="`+deviant) {
		t.Errorf("%v: %.200s", err, text)
	}
}

func TestARunThatDoesNotConformSaysWhy(t *testing.T) {
	r := expect(t, doesNot, "DOES NOT CONFORM", "run", "-testee", serving(faulty), "-labels", deviant)
	clause, rerun := "A call that would have to wait for the service inside MUST be answered at once", "plumbline run -testee='"+testee+" -fixture="+faulty+"' -focus="
	for _, want := range []string{deviant + " (MUST", clause, "Expected ", "invoke", rerun} {
		if !strings.Contains(r.out, want) {
			t.Errorf("there is no %q in\n%s", want, r.out)
		}
	}
}

func TestTheRerunCommandOfAFailureRunsExactlyThatSpec(t *testing.T) {
	r := use(t, "run", "-testee", serving(faulty), "-labels", deviant, "-json")
	for _, spec := range failed(t, r, deviant).Specs {
		if spec.Failure == nil {
			continue
		}
		_, focus, _ := strings.Cut(spec.Failure.Rerun, " -focus=")
		again := use(t, "run", "-testee", serving(faulty), "-focus", strings.Trim(focus, "'"), "-json")
		if ran := failed(t, again, deviant); len(ran.Specs) == 0 || again.code != doesNot {
			t.Errorf("%q: %v", focus, again)
		}
	}
}

// failed reads a report from what -json printed and returns the result of that requirement.
func failed(t *testing.T, r result, id string) report.Result {
	t.Helper()
	read, err := report.Parse([]byte(r.out))
	if err != nil {
		t.Fatalf("%v in %v", err, r)
	}
	for _, result := range read.Results {
		if result.Requirement == id {
			return result
		}
	}
	t.Fatalf("there is no %s", id)
	return report.Result{}
}

func TestATesteeThatCannotBeRunIsNoVerdict(t *testing.T) {
	unwilling := file(t, "unwilling.sh", "echo 'no licence' >&2; exit 5")
	expect(t, couldNotRun, "exit status 5", "run", "-testee", "sh "+unwilling)
	expect(t, couldNotRun, "no licence", "run", "-testee", "sh "+unwilling)
	dies := file(t, "dies.sh", `read line; echo '{"id":1,"hello":{"protocol":1,"implementation":"mortal","version":"1.0.0","clock":"virtual","features":[]}}'; exit 7`)
	expect(t, couldNotRun, "COULD NOT RUN", "run", "-testee", "sh "+dies)
	expect(t, couldNotRun, "nothing was checked", "run", "-testee", serving("reserving"), "-labels", "/^advisory/")
}

func TestAStatementThatIsWrongIsAMistakeOfItsAuthor(t *testing.T) {
	expect(t, notUnderstood, `statement.yaml:3:12: there is no feature "tiemout"`, "run", "-testee", serving("reserving"),
		"-statement", file(t, "statement.yaml", "implementation: breakable\nversion: reserving\nfeatures: [tiemout]\n"))
	expect(t, notUnderstood, "is the statement of other 1.0.0", "run", "-testee", serving("reserving"),
		"-statement", file(t, "statement.yaml", "implementation: other\nversion: 1.0.0\n"))
}

func TestADeviationIsPinnedAndHeldTo(t *testing.T) {
	features := failedFeatures(t)
	text := "implementation: breakable\nversion: " + faulty + "\nfeatures: [" + features + "]\ndeviations:\n  - requirement: " + deviant +
		"\n    reason: to see what it excuses\n    expires: 2999-12-31\n"
	statement := file(t, "statement.yaml", text)
	check := func(more ...string) result {
		return use(t, append([]string{"run", "-testee", serving(faulty), "-statement", statement, "-labels", deviant}, more...)...)
	}
	if r := check(); r.code != doesNot || !strings.Contains(r.out, "-update-statement") {
		t.Errorf("without a failure it is an excuse: %v", r)
	}
	if r := check("-update-statement"); r.code != conforms {
		t.Errorf("while the statement is updated: %v", r)
	}
	if r := check(); r.code != conforms || !strings.Contains(r.out, "known deviation  "+deviant) {
		t.Errorf("it is no excuse: %v", r)
	}
	written, err := os.ReadFile(statement)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(statement, []byte(strings.Replace(string(written), "2999", "2020", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := check(); r.code != doesNot || !strings.Contains(r.out, "expired on 2020-12-31") {
		t.Errorf("past its day: %v", r)
	}
}

// failedFeatures lists the features of the faulty fixture, as its greeting has them.
func failedFeatures(t *testing.T) string {
	t.Helper()
	r := use(t, "run", "-testee", serving(faulty), "-labels", deviant, "-json")
	var read struct {
		Statement struct{ Features []string }
	}
	if err := json.Unmarshal([]byte(r.out), &read); err != nil {
		t.Fatal(err)
	}
	return strings.Join(read.Statement.Features, ", ")
}

func TestDiffFindsWhatBroke(t *testing.T) {
	directory := t.TempDir()
	for name, fixture := range map[string]string{"good.json": "reserving", "bad.json": faulty} {
		if r := useIn(t, directory, "run", "-testee", serving(fixture), "-labels", "/^load-shed/", "-report="+name); r.code > doesNot {
			t.Fatal(r)
		}
	}
	if r := useIn(t, directory, "diff", "good.json", "bad.json"); r.code != doesNot || !strings.Contains(r.out, "broken   "+deviant+": fail, was pass") {
		t.Errorf("got %v", r)
	}
	if r := useIn(t, directory, "diff", "bad.json", "good.json"); r.code != conforms || !strings.Contains(r.out, "fixed    "+deviant) {
		t.Errorf("got %v", r)
	}
	if r := useIn(t, directory, "diff", "-json", "good.json", "good.json"); r.code != conforms || r.out != "[]\n" {
		t.Errorf("got %v", r)
	}
}

func TestVerifyFindsWhatWasAltered(t *testing.T) {
	directory := t.TempDir()
	if r := useIn(t, directory, "run", "-testee", serving(faulty), "-labels", deviant, "-report=report.json"); r.code != doesNot {
		t.Fatal(r)
	}
	path := filepath.Join(directory, "report.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), `"verdict": "fail"`, `"verdict": "pass"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := useIn(t, directory, "verify", "report.json"); r.code != doesNot || !strings.Contains(r.out, "not as it was written") {
		t.Errorf("got %v", r)
	}
}
