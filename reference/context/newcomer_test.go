package context

import "testing"

type counted struct{ released int }

func (c *counted) Release() { c.released++ }

// Two goroutines that reserve for the same owner may both find it without a
// seat; the second to take the lock must see what the first did.
func TestASecondNewcomerIsSurplus(t *testing.T) {
	for _, others := range []int{0, seats} { // seated, spilled
		caller := NewCaller()
		defer caller.Finish()
		for range others {
			_ = caller.caller.reserve(caller.mark, new(counted))
		}
		owner := new(counted)
		for range 2 {
			if err := caller.caller.reserveNewcomer(caller.mark, owner); err != nil {
				t.Fatal(err)
			}
		}
		if owner.released != 1 {
			t.Errorf("after %d others: the surplus was released %d times", others, owner.released)
		}
		if !caller.caller.spend(caller.mark, owner) || caller.caller.spend(caller.mark, owner) {
			t.Errorf("after %d others: not held exactly once", others)
		}
	}
}
