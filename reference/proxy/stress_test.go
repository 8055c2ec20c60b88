package proxy_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// crowd is an embedder that does everything at random.
type crowd struct {
	module    *proxy.Module
	inline    bool
	instances atomic.Int64
	dropped   atomic.Int64
	accepted  atomic.Int64
}

var errCrowd = errors.New("there is no room")

func (c *crowd) Instantiate(ctx gocontext.Context) (*proxy.Instance[int], error) {
	switch rand.IntN(20) {
	case 0:
		return nil, errCrowd
	case 1:
		panic(errCrowd)
	}
	guest, err := c.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	c.instances.Add(1)
	return &proxy.Instance[int]{Guest: guest, State: c, Expiration: c, Inline: c.inline}, nil
}

func (c *crowd) ShouldAccept(concurrent, total int) proxy.ShouldAccept {
	switch n := rand.IntN(50); {
	case n == 0:
		panic(errCrowd)
	case total > 50 || n == 1:
		return proxy.Never
	case concurrent > 4 || n < 10:
		return proxy.No
	}
	return proxy.Yes
}

func (c *crowd) OnRequestStart(*proxy.Task, int) (time.Time, error) {
	c.accepted.Add(1)
	switch rand.IntN(50) {
	case 0:
		return time.Time{}, errCrowd
	case 1:
		panic(errCrowd)
	case 2, 3, 4:
		return time.Now().Add(time.Duration(rand.IntN(1000)) * time.Microsecond), nil
	}
	return time.Time{}, nil
}

func (c *crowd) OnDrop(error) { c.dropped.Add(1) }

func (c *crowd) Deadline(_ proxy.WorkerStatus, since time.Time) time.Time {
	if rand.IntN(4) == 0 {
		return since.Add(time.Duration(rand.IntN(2000)) * time.Microsecond)
	}
	return since.Add(100 * time.Millisecond)
}

var programs = []string{
	"respond:a", "respond:a", "respond:a", "respond:a yield yield", "yield respond:a", "head body:a yield end-body",
	"head body:a fail-body", "head body:a", "trap", "respond:a trap", "error:x", "yield", "host-panic", "lie:twice",
	"wait:never respond:a", "pressure:on respond:a yield pressure:off", "pressure:on respond:a",
}

// Whatever happens at the same time, every request has one end, every instance
// one drop, and nothing is left.
func TestEverythingAtOnce(t *testing.T)       { everythingAtOnce(t, false) }
func TestEverythingAtOnceInline(t *testing.T) { everythingAtOnce(t, true) }

func everythingAtOnce(t *testing.T, inline bool) {
	const callers, each = 16, 150
	// The callers' gates are of a world that has no other part in this.
	w := newWorld(t, "actor")
	before := goruntime.NumGoroutine()
	c := &crowd{module: module(t, "actor"), inline: inline}
	h := must(proxy.New[int](c))
	var all sync.WaitGroup
	var outcomes atomic.Int64
	for range callers {
		all.Go(func() {
			for i := range each {
				ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Minute)
				if rand.IntN(10) == 0 {
					ctx, cancel = gocontext.WithTimeout(gocontext.Background(), time.Duration(rand.IntN(500))*time.Microsecond)
				}
				response, err := h.Handle(ctx, i, w.request(programs[rand.IntN(len(programs))]))
				switch {
				case err == nil && rand.IntN(4) > 0:
					_, _ = io.ReadAll(response.Body)
					fallthrough
				case err == nil:
					response.Body.Close()
				case !known(err):
					t.Errorf("unknown end: %v", err)
				}
				cancel()
				outcomes.Add(1)
			}
		})
	}
	all.Wait()
	w.openReal("never")
	ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Minute)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if outcomes.Load() != callers*each || c.instances.Load() != c.dropped.Load() || c.instances.Load() == 0 {
		t.Errorf("%d ends, %d instances, %d drops", outcomes.Load(), c.instances.Load(), c.dropped.Load())
	}
	deadline := time.Now().Add(10 * time.Second)
	for goruntime.NumGoroutine() > before && time.Now().Before(deadline) {
		goruntime.Gosched()
	}
	if now := goruntime.NumGoroutine(); now > before {
		t.Errorf("%d goroutines more than before", now-before)
	}
}

// Each response is its own request's, also where it is read late, when the guest
// has long been at others.
func TestEveryResponseIsItsOwnRequests(t *testing.T) {
	for name, inline := range map[string]bool{"on the worker's goroutine": false, "inline": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "actor")
			w.inline = inline
			var callers sync.WaitGroup
			for caller := range 16 {
				callers.Go(func() { w.ownResponses(caller) })
			}
			callers.Wait()
			if err := w.handler.Shutdown(gocontext.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// ownResponses makes a caller's requests, and reads the responses by sevens.
func (w *world) ownResponses(caller int) {
	const each, late = 100, 7
	var responses []*http.Response
	var texts []string
	for i := range each {
		text := fmt.Sprintf("caller%drequest%d", caller, i)
		program := []string{
			"respond:" + text,
			"yield respond:" + text,
			"respond:" + text + " yield yield",
			"head body:" + text + " yield end-body",
			"head yield body:" + text + " end-body yield",
		}[i%5]
		response, err := w.handler.Handle(gocontext.Background(), text, w.request(program))
		if err != nil {
			w.t.Errorf("%s: %v", text, err)
			continue
		}
		if of := response.Request.Header.Get("Program"); of != program {
			w.t.Errorf("%q has the response to %q", program, of)
		}
		responses, texts = append(responses, response), append(texts, text)
		if len(responses) < late && i < each-1 {
			continue
		}
		for k, r := range responses {
			if body, err := io.ReadAll(r.Body); string(body) != texts[k] || err != nil {
				w.t.Errorf("got %q, %v; want %q", body, err, texts[k])
			}
			r.Body.Close()
		}
		responses, texts = nil, nil
	}
}

func known(err error) bool {
	var instantiation *proxy.InstantiationError[int]
	var expired *proxy.ExpirationError
	var trapped *proxy.TrapOrPanicError
	var code *proxy.ErrorCode
	var silent *proxy.NoResponseError
	return errors.As(err, &instantiation) || errors.As(err, &expired) || errors.As(err, &trapped) || errors.As(err, &code) ||
		errors.As(err, &silent) || errors.Is(err, gocontext.DeadlineExceeded)
}

func newRequest() (*http.Request, error) {
	return http.NewRequest(http.MethodGet, "http://guest/", nil)
}
