package service_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type (
	none   = struct{}
	nctx   = context.Context[none]
	text   = service.Service[none, string, string]
	ending = service.Service[none, service.Outcome[string], string]
	piping = service.Pipeline[none, string, string]
)

var errBoom = errors.New("boom")

func background() nctx { return context.New(gocontext.Background(), none{}) }

// journal is what happened, in order.
type journal struct {
	mu      sync.Mutex
	entries []string
}

func (j *journal) add(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, fmt.Sprintf(format, args...))
}

func (j *journal) count(entry string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, e := range j.entries {
		if e == entry {
			n++
		}
	}
	return n
}

// expect compares and clears the journal.
func (j *journal) expect(t *testing.T, want ...string) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if !slices.Equal(j.entries, want) {
		t.Errorf("happened %q, want %q", j.entries, want)
	}
	j.entries = nil
}

// expectInAnyOrder is expect, for what happens on several goroutines.
func (j *journal) expectInAnyOrder(t *testing.T, want ...string) {
	t.Helper()
	j.mu.Lock()
	slices.Sort(j.entries)
	j.mu.Unlock()
	slices.Sort(want)
	j.expect(t, want...)
}

// double is an innermost service that does what a test says. Its zero value is
// always ready and answers with the name added to the request.
type double[Req any] struct {
	name string
	log  *journal

	// Each may be nil.
	ready    func(nctx) error
	call     func(nctx, Req) (string, error)
	shutdown func(nctx) error
	poll     error
}

func (d *double[Req]) Ready(ctx nctx) error {
	d.log.add("%s asked", d.name)
	if d.ready == nil {
		return nil
	}
	return d.ready(ctx)
}

func (d *double[Req]) Call(ctx nctx, req Req) (string, error) {
	d.log.add("%s got %v", d.name, req)
	if d.call == nil {
		return fmt.Sprintf("%v>%s", req, d.name), nil
	}
	return d.call(ctx, req)
}

func (d *double[Req]) Shutdown(ctx nctx) error {
	d.log.add("%s shut down", d.name)
	if d.shutdown == nil {
		return nil
	}
	return d.shutdown(ctx)
}

func (d *double[Req]) Poll(nctx) error {
	d.log.add("%s polled", d.name)
	return d.poll
}

// gate is a readiness, or a shutdown, that waits until it is opened.
type gate chan struct{}

func (g gate) wait(ctx nctx) error {
	select {
	case <-g:
		return nil
	default:
	}
	select {
	case <-g:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func fails[T any](err error) func(nctx, T) (string, error) {
	return func(nctx, T) (string, error) { return "", err }
}

func piped(s text) *piping { return must(service.NewPipeline(s)) }

func limit[Req any](n int, inner service.Service[none, Req, string]) service.Service[none, Req, string] {
	return must(must(layer.NewConcurrencyLimit[none, Req, string](n)).Layer(inner))
}

// room is how many calls a limit has room for, up to most. The permits taken
// to find out are given back.
func room[Req any](limit service.Service[none, Req, string], most int) int {
	for n := range most {
		caller := context.NewCaller()
		defer caller.Finish()
		if limit.Ready(background().Now().WithCaller(caller)) != nil {
			return n
		}
	}
	return most
}

func expectRoom[Req any](t *testing.T, limit service.Service[none, Req, string], want int) {
	t.Helper()
	if got := room(limit, want+1); got != want {
		t.Errorf("room for %d calls, want %d", got, want)
	}
}

func expectError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("error %v, want %v", got, want)
	}
}

func expectAnswer(t *testing.T, got string, err error, want string) {
	t.Helper()
	if err != nil || got != want {
		t.Errorf("answer %q, %v, want %q", got, err, want)
	}
}

func expectRefused(t *testing.T, err error, name string) {
	t.Helper()
	refused, ok := errors.AsType[*parameter.Error](err)
	if !ok || refused.Parameter != name {
		t.Errorf("error %v, want a refusal of %s", err, name)
	}
}

// panicOf returns what f panics with, or nil.
func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
