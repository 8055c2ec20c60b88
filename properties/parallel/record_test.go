package parallel_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
)

const (
	// patience bounds the search for an order; one of these histories takes some milliseconds, and the search is exponential at worst.
	patience = 20 * time.Second
	// forever is when somebody has waited in vain. A whole history takes well under a second.
	forever = 30 * time.Second
)

// recorder keeps what happens, with the interval in which it takes effect. Its clock counts its readings, so that no two are the same
// and each is later than whatever had been read before it began.
type recorder struct {
	clock atomic.Int64
	mu    sync.Mutex
	all   []porcupine.Operation
}

func (r *recorder) now() int64 { return r.clock.Add(1) }

func (r *recorder) note(input any, call, end int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, operation(len(r.all), input, call, end))
}

// operation is one with the outcome in its input. Each counts as a client of its own: that somebody does one thing after the other is
// in the intervals.
func operation(number int, input any, call, end int64) porcupine.Operation {
	return porcupine.Operation{ClientId: number, Input: input, Call: call, Return: end}
}

// inTurn is a history in which one thing happens after the other.
func inTurn[T any](inputs ...T) []porcupine.Operation {
	var history []porcupine.Operation
	for number, input := range inputs {
		history = append(history, operation(number, input, int64(2*number), int64(2*number+1)))
	}
	return history
}

// atOnce is a history in which everything happens at the same time.
func atOnce[T any](inputs ...T) []porcupine.Operation {
	history := inTurn(inputs...)
	for number := range history {
		history[number].Call, history[number].Return = 0, 1
	}
	return history
}

// then is one history after another.
func then(histories ...[]porcupine.Operation) []porcupine.Operation {
	var all []porcupine.Operation
	var end int64
	for _, history := range histories {
		begin := end
		for _, o := range history {
			o.ClientId, o.Call, o.Return = len(all), o.Call+begin, o.Return+begin
			end = max(end, o.Return+1)
			all = append(all, o)
		}
	}
	return all
}

// parts has a history parted by a number, and only the operations kept that belong.
func parts[T any](number func(T) int, belongs func(T) bool) func([]porcupine.Operation) [][]porcupine.Operation {
	return func(history []porcupine.Operation) [][]porcupine.Operation {
		byNumber := map[int][]porcupine.Operation{}
		for _, o := range history {
			if input := o.Input.(T); belongs(input) {
				byNumber[number(input)] = append(byNumber[number(input)], o)
			}
		}
		var all [][]porcupine.Operation
		for _, part := range byNumber {
			all = append(all, part)
		}
		return all
	}
}

// verbs tells whether one is among others.
func verbs(some ...string) func(string) bool {
	return func(verb string) bool { return slices.Contains(some, verb) }
}
