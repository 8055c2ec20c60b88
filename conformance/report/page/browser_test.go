package page_test

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	browserpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/plumbline-spec/plumbline/conformance/report"
	"github.com/plumbline-spec/plumbline/conformance/requirement"
)

// browser is a tab of a real browser without a window.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string // but for the page itself
	errors   []string
}

// patience bounds everything that a test does with the browser.
const patience = 2 * time.Minute

// start opens a tab. Where there is no Chromium, a test is skipped, unless it is CI's: there it fails.
func start(t *testing.T) *browser {
	t.Helper()
	chromium := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			chromium = path
			break
		}
	}
	if chromium == "" {
		const missing = "there is no Chromium on this machine, so nobody has seen whether the page works in a browser (Debian has it in the package chromium)"
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.UserDataDir(t.TempDir()))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root in its sandbox
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); closeTab(); end(); cancel() })
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	return b
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(event.Request.URL, "file:") && !strings.HasPrefix(event.Request.URL, "data:") {
			b.requests = append(b.requests, event.Request.URL)
		}
	case *log.EventEntryAdded:
		b.errors = append(b.errors, event.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		b.errors = append(b.errors, "the console was written to")
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, event.ExceptionDetails.Text)
	}
}

// quiet fails the test if the page asked for anything on the network, or had an error.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) > 0 || len(b.errors) > 0 {
		b.t.Errorf("requests %q, errors %q", b.requests, b.errors)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// load opens the page and waits until all of it is laid out.
func (b *browser) load(html, fragment string) {
	b.t.Helper()
	b.open(html, fragment)
	b.settle()
}

// settle waits until the sections off the screen are laid out.
func (b *browser) settle() {
	b.t.Helper()
	b.do(chromedp.WaitReady(chromedp.CSS("#matrix:not([aria-busy])")))
}

// open writes the page to a file and opens it. The fragment begins with # or is empty.
func (b *browser) open(html, fragment string) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "index.html")
	if err := os.WriteFile(file, []byte(html), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.Navigate((&url.URL{Scheme: "file", Path: file}).String() + fragment))
}

func (b *browser) press(keys ...string) {
	b.t.Helper()
	for _, key := range keys {
		b.do(chromedp.KeyEvent(key))
	}
}

// eval evaluates a JavaScript expression in the page.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// is fails the test unless the expression has that value.
func is[T comparable](b *browser, expression string, want T) {
	b.t.Helper()
	if got := eval[T](b, expression); got != want {
		b.t.Errorf("%s is %v, not %v", expression, got, want)
	}
}

func call[P, R any](b *browser, command cdp.Command[P, R], parameters P) R {
	b.t.Helper()
	result, err := chromedp.Call(b.ctx, command, parameters)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// set chooses a filter as a person does.
func (b *browser) set(name, value string) {
	b.t.Helper()
	eval[chromedp.Void](b, `{ const field = document.forms.filters.elements.`+name+`; field.value = "`+value+`"; field.dispatchEvent(new Event("input", {bubbles: true})); }`)
}

// everyRequirementIsSpoken fails the test if a screen reader is not given a row.
func everyRequirementIsSpoken(t *testing.T, s *requirement.Specification, spoken map[string]bool) {
	t.Helper()
	for _, clause := range s.Requirements {
		if want := "rowheader: " + clause.ID + " " + string(clause.Level); !spoken[want] {
			t.Fatalf("nobody hears %q", want)
		}
	}
}

const (
	shown   = `[...document.querySelectorAll("#matrix tr[data-level]")].filter((row) => row.offsetParent).map((row) => row.cells[0].firstElementChild.textContent).join(" ")`
	focused = `(document.activeElement.hash ?? "") || document.activeElement.id`
	title   = `document.querySelector("dialog").open ? document.getElementById("result-title").textContent : ""`
)

func TestThePageInABrowser(t *testing.T) {
	b := start(t)
	s := specification(t, "1.0.0", 120)
	html := write(t, s, implementation(s, "good", never), implementation(s, "bad", func(number int) bool { return number == 12 || number == 115 }))

	t.Run("filters", func(t *testing.T) {
		b.t = t
		b.load(html, "")
		is(b, `document.getElementById("shown").textContent`, "120 of 120 requirements")
		b.set("verdict", "fail")
		is(b, shown, "calls-1.rule-2 calls-11.rule-5")
		b.set("chapter", "Chapter B")
		is(b, shown, "calls-11.rule-5")
		is(b, `document.getElementById("shown").textContent`, "1 of 120 requirements")
		b.set("level", "SHOULD")
		is(b, shown, "")
		is(b, `document.getElementById("nothing").hidden`, false)
		b.do(chromedp.Click(chromedp.CSS("#filters button")))
		is(b, `document.getElementById("shown").textContent`, "120 of 120 requirements")
		b.set("column", "0")
		is(b, `[...document.querySelectorAll("#matrix thead th")].filter((cell) => cell.offsetParent).map((cell) => cell.textContent).join()`, "Requirement,good 1.0.0")
		b.set("verdict", "fail")
		is(b, shown, "")
		b.quiet()
	})

	t.Run("text is searched in clauses and failures", func(t *testing.T) {
		b.t = t
		b.load(html, "")
		b.do(chromedp.Focus(chromedp.CSS("[name=text]")))
		b.press("a", "n", "s", "w", "e", "r", " ", "1", "1", "5")
		is(b, shown, "calls-11.rule-5")
		b.set("text", "viewBox")
		is(b, shown, "") // how a diagram is written is no text of the page
		b.set("text", "KIND rule-7 ")
		is(b, `document.getElementById("shown").textContent`, "12 of 120 requirements")
		b.quiet()
	})

	t.Run("a cell opens its result", func(t *testing.T) {
		b.t = t
		b.load(html, "")
		b.do(chromedp.Click(chromedp.CSS(`a[href="#f-calls-1.rule-2-bad-1.0.0"]`)))
		is(b, title, "calls-1.rule-2 — bad 1.0.0")
		for _, want := range []string{"A call of kind 12 MUST end.", "Expected <one> answer to call 12 of bad", "nobody waits for ever."} {
			if body := eval[string](b, `document.getElementById("result-body").textContent`); !strings.Contains(body, want) {
				t.Errorf("there is no %q in %q", want, body)
			}
		}
		is(b, `document.querySelector("dialog svg.sequence").getBoundingClientRect().height > 100`, true)
		is(b, `document.querySelector("dialog").textContent.includes("good")`, false)
		is(b, "location.hash", "#f-calls-1.rule-2-bad-1.0.0")
		b.do(chromedp.Click(chromedp.CSS("dialog button")))
		is(b, title, "")
		b.do(chromedp.Click(chromedp.CSS(`th a[href="#r-calls-1.rule-2"]`)))
		is(b, title, "calls-1.rule-2")
		is(b, `document.querySelector("dialog").textContent.includes("good")`, true)
		b.quiet()
	})

	t.Run("a link to a result opens it", func(t *testing.T) {
		b.t = t
		b.load(html, "#f-calls-11.rule-5-bad-1.0.0")
		is(b, title, "calls-11.rule-5 — bad 1.0.0")
		b.quiet()
	})

	t.Run("by keyboard alone", func(t *testing.T) {
		b.t = t
		b.load(html, "")
		for range 40 {
			b.press(kb.Tab)
			if eval[string](b, focused) == "#r-calls-0.rule-0" {
				break
			}
		}
		is(b, focused, "#r-calls-0.rule-0")
		b.press(kb.ArrowDown, kb.ArrowDown, kb.ArrowRight)
		is(b, `document.activeElement.closest("tr").cells[0].firstElementChild.textContent`, "calls-0.rule-2")
		is(b, `document.activeElement.closest("td").cellIndex`, 1)
		b.press(kb.End)
		is(b, `document.activeElement.closest("td").cellIndex`, 2)
		b.press(kb.ArrowRight) // there is nothing further
		is(b, `document.activeElement.closest("td").cellIndex`, 2)
		for range 10 {
			b.press(kb.ArrowDown) // over the head of a section
		}
		is(b, focused, "#f-calls-1.rule-2-bad-1.0.0")
		is(b, `getComputedStyle(document.activeElement).outlineStyle`, "solid")
		b.press(kb.Enter)
		is(b, title, "calls-1.rule-2 — bad 1.0.0")
		is(b, `document.querySelector("dialog").contains(document.activeElement)`, true)
		b.press(kb.Escape)
		is(b, title, "")
		is(b, focused, "#f-calls-1.rule-2-bad-1.0.0")
		is(b, `document.querySelectorAll("#matrix [tabindex='0']").length`, 1)
		b.quiet()
	})

	t.Run("on a phone nothing but the tables is wider than the screen", func(t *testing.T) {
		b.t = t
		b.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile))
		b.load(html, "")
		is(b, `document.documentElement.scrollWidth`, 360)
		b.do(chromedp.Click(chromedp.CSS(`a[href="#f-calls-1.rule-2-bad-1.0.0"]`)))
		is(b, `document.querySelector("dialog").getBoundingClientRect().width`, 360)
		is(b, `document.documentElement.scrollWidth`, 360)
		b.do(chromedp.EmulateReset())
		b.quiet()
	})

	t.Run("what is read aloud", func(t *testing.T) {
		b.t = t
		b.load(html, "")
		spoken := b.spoken()
		for _, want := range []string{
			"grid: Results", "columnheader: bad 1.0.0", "rowheader: calls-1.rule-2 MUST", "gridcell: fail", "link: fail", "link: pass",
			"combobox: Verdict all", "searchbox: Text", "search: Filter the requirements", "main:", "heading: Results",
		} {
			if !spoken[want] {
				t.Errorf("nobody hears %q", want)
			}
		}
		if t.Failed() {
			t.Log(spoken)
		}
		everyRequirementIsSpoken(t, s, spoken)
	})

	t.Run("on paper there is all of it", func(t *testing.T) {
		b.t = t
		b.load(html, "")
		const diagrams = `document.querySelectorAll("#requirements svg.sequence").length`
		is(b, diagrams, 0)
		eval[chromedp.Void](b, `{ window.onafterprint = () => { window.printed = window.counted; }; window.onbeforeprint = () => { window.counted = `+diagrams+`; }; }`)
		call(b, browserpage.PrintToPDF, browserpage.PrintToPDFParams{})
		is(b, "window.printed", 2)
		is(b, diagrams, 0)
		b.quiet()
	})

	t.Run("without JavaScript it is a table with links", func(t *testing.T) {
		b.t = t
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		b.load(html, "#f-calls-1.rule-2-bad-1.0.0")
		is(b, `document.getElementById("filters").checkVisibility()`, false)
		is(b, `document.getElementById("f-calls-1.rule-2-bad-1.0.0").checkVisibility()`, true)
		is(b, `document.querySelector("[id='f-calls-1.rule-2-bad-1.0.0'] svg").checkVisibility()`, true)
		is(b, `document.querySelectorAll("#matrix tr[data-level]").length`, 120)
		spoken := b.spoken()
		everyRequirementIsSpoken(t, s, spoken)
		if want := "StaticText: Expected <one> answer to call 115 of bad, but there was none."; !spoken[want] {
			t.Errorf("nobody hears %q", want)
		}
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
	})

	for _, scheme := range []string{"light", "dark"} {
		t.Run("contrast in a "+scheme+" scheme", func(t *testing.T) {
			b.t = t
			call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			b.load(html, "#f-calls-1.rule-2-bad-1.0.0") // with a diagram
			is(b, `document.querySelectorAll("dialog svg text").length > 10`, true)
			if low := eval[string](b, lowContrast); low != "" {
				t.Errorf("these are hard to read: %s", low)
			}
		})
	}
}

// TestThePageIsQuick holds the page to a second, for a report of the size that it is made for: to half a second until it is loaded and
// can be used, to one with the sections off the screen, which are laid out afterwards. What counts is the processor time of the
// page's own thread: on a machine with other work, the time on the wall says more about that work. It is logged beside it.
func TestThePageIsQuick(t *testing.T) {
	b := start(t)
	s := specification(t, "1.0.0", 300)
	var reports []*report.Report
	for number := range 12 {
		reports = append(reports, implementation(s, "implementation-"+string(rune('a'+number)), func(other int) bool { return (other+number)%10 == 0 }))
	}
	html := write(t, s, reports...)
	call(b, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
	before := b.busy()
	b.open(html, "")
	loaded := b.busy() - before
	is(b, `document.getElementById("shown").textContent`, "300 of 300 requirements")
	wall := eval[float64](b, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
	b.settle()
	all := b.busy() - before
	b.set("text", "call")
	searched := b.busy() - before - all
	t.Logf("%d KiB: loaded in %.0f ms of processor time, %.0f ms on the wall; %.0f ms with all that is off the screen; the first search took %.0f ms",
		len(html)>>10, loaded, wall, all, searched)
	if loaded >= 500 || all >= 1000 || searched >= 1000 {
		t.Errorf("it takes %.0f ms to load, %.0f ms with all that is off the screen, and %.0f ms to search", loaded, all, searched)
	}
	is(b, `document.getElementById("shown").textContent`, "300 of 300 requirements")
	b.quiet()
}
