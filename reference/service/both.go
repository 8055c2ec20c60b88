package service

import (
	gocontext "context"
	"errors"
	"sync"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// both is what [NewAndThen] and [NewThen] have in common: a readiness and a
// poll of two services as if they were one. The types of their requests
// do not matter to it.
//
// Each of the two reserves for a caller of its own, not for the one that the
// context names. So an error of one takes back what the other has reserved,
// also on an earlier check, and a layer in the first cannot carry off what is
// reserved in the second. Those two callers are a claim. The context's caller
// holds a reservation of both's, which stands for any one of the claims: a
// claim is good for one call, whoever makes it.
type both[S any] struct {
	a, b half[S]

	mu sync.Mutex
	// claims are as many as there are reservations.
	claims []claim
}

// half is a service without its call.
type half[S any] interface {
	Ready(context.Context[S]) error
	Shutdown(context.Context[S]) error
}

// claim is the readiness of both services for one call.
type claim struct{ first, second context.Caller }

func (c claim) finish() {
	defer c.second.Finish() // also when a Release panics
	c.first.Finish()
}

// take spends the reservation of ctx's caller, if it holds one.
func (s *both[S]) take(ctx context.Context[S]) (claim, bool) {
	if !ctx.Spend(s) {
		return claim{}, false
	}
	return s.pop(), true
}

func (s *both[S]) pop() claim {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.claims) - 1
	c := s.claims[last]
	s.claims[last] = claim{}
	s.claims = s.claims[:last]
	return c
}

func (s *both[S]) push(c claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims = append(s.claims, c)
}

// Release gives back the claim of a caller that did not call.
func (s *both[S]) Release() { s.pop().finish() }

// Ready returns when both are ready, or with the first error of either. A
// claim that exists already is checked again, and is lost if that fails.
func (s *both[S]) Ready(ctx context.Context[S]) error {
	c, held := s.take(ctx)
	if !held {
		_, c.first = ctx.Fork()
		_, c.second = ctx.Fork()
	}
	kept := false
	defer func() {
		if !kept {
			c.finish()
		}
	}()
	if err := s.ready(ctx, c); err != nil {
		return err
	}
	kept = true
	s.push(c) // first: the reservation may be released before Reserve returns
	return ctx.Reserve(s)
}

// ready asks both without waiting, in order, and then waits for those that are
// not ready. The one that is ready is not asked again. Only when both have to
// wait does it take a goroutine.
func (s *both[S]) ready(ctx context.Context[S], c claim) error {
	first, second := ctx.WithCaller(c.first), ctx.WithCaller(c.second)
	firstErr := s.a.Ready(first.Now())
	if failed(firstErr) {
		return firstErr
	}
	secondErr := s.b.Ready(second.Now())
	if failed(secondErr) {
		return secondErr
	}
	if firstErr == nil && secondErr == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case secondErr == nil:
		return s.a.Ready(first)
	case firstErr == nil:
		return s.b.Ready(second)
	}
	return s.wait(ctx, c)
}

// failed reports whether err is an error other than having to wait.
func failed(err error) bool { return err != nil && !errors.Is(err, context.ErrWouldWait) }

// wait waits for both at once. When one fails, or panics, the other is called
// off; none is left behind.
func (s *both[S]) wait(ctx context.Context[S], c claim) error {
	inner, cancel := gocontext.WithCancel(ctx.Go())
	defer cancel()
	ctx = ctx.With(inner)

	var once sync.Once
	var earliest error
	ask := func(service half[S], caller context.Caller) error {
		ready := false
		defer func() {
			if !ready {
				cancel()
			}
		}()
		err := service.Ready(ctx.WithCaller(caller))
		if err != nil {
			once.Do(func() { earliest = err })
		}
		ready = err == nil
		return err
	}
	second := startAside(func() error { return ask(s.b, c.second) })
	// A panic of the first must not leave before the second is over.
	defer func() { <-second.done }()
	_ = ask(s.a, c.first)
	_ = second.wait()
	return earliest
}

// Poll polls the first and then the second; an error of the first skips the
// second.
func (s *both[S]) Poll(ctx context.Context[S]) error {
	for _, service := range [...]half[S]{s.a, s.b} {
		if p, ok := service.(Poller[S]); ok {
			if err := p.Poll(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}
