package statement

import (
	"regexp"
	"strings"
)

// Normalise is the text of a failure without what differs from run to run of the same implementation, on one line: addresses, numbers
// of goroutines, capacities of slices, and amounts of time that chance has drawn, which are those in nanoseconds of a list. For
// an implementation on a real clock, every amount of time.
func (s *Statement) Normalise(message string) string {
	text := message
	for _, r := range unstable {
		text = r.form.ReplaceAllString(text, r.by)
	}
	if s.Clock == Real {
		text = amount.ReplaceAllString(text, "…")
	}
	return strings.Join(strings.Fields(text), " ")
}

var unstable = []struct {
	form *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`0x[0-9a-f]{4,}`), "0x…"},
	{regexp.MustCompile(`goroutine \d+`), "goroutine …"},
	{regexp.MustCompile(`len:\d+, cap:\d+`), "len:…"},
	{regexp.MustCompile(`(<\[\]time\.Duration \| len:…>: \[)[^\]]*\]`), "${1}…]"},
}

// amount is an amount of time as Go writes it.
var amount = regexp.MustCompile(`\b(?:\d+(?:\.\d+)?(?:h|ms|m|s|µs|ns))+\b`)
