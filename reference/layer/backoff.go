package layer

import (
	"math/rand/v2"
	"time"

	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Backoff says how long a [Policy] may wait before each retry: a shortest
// delay, doubled each time up to a longest, with a random part against bursts
// (tower ExponentialBackoff). It has no state: one Backoff serves any number of
// requests, and several goroutines at once.
type Backoff struct {
	min, max time.Duration
	jitter   float64 // as a fraction
}

// NewBackoff returns a back-off of delays from min to max, to each of which up
// to jitter per cent of itself is added at random, never beyond max.
//
// A negative min, a max that is not positive or less than min, and a jitter
// that is not between 0 and 100 are refused with a [parameter.Error] that names
// "min", "max" or "jitter".
func NewBackoff(min, max time.Duration, jitter float64) (*Backoff, error) {
	if min < 0 {
		return nil, parameter.Refuse("min", "must not be negative, is %v", min)
	}
	if max <= 0 {
		return nil, parameter.Refuse("max", "must be positive, is %v", max)
	}
	if max < min {
		return nil, parameter.Refuse("max", "must not be less than min, is %v, less than %v", max, min)
	}
	// Written so that NaN is outside.
	if !(jitter >= 0 && jitter <= 100) {
		return nil, parameter.Refuse("jitter", "must be between 0 and 100, is %v", jitter)
	}
	return &Backoff{min, max, jitter / 100}, nil
}

// Delay returns the delay that follows the numbered attempt: min after the
// first, twice as long after each further one. A number below one counts as
// one. Each use draws the random part anew, so that calls which failed together
// are not repeated together.
func (b *Backoff) Delay(attempt int) time.Duration {
	base := b.min
	for ; attempt > 1 && base > 0 && base < b.max; attempt-- {
		if base > b.max/2 {
			base = b.max
			break
		}
		base *= 2
	}
	// Compared before it becomes a Duration, which it may overflow.
	random := rand.Float64() * b.jitter * float64(base)
	if random >= float64(b.max-base) {
		return b.max
	}
	return base + time.Duration(random)
}
