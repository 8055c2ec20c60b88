package service

import (
	"fmt"
	"sync"
)

// PanicError stands for a panic where the panic itself cannot go on, because
// it happened on behalf of somebody else. That a panic may be answered by an
// error is section 7 of the specification (tokio's JoinError is such a one).
type PanicError struct {
	// Value is what the panic was called with; nil if the goroutine ended by
	// runtime.Goexit instead.
	Value any
}

// Error contains the panic's value.
func (e *PanicError) Error() string {
	if e.Value == nil {
		return "service: goroutine ended inside the service"
	}
	return fmt.Sprintf("service: panic: %v", e.Value)
}

// Unwrap returns the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// shutdown runs a function once and lets others wait for it with a context,
// which sync.Once cannot.
type shutdown struct {
	mu   sync.Mutex
	done chan struct{}
	err  error // settled before done is closed
}

// begin returns the channel that closes when the shutdown is over, and
// whether it is the caller of begin who must run it.
func (s *shutdown) begin() (done <-chan struct{}, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done != nil {
		return s.done, false
	}
	s.done = make(chan struct{})
	return s.done, true
}

func (s *shutdown) begun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done != nil
}

// run settles the shutdown also when f panics or ends its goroutine.
func (s *shutdown) run(f func() error) error {
	returned := false
	defer func() {
		if returned {
			return
		}
		value := recover()
		s.err = &PanicError{value}
		close(s.done)
		if value != nil {
			panic(value)
		}
	}()
	err := f()
	returned = true
	s.err = err
	close(s.done)
	return err
}
