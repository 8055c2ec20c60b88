package context

import (
	gocontext "context"
	"reflect"
	"testing"
)

// crowd inserts arrays of the lengths from 0 to n-1, which are n types.
func crowd(c *Context[int], n int) {
	for length := range n {
		f := c.ownTable()
		f.extensions.put(reflect.New(reflect.ArrayOf(length, reflect.TypeFor[int]())).Interface())
		c.frame = f
	}
}

func lengths(c Context[int]) map[int]int {
	seen := map[int]int{}
	c.table().each(func(entry any) { seen[reflect.TypeOf(entry).Elem().Len()]++ })
	return seen
}

func exactly(t *testing.T, c Context[int], n int, without ...int) {
	t.Helper()
	want := map[int]int{}
	for length := range n {
		want[length] = 1
	}
	for _, length := range without {
		delete(want, length)
	}
	if got := lengths(c); !reflect.DeepEqual(got, want) {
		t.Fatalf("with %d types: got %v", n, got)
	}
}

func TestATableHoldsAnyNumberOfTypes(t *testing.T) {
	for _, n := range []int{1, mostTaken, mostTaken + 1, 2*mostTaken + 1, 100} {
		c := New(gocontext.Background(), 0)
		crowd(&c, n)
		exactly(t, c, n)
		if Contains[[101]int](c) {
			t.Fatalf("with %d types: found one that is absent", n)
		}
		last := c
		crowd(&c, n) // replaces each
		exactly(t, c, n)
		if n <= 10 {
			continue
		}
		if old, replaced := Insert(&c, [10]int{7}); !replaced || old[0] != 0 {
			t.Fatalf("with %d types: Insert = %v, %v", n, old, replaced)
		}
		exactly(t, c, n)
		if v, ok := Get[[10]int](c); !ok || v[0] != 7 {
			t.Fatalf("with %d types: Get = %v, %v", n, v, ok)
		}
		if _, ok := Get[[30]int](c); ok != (n > 30) {
			t.Fatalf("with %d types: one of the last is found: %v", n, ok)
		}
		for _, other := range []Context[int]{last, c} {
			removed := other
			if _, ok := Remove[[3]int](&removed); !ok || Contains[[3]int](removed) {
				t.Fatalf("with %d types: not removed", n)
			}
			exactly(t, removed, n, 3)
			exactly(t, other, n)
		}
		if v, _ := Get[[10]int](last); v[0] != 0 {
			t.Fatalf("with %d types: a change reached an earlier copy", n)
		}
	}
}

// A copy of a context that has a second table must not share it.
func TestTheWholeTableIsCopied(t *testing.T) {
	outer := New(gocontext.Background(), 0)
	crowd(&outer, 2*mostTaken+1)
	inner := outer
	Insert(&inner, "late")
	Insert(&outer, 1.5)
	if Contains[string](outer) || Contains[float64](inner) {
		t.Fatal("two contexts share a table")
	}
	exactly(t, func() Context[int] { Remove[float64](&outer); return outer }(), 2*mostTaken+1)
}

func TestWhatIsEmptiedCanBeFilledAgain(t *testing.T) {
	c := New(gocontext.Background(), 0)
	crowd(&c, 40)
	Clear(&c)
	if got := lengths(c); len(got) != 0 {
		t.Fatalf("after Clear: %v", got)
	}
	crowd(&c, 30)
	exactly(t, c, 30)
}
