package main

import (
	"debug/buildinfo"
	"encoding/json"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

func TestVersionSaysWhatTheProgramIsMadeOf(t *testing.T) {
	built, err := buildinfo.ReadFile(plumbline)
	if err != nil {
		t.Fatal(err)
	}
	want := versions{Specification: requirement.Current().Version, Suite: built.Main.Version, Go: built.GoVersion}
	for _, setting := range built.Settings {
		switch setting.Key {
		case "vcs.revision":
			want.Revision = setting.Value
		case "vcs.modified":
			want.Modified = setting.Value == "true"
		case "GOOS":
			want.OS = setting.Value
		case "GOARCH":
			want.Arch = setting.Value
		}
	}
	var got versions
	if err := json.Unmarshal([]byte(expect(t, conforms, "", "version", "-json").out), &got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, asked := range []string{"version", "-version", "--version"} {
		out := expect(t, conforms, "specification "+want.Specification, asked).out
		for _, part := range []string{want.Suite, want.Revision, want.Go + " for " + want.OS + "/" + want.Arch} {
			if !strings.Contains(out, part) {
				t.Errorf("%s does not say %q:\n%s", asked, part, out)
			}
		}
	}
	expect(t, notUnderstood, "usage: plumbline version", "version", "1.0")
}
