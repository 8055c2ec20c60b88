package properties

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// budgetModel is what retries are paid from: what is allowed in any case, and what was put in and taken out lately. Amounts are
// hundredths of a retry.
type budgetModel struct {
	ttl     script.Duration
	reserve int
	deposit int
	entries []entry
}

// entry is a deposit, or a withdrawal.
type entry struct {
	at     script.Duration
	amount int
}

// retry is what a retry costs.
const retry = 100

// slot is how much early or late something is forgotten.
func (b *budgetModel) slot() script.Duration { return b.ttl / 10 }

// unclear is how long it takes until nothing is as old as what may be forgotten or not. What is forgotten for certain it drops.
func (b *budgetModel) unclear(now script.Duration) script.Duration {
	b.entries = slices.DeleteFunc(b.entries, func(e entry) bool { return now-e.at >= b.ttl+b.slot() })
	var wait script.Duration
	for _, e := range b.entries {
		if e.at+b.ttl-b.slot() <= now+wait {
			wait = e.at + b.ttl + b.slot() - now
		}
	}
	return wait
}

// call deposits for a call, and withdraws for as many of so many retries as there is enough for.
func (b *budgetModel) call(now script.Duration, wanted int) (retries int) {
	b.entries = append(b.entries, entry{now, b.deposit})
	balance := b.reserve
	for _, e := range b.entries {
		balance += e.amount
	}
	retries = min(wanted, max(0, balance)/retry)
	b.entries = append(b.entries, entry{now, -retries * retry})
	return retries
}

// Budget is the property of retry budgets: calls that share one make as many retries as it allows, what is refused costs nothing, and
// what was put in or taken out counts until its time is over.
var Budget = Property{
	Name:     "a retry is made if the budget has enough for it, and not otherwise",
	Requires: []string{"retry", "retry-budget"},
	Timed:    true,
	Check: func(rt *rapid.T, r *Run) {
		policy := &script.Policy{Retries: one(rt, 3, 1, 20), Budget: &script.Budget{
			TTL: span(one(rt, 1000, 2000, 10_000)), PerSecond: rapid.IntRange(0, 2).Draw(rt, "per second"), Percent: float64(one(rt, 0, 25, 50, 100, 250)),
		}}
		m := &budgetModel{
			ttl: policy.Budget.TTL, reserve: policy.Budget.PerSecond * int(time.Duration(policy.Budget.TTL).Seconds()) * retry, deposit: int(policy.Budget.Percent),
		}
		r.Open(script.Layer{Name: "retry", Policy: policy})
		attempt := func(answers string, wanted int) {
			if wait := m.unclear(r.at); wait > 0 {
				r.Advance(wait)
				m.unclear(r.at)
			}
			r.Leaf(script.Leaf{Answers: answers})
			want := 1 + m.call(r.at, wanted)
			_, events := r.Invoke(fmt.Sprintf("q%d", r.operations+1))
			if got := len(only(events, script.Received)); got != want {
				r.Fail("%d attempts are made, want %d", got, want)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"fails":    func(*rapid.T) { attempt("error:boom", policy.Retries) },
			"succeeds": func(*rapid.T) { attempt("echo", 0) },
			"advance":  func(rt *rapid.T) { r.Advance(m.ttl * script.Duration(one(rt, 6, 1, 3, 12)) / 10) },
		})
	},
}

// BudgetBounds is the property of the parameters of a budget: one that is out of its range is refused, and the error names it.
var BudgetBounds = Property{
	Name:     "a budget out of range is refused, and one within it is not",
	Requires: []string{"retry", "retry-budget"},
	Check: func(rt *rapid.T, r *Run) {
		budget := &script.Budget{TTL: span(one(rt, 1000, 1500, 60_000)), PerSecond: 1, Percent: one(rt, 0, 0.5, 100, 100_000)}
		refused := one(rt, "", "ttl", "percent")
		switch refused {
		case "ttl":
			budget.TTL = span(one(rt, 999, 0, -1000, 60_001, 3_600_000))
		case "percent":
			budget.Percent = one(rt, 100_001, -0.5, -100, 1e9)
		}
		events := r.Open(script.Layer{Name: "retry", Policy: &script.Policy{Retries: 1, Budget: budget}})
		switch refusals := only(events, script.Refused); {
		case refused == "" && !accepted(events):
			r.Fail("the budget is refused")
		case refused != "" && (accepted(events) || len(refusals) != 1 || refusals[0].Parameter != refused):
			r.Fail("the budget is not refused for its %s", refused)
		}
	},
}
