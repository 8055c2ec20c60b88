package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Duration is a span of virtual time. Its JSON form is a number of milliseconds, fractions allowed.
type Duration time.Duration

// How finely time is looked at: what is due at an instant has not happened one granule before it, and has one after it.
const (
	Granule = Duration(time.Millisecond)
	// LiveGranule is the granule on the machine's clock. It is a fifth of 100 ms, the wait that most specs are about, so that two of
	// them leave room between two instants of one spec.
	LiveGranule = Duration(20 * time.Millisecond)
)

// MarshalJSON writes the number of milliseconds, exactly.
func (d Duration) MarshalJSON() ([]byte, error) {
	sign, nanoseconds := "", uint64(d)
	if d < 0 {
		sign, nanoseconds = "-", -nanoseconds
	}
	text := fmt.Appendf(nil, "%s%d.%06d", sign, nanoseconds/uint64(time.Millisecond), nanoseconds%uint64(time.Millisecond))
	return bytes.TrimSuffix(bytes.TrimRight(text, "0"), []byte(".")), nil
}

// UnmarshalJSON reads a number of milliseconds. Whole ones are read exactly: a double has room for those of all 292 years, if
// not for their nanoseconds.
func (d *Duration) UnmarshalJSON(text []byte) error {
	var milliseconds float64
	if err := json.Unmarshal(text, &milliseconds); err != nil {
		return fmt.Errorf("a duration is a number of milliseconds: %w", err)
	}
	if math.Abs(milliseconds*float64(time.Millisecond)) >= math.MaxInt64 {
		return fmt.Errorf("a duration of %v ms does not fit in 292 years", milliseconds)
	}
	whole, fraction := math.Modf(milliseconds)
	*d = Duration(whole)*Duration(time.Millisecond) + Duration(math.Round(fraction*float64(time.Millisecond)))
	return nil
}

// String is the duration as people write it: 100ms, 1.5s.
func (d Duration) String() string { return time.Duration(d).String() }
