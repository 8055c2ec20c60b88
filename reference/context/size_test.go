package context_test

import (
	"reflect"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// With more words a context does not travel in registers, and each layer costs
// ten times as much.
func TestAContextIsThreeWords(t *testing.T) {
	for _, size := range []uintptr{
		reflect.TypeFor[context.Context[struct{}]]().Size(),
		reflect.TypeFor[context.Context[[100]string]]().Size(),
	} {
		if words := size / reflect.TypeFor[uintptr]().Size(); words != 3 {
			t.Errorf("%d words", words)
		}
	}
}

func TestWhatAllocates(t *testing.T) {
	ctx := eightExtensions()
	for what, test := range map[string]struct {
		most float64
		f    func()
	}{
		"clone":            {0, func() { kept = ctx }},
		"get":              {0, func() { context.Get[eight](ctx) }},
		"get of an absent": {0, func() { context.Get[nine](ctx) }},
		"insert":           {2, func() { kept = ctx; context.Insert(&kept, nine{9}) }},
		"replace":          {2, func() { kept = ctx; context.Insert(&kept, eight{9}) }},
		"write through":    {2, func() { kept = ctx; ref, _ := context.GetRef[eight](&kept); ref.Set(eight{9}) }},
		"get or insert":    {0, func() { kept = ctx; context.GetOrInsertWith(&kept, func() eight { return eight{} }) }},
		"set state":        {1, func() { kept = ctx; kept.SetState("other") }},
	} {
		if got := testing.AllocsPerRun(100, test.f); got > test.most {
			t.Errorf("%s: %v allocations", what, got)
		}
	}
}
