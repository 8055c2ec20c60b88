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

// Callers that belong to no pipeline would otherwise keep services alive that
// nobody uses any more.
func TestACommonCallerForgetsItsOwners(t *testing.T) {
	caller := NewCaller()
	owner := new(counted)
	_ = caller.caller.reserve(caller.mark, owner)
	if !caller.caller.spend(caller.mark, owner) {
		t.Fatal("not reserved")
	}
	body := caller.caller
	caller.Finish()
	if body.seats[0].Load() != nil {
		t.Error("a finished caller remembers an owner")
	}
}

func TestACrowdedCallerMakesRoom(t *testing.T) {
	caller := NewCallers().Enter()
	body := caller.caller
	for range seats + 1 {
		_ = body.reserve(caller.mark, new(counted))
	}
	caller.Finish()
	if body.seats[0].Load() != nil || len(body.spill) != 0 || body.state.Load()&flags != 0 {
		t.Error("a caller whose seats were taken was not emptied")
	}
}
