package matcher_test

import (
	gocontext "context"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/matcher"
)

type (
	ctx  = context.Context[string]
	asks = matcher.Matcher[string, string]
)

func fresh() ctx { return context.New(gocontext.Background(), "state") }

// finds inserts its number, and then answers as it is told.
func finds(number int, matches bool) asks {
	return matcher.Func[string, string](func(c ctx, _ string) (ctx, bool) {
		context.Insert(&c, number)
		return c, matches
	})
}

func TestAMatcherWorksOnACopy(t *testing.T) {
	given := fresh()
	for _, m := range []asks{finds(1, true), matcher.And(finds(1, true)), matcher.Or(finds(1, true)), matcher.Not(finds(1, false))} {
		if _, matches := m.Match(given, ""); !matches {
			t.Errorf("%T does not match", m)
		}
		if context.Contains[int](given) {
			t.Fatalf("what %T found shows in the context that it was given", m)
		}
	}
}

func TestAndAsksEachWithWhatThoseBeforeFound(t *testing.T) {
	doubles := matcher.Func[string, string](func(c ctx, _ string) (ctx, bool) {
		before, present := context.Get[int](c)
		context.Insert(&c, 2*before)
		return c, present
	})
	c := fresh()
	if !matcher.Match(matcher.And(finds(21, true), doubles), &c, "") {
		t.Fatal("the second does not see what the first has found")
	}
	if found, _ := context.Get[int](c); found != 42 {
		t.Errorf("found %d, want 42", found)
	}
}

func TestNobodyIsAskedForNothing(t *testing.T) {
	asked := 0
	counts := matcher.Func[string, string](func(c ctx, _ string) (ctx, bool) { asked++; return c, true })
	c := fresh()
	matcher.Match(matcher.And(finds(1, false), counts), &c, "")
	matcher.Match(matcher.Or(finds(1, true), counts), &c, "")
	if asked != 0 {
		t.Errorf("asked %d times after the answer was known", asked)
	}
}

func TestAnAbsentMatcherMatchesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		m    asks
		want bool
	}{
		"nil":                 {nil, false},
		"not nil":             {matcher.Not[string, string](nil), true},
		"and with one absent": {matcher.And(finds(1, true), nil), false},
		"or with one absent":  {matcher.Or(nil, finds(1, true)), true},
	} {
		t.Run(name, func(t *testing.T) {
			given := fresh()
			if got := matcher.Match(c.m, &given, ""); got != c.want {
				t.Errorf("matches: %v, want %v", got, c.want)
			}
		})
	}
}

func TestAListOfMatchersIsTheCombinatorsOwn(t *testing.T) {
	list := []asks{finds(1, true)}
	all, any := matcher.And(list...), matcher.Or(list...)
	list[0] = finds(1, false)
	for _, m := range []asks{all, any} {
		if _, matches := m.Match(fresh(), ""); !matches {
			t.Errorf("%T changed with the list that it was made of", m)
		}
	}
}

func TestAMatchWithoutMetadataAllocatesNothing(t *testing.T) {
	is := matcher.Func[string, string](func(c ctx, req string) (ctx, bool) { return c, req == c.State() })
	m := matcher.Or(matcher.Not(matcher.And(is, is)), is)
	c := fresh()
	if n := testing.AllocsPerRun(100, func() { matcher.Match(m, &c, "state") }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
