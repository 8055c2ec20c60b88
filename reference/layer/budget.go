package layer

import (
	"math"
	"sync"
	"time"

	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Budget keeps retries in proportion to calls, however many requests share it
// (tower TpsBudget). A [Policy] deposits once for each call and withdraws for
// each retry that it would make; without enough in the budget there is no
// retry. Some retries are allowed in any case, so that a service with few
// calls can repeat at all. It is made by [NewBudget]; the zero value cannot be
// used. It may be used by several goroutines at once.
type Budget struct {
	start   time.Time
	slot    time.Duration
	reserve int64 // allowed in any case
	deposit int64

	mu    sync.Mutex
	last  int64              // the slot of the latest entry, counted from start
	slots [budgetSlots]int64 // deposits less withdrawals, by slot
}

const (
	// An entry is forgotten with its slot, a tenth of the time to live, which
	// is as fine as tower's TpsBudget counts.
	budgetSlots = 10

	// One withdrawal. A deposit of one per cent is a hundredth of it, and a
	// percentage keeps five decimals.
	withdrawal = 100 * percentUnit

	percentUnit = 100_000

	minTTL = time.Second
	maxTTL = time.Minute

	// A thousand retries for each deposit: tower's TpsBudget::new calls its
	// share a percentage and counts it so.
	maxPercent = 1000 * 100
)

// NewBudget returns a budget that remembers what was put in and taken out for
// ttl, to within a tenth of it; that allows perSecond retries for each second
// of ttl in any case; and beyond those percent retries for a hundred deposits.
//
// A ttl outside 1 to 60 seconds, a negative perSecond or one beyond 32 bits,
// and a percent outside 0 to 100000 are refused with a [parameter.Error] that
// names "ttl", "perSecond" or "percent". Common values are 10 seconds, 10 and 20
// (tower TpsBudget::default).
func NewBudget(ttl time.Duration, perSecond int, percent float64) (*Budget, error) {
	if ttl < minTTL || ttl > maxTTL {
		return nil, parameter.Refuse("ttl", "must be between %v and %v, is %v", minTTL, maxTTL, ttl)
	}
	if perSecond < 0 || perSecond > math.MaxInt32 {
		return nil, parameter.Refuse("perSecond", "must be between 0 and %d, is %d", math.MaxInt32, perSecond)
	}
	// Written so that NaN is outside.
	if !(percent >= 0 && percent <= maxPercent) {
		return nil, parameter.Refuse("percent", "must be between 0 and %d, is %v", maxPercent, percent)
	}
	// Whole seconds and the rest apart, for the product does not fit.
	each := int64(perSecond)
	reserve := each*int64(ttl/time.Second) + each*int64(ttl%time.Second)/int64(time.Second)
	return &Budget{
		start:   time.Now(),
		slot:    ttl / budgetSlots,
		reserve: reserve * withdrawal,
		deposit: int64(math.Round(percent * percentUnit)),
	}, nil
}

// Deposit notes one call. It does not wait.
func (b *Budget) Deposit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Beyond this the sum of the slots could overflow.
	if slot := b.forget(); *slot < math.MaxInt64/(2*budgetSlots) {
		*slot += b.deposit
	}
}

// Withdraw takes one retry out of the budget and reports whether there was
// enough for it; if not, the budget is as it was. It does not wait.
func (b *Budget) Withdraw() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	slot := b.forget()
	balance := b.reserve
	for _, amount := range b.slots {
		balance += amount
	}
	if balance < withdrawal {
		return false
	}
	*slot -= withdrawal
	return true
}

// forget empties the slots whose time to live is over and returns the slot of
// the present.
func (b *Budget) forget() *int64 {
	now := int64(time.Since(b.start) / b.slot)
	for gone := min(now-b.last, budgetSlots); gone > 0; gone-- {
		b.slots[(now-gone+1)%budgetSlots] = 0
	}
	b.last = now
	return &b.slots[now%budgetSlots]
}
