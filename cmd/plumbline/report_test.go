package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReportsAreShown(t *testing.T) {
	directory := t.TempDir()
	for name, fixture := range map[string]string{"good.json": "reserving", "bad.json": faulty} {
		if r := useIn(t, directory, "run", "-testee", serving(fixture), "-labels", "/^load-shed/", "-report="+name); r.code > doesNot {
			t.Fatal(r)
		}
	}
	if r := useIn(t, directory, "report", "good.json", "-output", "index.html", "bad.json"); r.code != conforms || r.out != "wrote index.html\n" {
		t.Error(r)
	}
	html := read(t, filepath.Join(directory, "index.html"))
	for _, want := range []string{"breakable reserving", "breakable " + faulty, `<a class="fail" href="#f-` + deviant + `-breakable-` + faulty + `" aria-label="fail">✗`, "<svg class=\"sequence\""} {
		if !strings.Contains(html, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if r := useIn(t, directory, "badge", "bad.json"); r.code != conforms || !strings.Contains(r.out, "<title>plumbline: does not conform</title>") {
		t.Error(r)
	}
	if r := useIn(t, directory, "badge", "good.json", "-json"); r.code != conforms || !strings.Contains(r.out, `"message":"partly checked, `) {
		t.Error(r)
	}
	if r := useIn(t, directory, "summary", "bad.json"); r.code != conforms || !strings.Contains(r.out, "### fail: `"+deviant+"` (") {
		t.Error(r)
	}
	if r := useIn(t, directory, "summary", "-annotations", "bad.json"); r.code != conforms || !strings.Contains(r.out, "::error title=fail%3A "+deviant+" (") {
		t.Error(r)
	}

	t.Run("an altered one is refused, and nothing is written", func(t *testing.T) {
		altered := strings.Replace(read(t, filepath.Join(directory, "bad.json")), `"verdict": "fail"`, `"verdict": "pass"`, 1)
		if err := os.WriteFile(filepath.Join(directory, "altered.json"), []byte(altered), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := useIn(t, directory, "report", "-output=altered.html", "altered.json"); r.code != couldNotRun || !strings.Contains(r.err, "not as it was written") {
			t.Error(r)
		}
		if _, err := os.Stat(filepath.Join(directory, "altered.html")); !os.IsNotExist(err) {
			t.Error(err)
		}
	})
}

func TestUsageOfTheCommandsThatShowReports(t *testing.T) {
	for want, arguments := range map[string][]string{
		"usage: plumbline report [-output FILE] REPORT...": {"report"},
		"usage: plumbline badge [-json] REPORT":            {"badge"},
		"usage: plumbline summary":                         {"summary", "one", "two"},
		"-statement is for -annotations":                   {"summary", "-statement=a", "one"},
	} {
		expect(t, notUnderstood, want, arguments...)
	}
	for _, name := range []string{"report", "badge", "summary"} {
		expect(t, couldNotRun, "nowhere.json", name, "nowhere.json")
	}
}
