package server

import (
	"time"

	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// Limits bounds a [Server]. [Defaults] is a good start; a zero is refused
// where it is not said what it means.
type Limits struct {
	// Reuse is how many requests one instance is given in all
	// (wasmtime serve --max-instance-reuse-count).
	Reuse int
	// ConcurrentReuse is how many requests one instance is given at a time, each
	// until its response's head (--max-instance-concurrent-reuse-count). An
	// instance of a synchronous guest never has more than one.
	ConcurrentReuse int
	// Requests is how many requests the server hands to workers at a time, each
	// until its response's head; the others wait (--max-concurrent-requests).
	Requests int
	// IdleTimeout is how long an instance is kept that has nothing to do
	// (--idle-instance-timeout).
	IdleTimeout time.Duration
	// RequestTimeout is how long a request may go without a response, and, where
	// it does, how long its instance may go on with the work; zero is for ever.
	RequestTimeout time.Duration
}

// Defaults are those of `wasmtime serve` for guests that take several requests
// at a time.
func Defaults() Limits {
	return Limits{Reuse: 128, ConcurrentReuse: 16, Requests: 1000, IdleTimeout: time.Second}
}

func (l Limits) check() error {
	for _, limit := range []struct {
		name  string
		value int64
	}{
		{"Reuse", int64(l.Reuse)},
		{"ConcurrentReuse", int64(l.ConcurrentReuse)},
		{"Requests", int64(l.Requests)},
		{"IdleTimeout", int64(l.IdleTimeout)},
	} {
		if err := parameter.Positive(limit.name, limit.value); err != nil {
			return err
		}
	}
	if l.RequestTimeout < 0 {
		return parameter.Refuse("RequestTimeout", "must not be negative")
	}
	return nil
}
