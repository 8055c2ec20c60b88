package layer_test

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/layer"
)

func withdrawals(b *layer.Budget) (n int) {
	for b.Withdraw() {
		n++
	}
	return n
}

func TestBudgetRefuses(t *testing.T) {
	for _, c := range []struct {
		ttl       time.Duration
		perSecond int
		percent   float64
		name      string
	}{
		{time.Second - 1, 1, 1, "ttl"},
		{time.Minute + 1, 1, 1, "ttl"},
		{time.Second, -1, 1, "perSecond"},
		{time.Second, 1, -0.1, "percent"},
		{time.Second, 1, 100_000.1, "percent"},
		{time.Second, 1, math.NaN(), "percent"},
		{time.Second, 1, math.Inf(1), "percent"},
	} {
		_, err := layer.NewBudget(c.ttl, c.perSecond, c.percent)
		refused(t, err, c.name)
	}
	for _, ttl := range []time.Duration{time.Second, time.Minute} {
		for _, percent := range []float64{0, 100_000} {
			if _, err := layer.NewBudget(ttl, math.MaxInt32, percent); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestBudgetReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			ttl       time.Duration
			perSecond int
			want      int
		}{
			{10 * time.Second, 10, 100},
			{1500 * time.Millisecond, 3, 4},
			{1100 * time.Millisecond, 10, 11},
			{time.Second, 0, 0},
		} {
			b := built(layer.NewBudget(c.ttl, c.perSecond, 20))(t)
			if got := withdrawals(b); got != c.want {
				t.Errorf("%v at %d a second: %d withdrawals, want %d", c.ttl, c.perSecond, got, c.want)
			}
		}
	})
}

func TestBudgetPercent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			percent        float64
			deposits, want int
		}{
			{0, 1000, 0}, {20, 4, 0}, {20, 5, 1}, {20, 100, 20}, {30, 10, 3}, {0.1, 999, 0}, {0.1, 1000, 1},
			{100, 7, 7}, {150, 2, 3}, {1000, 1, 10}, {100_000, 1, 1000},
		} {
			b := built(layer.NewBudget(10*time.Second, 0, c.percent))(t)
			for range c.deposits {
				b.Deposit()
			}
			if got := withdrawals(b); got != c.want {
				t.Errorf("%v%% of %d: %d withdrawals, want %d", c.percent, c.deposits, got, c.want)
			}
		}
	})
}

func TestBudgetForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := built(layer.NewBudget(10*time.Second, 10, 20))(t)
		for _, c := range []struct {
			after time.Duration
			want  int
		}{
			{0, 100}, {5 * time.Second, 0}, {5*time.Second - 1, 0}, {1, 100},
			{time.Hour, 100}, {time.Hour + 5*time.Second, 100},
		} {
			time.Sleep(c.after)
			if got := withdrawals(b); got != c.want {
				t.Errorf("%v later: %d withdrawals, want %d", c.after, got, c.want)
			}
		}
	})
}

func TestBudgetForgetsBySlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := built(layer.NewBudget(time.Second, 0, 50))(t)
		b.Deposit()
		time.Sleep(500 * time.Millisecond)
		b.Deposit()
		time.Sleep(499 * time.Millisecond)
		if got := withdrawals(b); got != 1 { // both deposits are remembered
			t.Errorf("%d withdrawals of two halves", got)
		}
		time.Sleep(time.Second + time.Millisecond)
		for range 3 {
			b.Deposit()
			time.Sleep(400 * time.Millisecond)
		}
		b.Deposit() // the first of the three is forgotten now
		if got := withdrawals(b); got != 1 {
			t.Errorf("%d withdrawals of three halves", got)
		}
	})
}

// What a refused withdrawal took would show as a missing one later.
func TestBudgetRefusalCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := built(layer.NewBudget(10*time.Second, 0, 50))(t)
		b.Deposit()
		for range 100 {
			if b.Withdraw() {
				t.Fatal("withdrew a half")
			}
		}
		b.Deposit()
		if !b.Withdraw() {
			t.Error("two halves are not enough")
		}
	})
}
