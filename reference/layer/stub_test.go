package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type (
	stubContext  = context.Context[struct{}]
	stubService  = service.Service[struct{}, string, string]
	stubPipeline = service.Pipeline[struct{}, string, string]
)

var errStub = errors.New("stub: boom")

// stub is an innermost service under the control of a test: it is ready or
// not, and answers a call when it is told to.
type stub struct {
	mu       sync.Mutex
	gate     chan struct{} // not nil while not ready
	failure  error         // of readiness
	panics   bool          // in readiness
	manual   bool          // calls wait for answer; otherwise they are echoed
	asked    int
	waiting  int // in readiness
	received []string
	pending  map[string]chan error
	gone     []string // calls that were abandoned
	down     bool
}

func (s *stub) Ready(ctx stubContext) error {
	for {
		s.mu.Lock()
		gate, failure, panics := s.gate, s.failure, s.panics
		s.asked++
		if gate == nil {
			s.mu.Unlock()
			if panics {
				panic(errStub)
			}
			return failure
		}
		s.waiting++
		s.mu.Unlock()
		select {
		case <-gate:
		case <-ctx.Done():
		}
		s.mu.Lock()
		s.waiting--
		s.mu.Unlock()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (s *stub) Call(ctx stubContext, req string) (string, error) {
	s.mu.Lock()
	s.received = append(s.received, req)
	if !s.manual {
		s.mu.Unlock()
		return s.echo(req)
	}
	answer := make(chan error, 1)
	if s.pending == nil {
		s.pending = make(map[string]chan error)
	}
	s.pending[req] = answer
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.pending, req)
	}()
	select {
	case err := <-answer:
		if err != nil {
			return "", err
		}
		return s.echo(req)
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		s.gone = append(s.gone, req)
		return "", ctx.Err()
	}
}

func (*stub) echo(req string) (string, error) {
	switch req {
	case "fail":
		return "", errStub
	case "panic":
		panic(errStub)
	}
	return req, nil
}

func (s *stub) Shutdown(stubContext) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = true
	return nil
}

// block makes the stub not ready until settle.
func (s *stub) block() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = make(chan struct{})
}

// settle ends the block: readiness succeeds, or fails with err.
func (s *stub) settle(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err
	if s.gate != nil {
		close(s.gate)
		s.gate = nil
	}
}

// answer completes the call that has this request.
func (s *stub) answer(t testing.TB, req string, err error) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.pending[req]
	if ch == nil {
		t.Fatalf("no call %q to answer, received %v", req, s.received)
	}
	ch <- err
}

func (s *stub) saw(t testing.TB, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.received, want) {
		t.Errorf("received %v, want %v", s.received, want)
	}
}

func (s *stub) timesAsked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *stub) nowWaiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// sure is for construction that cannot fail.
func sure[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// pipe is a pipeline to inner with the layers around it, the first outermost.
func pipe(inner stubService, layers ...layer.Layer[stubService, stubService]) *stubPipeline {
	for _, l := range slices.Backward(layers) {
		inner = sure(l.Layer(inner))
	}
	return sure(service.NewPipeline(inner))
}

func oneAtATime() layer.Layer[stubService, stubService] {
	return sure(layer.NewConcurrencyLimit[struct{}, string, string](1))
}

// operation is something that a test started on a goroutine of its own.
type operation struct {
	cancel   gocontext.CancelFunc
	done     chan struct{}
	response string
	err      error
	panicked any
}

func begin(f func(stubContext) (string, error)) *operation {
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	o := &operation{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(o.done)
		defer cancel()
		defer func() { o.panicked = recover() }()
		o.response, o.err = f(context.New(ctx, struct{}{}))
	}()
	return o
}

func beginCall(p *stubPipeline, req string) *operation {
	return begin(func(ctx stubContext) (string, error) { return p.Call(ctx, req) })
}

func beginReady(b *service.Binding[struct{}, string, string]) *operation {
	return begin(func(ctx stubContext) (string, error) { return "", b.Ready(ctx) })
}

// is checks that the operation has ended with the response or with the error.
func (o *operation) is(t testing.TB, response string, err error) {
	t.Helper()
	select {
	case <-o.done:
	default:
		t.Errorf("still waits, want %q, %v", response, err)
		return
	}
	if o.panicked != nil {
		t.Errorf("panicked with %v, want %q, %v", o.panicked, response, err)
	} else if o.response != response || !errors.Is(o.err, err) {
		t.Errorf("ended with %q, %v, want %q, %v", o.response, o.err, response, err)
	}
}

func (o *operation) waits(t testing.TB) {
	t.Helper()
	select {
	case <-o.done:
		t.Errorf("ended with %q, %v, want it to wait", o.response, o.err)
	default:
	}
}

func (o *operation) panickedWith(t testing.TB, want any) {
	t.Helper()
	select {
	case <-o.done:
	default:
		t.Fatal("still waits, want a panic")
	}
	if o.panicked != want {
		t.Errorf("ended with %q, %v, panic %v, want panic %v", o.response, o.err, o.panicked, want)
	}
}

// free counts the callers that can be ready at once and without waiting.
func free(t testing.TB, p *stubPipeline) (n int) {
	t.Helper()
	for ; n < 100; n++ {
		b := p.Bind()
		defer b.Close()
		if err := b.Ready(stubContext{}.Now()); errors.Is(err, context.ErrWouldWait) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func refusesParameter(t testing.TB, name string, err error) {
	t.Helper()
	var refused *parameter.Error
	if !errors.As(err, &refused) || refused.Parameter != name {
		t.Errorf("%v, want parameter %s refused", err, name)
	}
}

// counter echoes, and counts the calls that are in it; for parallel tests.
type counter struct{ calls, peak atomic.Int64 }

func (*counter) Ready(stubContext) error    { return nil }
func (*counter) Shutdown(stubContext) error { return nil }

func (c *counter) Call(_ stubContext, req string) (string, error) {
	n := c.calls.Add(1)
	defer c.calls.Add(-1)
	for peak := c.peak.Load(); n > peak && !c.peak.CompareAndSwap(peak, n); peak = c.peak.Load() {
	}
	runtime.Gosched()
	return req, nil
}

// manyCalls makes calls from several goroutines in parallel, every third of
// them with a context that ends at some time, and checks that each ends in one
// of the ways allowed, or well.
func manyCalls(t *testing.T, p *stubPipeline, goroutines, each int, allowed ...error) {
	t.Helper()
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for i := range each {
				ctx, cancel := gocontext.WithCancel(gocontext.Background())
				req := fmt.Sprint(g, "/", i)
				if i%3 == 0 {
					go cancel()
				}
				res, err := p.Call(context.New(ctx, struct{}{}), req)
				cancel()
				ok := err == nil && res == req || i%3 == 0 && errors.Is(err, gocontext.Canceled)
				for _, a := range allowed {
					ok = ok || errors.Is(err, a)
				}
				if !ok {
					t.Errorf("%s: %q, %v", req, res, err)
				}
			}
		})
	}
	all.Wait()
}

// manyCallsUntil does the same, and f in the middle of it.
func manyCallsUntil(t *testing.T, p *stubPipeline, f func(), allowed ...error) {
	t.Helper()
	var all sync.WaitGroup
	all.Go(func() { manyCalls(t, p, 8, 100, allowed...) })
	all.Go(func() {
		for range 100 {
			runtime.Gosched()
		}
		f()
	})
	all.Wait()
}
