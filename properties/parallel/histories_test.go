package parallel_test

import (
	gocontext "context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// What is done to a limit.
const (
	acquire = "acquire" // readiness, waiting for it
	try     = "try"     // readiness, without waiting
	release = "release" // the reservation is given back
)

// semaphore is what a limit is: so many permits, of which each operation takes one, fails to, or gives one back.
func semaphore(limit int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return 0 },
		Step: func(state, input, output any) (bool, any) {
			taken, succeeded := state.(int), output.(bool)
			switch {
			case input == release:
				return taken > 0, taken - 1
			case succeeded:
				return taken < limit, taken + 1
			default:
				return input == try && taken == limit, taken // only a try may fail, and only when all is taken
			}
		},
		DescribeOperation: func(input, output any) string { return input.(string) },
	}
}

// history records what clients do to a limit, each with a binding of its own.
func history(p *pipeline, clients, each int) []porcupine.Operation {
	var mu sync.Mutex
	var operations []porcupine.Operation
	begun := time.Now()
	record := func(client int, input string, run func() bool) bool {
		call := time.Since(begun).Nanoseconds()
		output := run()
		end := time.Since(begun).Nanoseconds()
		mu.Lock()
		defer mu.Unlock()
		operations = append(operations, porcupine.Operation{ClientId: client, Input: input, Output: output, Call: call, Return: end})
		return output
	}
	var workers sync.WaitGroup
	for client := range clients {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(client), 1))
			for range each {
				binding := p.Bind()
				ctx, input := context.New(gocontext.Background(), struct{}{}), acquire
				if random.IntN(2) == 0 {
					ctx, input = ctx.Now(), try
				}
				if record(client, input, func() bool { return binding.Ready(ctx) == nil }) {
					record(client, release, func() bool { binding.Close(); return true })
				} else {
					binding.Close()
				}
			}
		})
	}
	workers.Wait()
	return operations
}

// limits are the layers that hand out permits.
func limits(t *testing.T, limit int) map[string]layer.Layer[svc, svc] {
	t.Helper()
	plain, err := layer.NewConcurrencyLimit[struct{}, string, string](limit)
	if err != nil {
		t.Fatal(err)
	}
	permits, err := layer.NewPermits(limit)
	if err != nil {
		t.Fatal(err)
	}
	global, err := layer.NewGlobalConcurrencyLimit[struct{}, string, string](permits)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]layer.Layer[svc, svc]{"concurrency-limit": plain, "global-concurrency-limit": global}
}

// patience bounds the search for an order: a history of this size takes some milliseconds, and the search is exponential at worst.
const patience = 20 * time.Second

// TestLimitsAreLinearizable records histories of permits that are taken, tried for and given back by several goroutines, and has
// porcupine look for an order in which a semaphore would have done the same.
func TestLimitsAreLinearizable(t *testing.T) {
	for _, limit := range []int{1, 2, 3} {
		for name, l := range limits(t, limit) {
			t.Run(name, func(t *testing.T) {
				for range 10 {
					operations := history(piped(t, l), 5, 20)
					if result := porcupine.CheckOperationsTimeout(semaphore(limit), operations, patience); result != porcupine.Ok {
						t.Fatalf("no semaphore of %d permits does what %d operations did: %s", limit, len(operations), result)
					}
				}
			})
		}
	}
}

func piped(t *testing.T, l layer.Layer[svc, svc]) *pipeline {
	t.Helper()
	inner, err := service.NewFunc(func(_ ctx, request string) (string, error) { return request, nil })
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Layer(inner)
	if err != nil {
		t.Fatal(err)
	}
	p, err := service.NewPipeline(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAHistoryThatNoSemaphoreAllowsIsSeen shows that the check can fail: one permit too many, and a try that fails beside a free one.
func TestAHistoryThatNoSemaphoreAllowsIsSeen(t *testing.T) {
	taken := func(client int, input string, output bool) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: input, Output: output, Call: int64(2 * client), Return: int64(2*client + 1)}
	}
	for name, operations := range map[string][]porcupine.Operation{
		"one too many":      {taken(0, acquire, true), taken(1, try, true)},
		"fails beside room": {taken(0, acquire, true), taken(1, release, true), taken(2, try, false)},
	} {
		if porcupine.CheckOperations(semaphore(1), slices.Clone(operations)) {
			t.Errorf("%s: it passes", name)
		}
	}
}
