package vocabulary

import (
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Granule is how finely time is looked at: a millisecond where it is virtual, and more on the machine's clock.
func Granule() time.Duration {
	if implementation.Live {
		return time.Duration(script.LiveGranule)
	}
	return time.Duration(script.Granule)
}

// JustBefore is one granule less than the span, after which what is due then has not happened.
func JustBefore(span time.Duration) time.Duration { return span - Granule() }

// JustAfter is one granule more than the span, after which what was due then has happened.
func JustAfter(span time.Duration) time.Duration { return span + Granule() }

// OverTheInstant is the time from just before an instant to just after it.
func OverTheInstant() time.Duration { return 2 * Granule() }

// NeedsVirtualTime ends the spec without a result where time is not virtual. The reason says what cannot be seen then.
func NeedsVirtualTime(reason string) {
	if implementation.Live {
		NotApplicable("time is the machine's: " + reason)
	}
}
