package page_test

import (
	"encoding/json"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
)

// spoken lists what a screen reader is given, as "role: name" and, where there is one, the value.
func (b *browser) spoken() map[string]bool {
	b.t.Helper()
	all := map[string]bool{}
	for _, node := range call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if node.Ignored {
			continue
		}
		said := word(node.Role) + ": " + word(node.Name)
		if value := word(node.Value); value != "" {
			said += " " + value
		}
		all[strings.TrimSpace(said)] = true
	}
	return all
}

func word(value *accessibility.Value) string {
	if value == nil {
		return ""
	}
	var text string
	_ = json.Unmarshal([]byte(value.Value), &text) // what is no text says nothing
	return strings.Join(strings.Fields(text), " ")
}

// busy is the processor time, in milliseconds, of the page's own thread so far.
func (b *browser) busy() float64 {
	b.t.Helper()
	for _, metric := range call(b, performance.GetMetrics, cdp.Empty{}).Metrics {
		if metric.Name == "TaskDuration" {
			return metric.Value * 1000
		}
	}
	b.t.Fatal("the browser does not say how busy it was")
	return 0
}

// lowContrast lists the texts whose contrast is below 4.5, which WCAG 2.2 asks for at level AA (success criterion 1.4.3).
const lowContrast = `(() => {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (element) => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  for (const part of document.querySelectorAll("details")) part.open = true;
  document.documentElement.classList.remove("scripted"); // shows the text below the table
  const low = new Set();
  let seen = 0;
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.matches("script, .sr")) continue;
    const style = getComputedStyle(element), svg = element.closest("svg");
    const [ink, ground] = [svg ? style.fill : style.color, paper(svg ? svg.parentElement : element)].map(luminance);
    const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    seen++;
    if (ratio < 4.5) low.add(ratio.toFixed(2) + " " + element.tagName + "." + element.getAttribute("class"));
  }
  return seen < 100 ? "only " + seen + " texts were looked at" : [...low].join("; ");
})()`
