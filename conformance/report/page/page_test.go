package page_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/report/page"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

func write(t *testing.T, s *requirement.Specification, reports ...*report.Report) string {
	t.Helper()
	var out strings.Builder
	if err := page.Write(&out, reports, s); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func expect(t *testing.T, html string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(html, want) {
			t.Errorf("there is no %s", want)
		}
	}
}

func TestEachCellLeadsToItsResult(t *testing.T) {
	s := specification(t, "1.0.0", 20)
	html := write(t, s, implementation(s, "good", never), implementation(s, "bad", only(12)))
	expect(t, html,
		`<a href="#r-calls-1.rule-2">calls-1.rule-2</a> <small>MUST</small></th><td><a class="pass" href="#r-calls-1.rule-2" aria-label="pass">✓</a></td><td><a class="fail" href="#f-calls-1.rule-2-bad-1.0.0" aria-label="fail">✗</a></td></tr>`,
		`<section id="f-calls-1.rule-2-bad-1.0.0" class="finding" data-of="1" aria-label="bad 1.0.0: fail">`,
		"Expected &lt;one&gt; answer to call 12 of bad, but there was none.",
		"A call of <code>kind</code> 12 MUST end.", "nobody waits for ever.", "tower <code>Service</code> (documented)",
		"<svg class=\"sequence\"", "plumbline run -focus=calls-1.rule-2",
		`<li data-of="0 1"><span class="chip not-applicable">not applicable</span> <span class="who">good 1.0.0, bad 1.0.0</span>: undeclared: timeout</li>`,
		`<span class="overall does-not-conform">does not conform</span>`, `<span class="overall conforms">conforms</span>`,
	)
	targets := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if targets[id[1]] {
			t.Errorf("there are two of id %s", id[1])
		}
		targets[id[1]] = true
	}
	for _, link := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if !targets[link[1]] {
			t.Errorf("#%s leads nowhere", link[1])
		}
	}
}

func TestReportsOfDifferentSpecificationsStandSideBySide(t *testing.T) {
	older, newer := specification(t, "0.9.0", 10), specification(t, "0.10.0", 12)
	html := write(t, newer, implementation(older, "old", never), implementation(newer, "new", never))
	expect(t, html, "2 implementations, 12 requirements",
		`<a href="#r-calls-1.rule-1">calls-1.rule-1</a> <small>MAY</small></th><td><span class="sr">not in that report</span></td><td><a class="pass" href="#r-calls-1.rule-1" aria-label="pass">✓</a></td></tr>`)
}

func TestTwoReportsOfOneImplementationAreToldApart(t *testing.T) {
	s := specification(t, "1.0.0", 10)
	expect(t, write(t, s, implementation(s, "twin", never), implementation(s, "twin", never)), "<span>twin 1.0.0</span>", "<span>twin 1.0.0 (2)</span>",
		`<details id="i-twin-1.0.0"`, `<details id="i-twin-1.0.0_2"`)
}

func TestALinkToAResultDoesNotDependOnWhoStandsBesideIt(t *testing.T) {
	s := specification(t, "1.0.0", 20)
	good, bad := implementation(s, "good", never), implementation(s, "bad one", only(12))
	const link = `href="#f-calls-1.rule-2-bad-one-1.0.0"`
	expect(t, write(t, s, bad), link)
	expect(t, write(t, s, good, bad), link)
	expect(t, write(t, s, bad, good), link)
}

func TestWhatAReportSaysCannotBecomeAScript(t *testing.T) {
	s := specification(t, "1.0.0", 10)
	r := implementation(s, "</script></noscript><script>alert(1)</script>", only(0))
	declared := r.Statement
	declared.Link = "javascript:alert(1)"
	steps := append(trace.Steps[:0:0], trace.Steps...)
	steps[0].Command.Stack = &script.Stack{Leaf: `"><script>alert(2)</script>`}
	specs := r.Results[0].Specs
	specs[0].Failure.Trace = []report.Trace{{Timeline: "<script>alert(3)</script>", Steps: steps}}
	html := write(t, s, report.New(s, &declared, "v1", r.Environment, specs))
	if got := strings.Count(html, "<script>"); got != 1 {
		t.Errorf("there are %d scripts", got)
	}
	if strings.Contains(html, `href="javascript:`) {
		t.Error("a link runs a script")
	}
}

func TestAnAlteredReportIsRefused(t *testing.T) {
	s := specification(t, "1.0.0", 10)
	r := implementation(s, "bad", only(4))
	r.Results[4].Verdict = report.Pass
	var out strings.Builder
	if err := page.Write(&out, []*report.Report{r}, s); !errors.Is(err, report.ErrAltered) || out.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, out.Len())
	}
	if err := page.Write(&out, nil, s); !errors.Is(err, page.ErrNoReport) {
		t.Errorf("got %v", err)
	}
}
