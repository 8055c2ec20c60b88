package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

// run is a report with something of each kind, of a run that began then and whose specs ran in an order of their own.
func run(t *testing.T, at time.Time, reversed bool) *report.Report {
	t.Helper()
	failed := spec("call.ends", report.Fail)
	failed.Text, failed.Seconds = "call.ends otherwise", 0.001*float64(at.Second())
	failed.Failure.Trace = []report.Trace{{Timeline: "0s  open", Steps: []script.Step{{Command: script.Command{Do: script.Open, Service: 1}}}}}
	specs := []report.Spec{spec("call.ends", report.Pass), failed, spec("call.is-quick", report.KnownDeviation)}
	if reversed {
		slices.Reverse(specs)
	}
	environment := report.Environment{OS: "plan9", Arch: "mips", Go: "go1.26", Clock: "virtual", Began: at, Seconds: 0.5}
	return report.New(specification(t), deviating("call.is-quick"), "v1.2.3", environment, specs)
}

func TestTwoRunsWithTheSameResultsHaveTheSameDigest(t *testing.T) {
	one, other := run(t, began, false), run(t, began.Add(25*time.Hour+time.Second), true)
	if one.Digest != other.Digest {
		t.Errorf("%s and %s", one.Digest, other.Digest)
	}
	if one.Seal == other.Seal {
		t.Error("the seals are the same, and the documents are not")
	}
}

func TestAnotherResultHasAnotherDigest(t *testing.T) {
	specs := func() []report.Spec {
		return []report.Spec{spec("call.ends", report.Fail), spec("call.is-quick", report.KnownDeviation)}
	}
	base := judged(t, deviating("call.is-quick"), specs()...).Digest
	verdict, text := specs(), specs()
	verdict[0] = spec("call.ends", report.Pass)
	text[0].Failure.Observed = "it did a third thing"
	for name, other := range map[string]*report.Report{
		"another verdict":   judged(t, deviating("call.is-quick"), verdict...),
		"another failure":   judged(t, deviating("call.is-quick"), text...),
		"another statement": judged(t, deviating(""), specs()...),
	} {
		if other.Digest == base {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

func TestAReportIsVerified(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	if err := run(t, began, false).Write(file); err != nil {
		t.Fatal(err)
	}
	r, err := report.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(specification(t)); err != nil {
		t.Error(err)
	}
}

// TestWhateverIsAlteredIsFound alters one thing of a report, as a text, and reads it back.
func TestWhateverIsAlteredIsFound(t *testing.T) {
	text, err := json.Marshal(run(t, began, false))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ from, to, want string }{
		"the verdict on a requirement": {`"verdict":"fail","seconds"`, `"verdict":"pass","seconds"`, "its specs say"},
		"the verdict on the whole":     {`"does not conform"`, `"conforms"`, "the results say"},
		"a total":                      {`"pass":0`, `"pass":1`, "totals"},
		"a failure":                    {`it did something else`, `it did nothing wrong`, "what its message does not say"},
		"an excuse":                    {`"text":"it did otherwise"}`, `"text":"it did anything"}`, "statement says otherwise"},
		"the spec of an excuse":        {`"failures":[{"spec":"call.is-quick"`, `"failures":[{"spec":"call.ends"`, "statement says otherwise"},
		"the day of an excuse":         {`"expires":"2026-06-04"`, `"expires":"2026-01-04"`, "statement says otherwise"},
		"the version":                  {`"implementation":"i","version":"1"`, `"implementation":"i","version":"2"`, "has the statement of"},
		"the trace":                    {`"timeline":"0s  open"`, `"timeline":"0s  close"`, "seal"},
		"the day":                      {`"began":"2026-05-04`, `"began":"2026-05-05`, "seal"},
		"the level of a requirement":   {`"level":"MUST","sentence"`, `"level":"MAY","sentence"`, "as the specification has it"},
	} {
		t.Run(name, func(t *testing.T) {
			altered := strings.Replace(string(text), test.from, test.to, 1)
			if altered == string(text) {
				t.Fatalf("there is no %q in %s", test.from, text)
			}
			r, err := report.Parse([]byte(altered))
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Verify(specification(t)); !errors.Is(err, report.ErrAltered) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestWhatIsNoReportIsRefusedWithItsPlace(t *testing.T) {
	text, err := json.MarshalIndent(run(t, began, false), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ text, want string }{
		"no JSON":            {"{\n  \"format\": 1,\n}", "report:3:2"},
		"an unknown field":   {strings.Replace(string(text), `"suite"`, `"siute"`, 1), `unknown field "siute"`},
		"another type":       {strings.Replace(string(text), `"format": 1`, `"format": "1"`, 1), "report:2:"},
		"another format":     {strings.Replace(string(text), `"format": 1`, `"format": 2`, 1), "its format is 2"},
		"more than a report": {string(text) + "{}", "the file goes on"},
		"nothing":            {"", "report:1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := report.Parse([]byte(test.text))
			var located *report.Error
			if !errors.As(err, &located) || !errors.Is(err, report.ErrFormat) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestJUnitTellsWhatOpensAGateFromWhatDoesNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.xml")
	if err := run(t, began, false).WriteJUnit(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure string `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 3 || read.Failures != 1 || read.Errors != 0 || read.Skipped != 2 || len(read.Cases) != 3 {
		t.Errorf("got %+v\n%s", read, text)
	}
	for _, want := range []string{"A call MUST end.", "it did something else", "0s  open"} {
		if !strings.Contains(read.Cases[0].Failure, want) {
			t.Errorf("the failure has no %q: %s", want, read.Cases[0].Failure)
		}
	}
}
