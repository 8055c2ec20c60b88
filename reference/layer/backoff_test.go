package layer_test

import (
	"math"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/reference/layer"
)

func TestBackoffRefuses(t *testing.T) {
	for _, c := range []struct {
		min, max time.Duration
		jitter   float64
		name     string
	}{
		{-1, 1, 0, "min"},
		{0, 0, 0, "max"},
		{0, -1, 0, "max"},
		{2, 1, 0, "max"},
		{1, 1, -0.1, "jitter"},
		{1, 1, 100.1, "jitter"},
		{1, 1, math.NaN(), "jitter"},
		{1, 1, math.Inf(1), "jitter"},
	} {
		_, err := layer.NewBackoff(c.min, c.max, c.jitter)
		refused(t, err, c.name)
	}
}

func TestBackoffDoubles(t *testing.T) {
	for _, c := range []struct {
		min, max time.Duration
		attempt  int
		want     time.Duration
	}{
		{50, 1000, -1, 50},
		{50, 1000, 1, 50},
		{50, 1000, 2, 100},
		{50, 1000, 5, 800},
		{50, 1000, 6, 1000},
		{50, 1000, math.MaxInt, 1000},
		{0, 1000, math.MaxInt, 0},
		{3, 3, 9, 3},
		{1, math.MaxInt64, 63, 1 << 62},
		{1, math.MaxInt64, 64, math.MaxInt64},
		{3, math.MaxInt64, 1 << 40, math.MaxInt64},
	} {
		b := built(layer.NewBackoff(c.min, c.max, 0))(t)
		if got := b.Delay(c.attempt); got != c.want {
			t.Errorf("%d..%d after attempt %d: %d, want %d", c.min, c.max, c.attempt, got, c.want)
		}
	}
}

func TestBackoffJitter(t *testing.T) {
	b := built(layer.NewBackoff(time.Second, 3*time.Second, 50))(t)
	different, fraction, most := false, false, time.Duration(0)
	for range 1000 {
		d := b.Delay(1)
		if d < time.Second || d > 1500*time.Millisecond {
			t.Fatalf("a delay of %v", d)
		}
		different = different || most != 0 && d != most
		fraction = fraction || d%time.Millisecond != 0
		most = max(most, d)
		if d := b.Delay(2); d < 2*time.Second || d > 3*time.Second {
			t.Fatalf("a delay of %v", d)
		}
	}
	// A thousand draws within one half of the range: less than one in 2^1000.
	if !different || !fraction || most < 1250*time.Millisecond {
		t.Errorf("different %v, fractions %v, at most %v", different, fraction, most)
	}
	widest := built(layer.NewBackoff(math.MaxInt64, math.MaxInt64, 100))(t)
	if d := widest.Delay(9); d != math.MaxInt64 {
		t.Errorf("a delay of %v", d)
	}
}
