package script

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
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

// MarshalJSON writes the number of milliseconds.
func (d Duration) MarshalJSON() ([]byte, error) {
	milliseconds := float64(d) / float64(time.Millisecond)
	return strconv.AppendFloat(nil, milliseconds, 'f', -1, 64), nil
}

// UnmarshalJSON reads a number of milliseconds.
func (d *Duration) UnmarshalJSON(text []byte) error {
	var milliseconds float64
	if err := json.Unmarshal(text, &milliseconds); err != nil {
		return fmt.Errorf("a duration is a number of milliseconds: %w", err)
	}
	nanoseconds := math.Round(milliseconds * float64(time.Millisecond))
	if math.Abs(nanoseconds) >= math.MaxInt64 {
		return fmt.Errorf("a duration of %v ms does not fit in 292 years", milliseconds)
	}
	*d = Duration(nanoseconds)
	return nil
}

// String is the duration as people write it: 100ms, 1.5s.
func (d Duration) String() string { return time.Duration(d).String() }
