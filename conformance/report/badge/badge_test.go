package badge_test

import (
	"encoding/json"
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/badge"
)

func of(verdict report.Overall) badge.Badge {
	return badge.Of(&report.Report{Verdict: verdict, Results: []report.Result{{Verdict: report.Pass}, {Verdict: report.Pass}, {Verdict: report.Fail}}})
}

var verdicts = map[report.Overall]string{
	report.Conforms: "conforms, 2 hold", report.ConformsWithDeviations: "conforms with deviations, 2 hold", report.Partial: "partly checked, 2 hold",
	report.NoVerdict: "could not run", report.DoesNotConform: "does not conform",
}

func TestABadgeSaysTheVerdict(t *testing.T) {
	for verdict, message := range verdicts {
		b := of(verdict)
		if b.Message != message || b.Error != (verdict == report.NoVerdict || verdict == report.DoesNotConform) {
			t.Errorf("%s: got %+v", verdict, b)
		}
		svg, err := b.SVG()
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			Title string   `xml:"title"`
			Texts []string `xml:"g>text"`
		}
		if err := xml.Unmarshal([]byte(svg), &read); err != nil {
			t.Fatal(err)
		}
		if read.Title != "plumbline: "+message || len(read.Texts) != 2 || read.Texts[1] != message || !strings.Contains(svg, `fill="`+b.Colour+`"`) {
			t.Errorf("%s: got %+v in %s", verdict, read, svg)
		}
	}
}

// TestTheEndpointHasTheFieldsThatShieldsReads: schemaVersion, label and message are required there, the others optional.
func TestTheEndpointHasTheFieldsThatShieldsReads(t *testing.T) {
	text, err := of(report.DoesNotConform).Endpoint()
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if len(read) != 5 || read["schemaVersion"] != 1.0 || read["label"] != "plumbline" || read["message"] != "does not conform" ||
		read["color"] != "#b3261e" || read["isError"] != true {
		t.Errorf("got %s", text)
	}
}

func TestTheTextCanBeReadOnItsColour(t *testing.T) {
	for verdict := range verdicts {
		number, err := strconv.ParseUint(of(verdict).Colour[1:], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		luminance := 0.0
		for index, weight := range []float64{0.0722, 0.7152, 0.2126} {
			luminance += weight * math.Pow((float64(number>>(8*index)&0xff)/255+0.055)/1.055, 2.4)
		}
		if contrast := 1.05 / (luminance + 0.05); contrast < 4.5 {
			t.Errorf("%s: the contrast is %.1f", verdict, contrast)
		}
	}
}
