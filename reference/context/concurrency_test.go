package context_test

import (
	gocontext "context"
	"sync"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// Many goroutines start from one context, change copies of it in every way, and
// read the one that they started from. The race detector watches.
func TestClonesMayBeUsedOnDifferentGoroutines(t *testing.T) {
	shared := context.New(gocontext.Background(), 1).WithGuard(context.NewGuard())
	context.Insert(&shared, "shared")
	context.Insert(&shared, 1.5)
	var wait sync.WaitGroup
	for worker := range 16 {
		wait.Go(func() {
			for round := range 100 {
				own := shared
				own.SetState(worker)
				context.Insert(&own, "own")
				context.Insert(&own, round)
				context.GetOrInsertWith(&own, func() name { return "made" }).Set("written")
				ref, _ := context.GetRef[float64](&own)
				ref.Set(float64(worker))
				var more context.Extensions
				context.Insert(&more, marker{})
				context.Extend(&own, &more)
				context.Remove[string](&own)
				mapped := context.MapState(&own, func(n int) string { return "mapped" })
				has(t, mapped, round, true)
				has(t, mapped, float64(worker), true)
				has(t, mapped, name("written"), true)
				has(t, mapped, marker{}, true)
				has(t, mapped, "", false)
				has(t, shared, "shared", true)
				has(t, shared, 1.5, true)
				has(t, shared, 0, false)
				if shared.State() != 1 || shared.Guard() == nil {
					t.Error("the shared context has changed")
				}
			}
		})
	}
	wait.Wait()
}
