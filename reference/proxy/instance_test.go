package proxy_test

import (
	gocontext "context"
	"errors"
	"net/http"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// closing is an embedder that looks whether the instance is closed.
type closing struct {
	module *proxy.Module
	guest  *proxy.Guest
	closed bool // when the drop hook ran
}

func (c *closing) Instantiate(ctx gocontext.Context) (*proxy.Instance[none], error) {
	var err error
	c.guest, err = c.module.Instantiate(ctx, nil)
	return &proxy.Instance[none]{Guest: c.guest, State: c}, err
}

func (c *closing) ShouldAccept(_, _ int) proxy.ShouldAccept { return proxy.Yes }
func (c *closing) OnRequestStart(*proxy.Task, none) (deadline time.Time, err error) {
	return deadline, nil
}
func (c *closing) OnDrop(error) { c.closed = c.guest.Module().IsClosed() }

func TestAnInstanceIsClosedAfterItsDropHook(t *testing.T) {
	for _, guest := range []string{"empty", "trap"} {
		c := &closing{module: module(t, guest)}
		h := must(proxy.New[none](c))
		_, _ = h.Handle(gocontext.Background(), none{}, must(newRequest()))
		if err := h.Shutdown(gocontext.Background()); err != nil {
			t.Fatal(err)
		}
		if c.closed {
			t.Errorf("%s: closed before the drop hook", guest)
		}
		if !c.guest.Module().IsClosed() {
			t.Errorf("%s: never closed", guest)
		}
	}
}

// forgotten is an embedder that tells when its instance and the data of its
// request are garbage.
type forgotten struct {
	module *proxy.Module
	gone   chan string
}

func (f *forgotten) Instantiate(ctx gocontext.Context) (*proxy.Instance[*[]byte], error) {
	guest, err := f.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	state := &holding{guest: guest}
	goruntime.AddCleanup(guest, f.tell, "the instance")
	goruntime.AddCleanup(state, f.tell, "the state")
	return &proxy.Instance[*[]byte]{Guest: guest, State: state, Expiration: state}, nil
}

func (f *forgotten) tell(what string) { f.gone <- what }

// holding is a worker's state.
type holding struct{ guest *proxy.Guest }

func (*holding) ShouldAccept(_, _ int) proxy.ShouldAccept { return proxy.Yes }
func (*holding) OnRequestStart(*proxy.Task, *[]byte) (deadline time.Time, err error) {
	return deadline, nil
}
func (*holding) OnDrop(error) {}
func (*holding) Deadline(proxy.WorkerStatus, time.Time) (never time.Time) {
	return never
}

func TestAResponseThatIsKeptKeepsNothingOfAWorkerThatHasEnded(t *testing.T) {
	f := &forgotten{module(t, "empty"), make(chan string, 3)}
	h := must(proxy.New[*[]byte](f))
	data := new([]byte)
	goruntime.AddCleanup(data, f.tell, "the data")
	response, err := h.Handle(gocontext.Background(), data, must(newRequest()))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Shutdown(gocontext.Background()); err != nil {
		t.Fatal(err)
	}
	f.expect(t, "the instance", "the state", "the data")
	goruntime.KeepAlive(response)
	goruntime.KeepAlive(h)
}

// expect waits until all of that is garbage, in whatever order. What other garbage
// with a cleanup leads to is not collected before the next collection.
func (f *forgotten) expect(t *testing.T, want ...string) {
	t.Helper()
	var gone []string
	for deadline := time.Now().Add(10 * time.Second); len(gone) < len(want); {
		goruntime.GC()
		select {
		case what := <-f.gone:
			gone = append(gone, what)
		case <-time.After(10 * time.Millisecond):
			if time.Now().After(deadline) {
				t.Fatalf("of %q, only %q are gone", want, gone)
			}
		}
	}
}

// The other task of the worker was under way when that trapped.
func TestAResponseThatIsKeptKeepsNoOtherTaskOfAWorkerThatTrapped(t *testing.T) {
	f := &forgotten{gone: make(chan string, 1)}
	var response *http.Response
	in(t, "actor", func(t *testing.T, w *world) {
		var err error
		if response, err = w.handler.Handle(gocontext.Background(), "kept", w.request("respond:kept wait:x")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		sibling := w.request("trap")
		goruntime.AddCleanup(sibling, f.tell, "the sibling's request")
		if _, err := w.handler.Handle(gocontext.Background(), "sibling", sibling); err == nil || w.workers != 1 {
			t.Errorf("got %v, in %d workers", err, w.workers)
		}
		w.task = nil // the kept response leads to the world by its request
	})
	f.expect(t, "the sibling's request")
	goruntime.KeepAlive(response)
}

func TestASynchronousGuestThatDoesNotExitIsAnsweredLikeATrap(t *testing.T) {
	for status, code := range map[string]string{"1": "\x01", "2": "\x02", "3": "\x03"} {
		guest := must(proxy.Compile(gocontext.Background(), sharedRuntime(),
			wasm(typeI32, oneFunc, oneMemory, handleAnd, strings.Replace(codeZero, "\x41\x00", "\x41"+code, 1))))
		in(t, "actor-sync", func(t *testing.T, w *world) {
			w.own = guest
			ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Hour)
			defer cancel()
			_, err := w.handleIn(ctx, "a", "")
			want := "breach of the ABI in handle: a guest without a callback returned the status " + status + ", which is not EXIT"
			if violation, is := errors.AsType[*proxy.ViolationError](err); !is || violation.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// A guest runs under the context of its worker: were it the caller's, the
// function of the host that it waits in would return when the caller gives up.
func TestGivingUpDoesNotReachTheGuest(t *testing.T) {
	in(t, "actor-sync", func(t *testing.T, w *world) {
		var ended bool
		w.enter = func(*proxy.Task, string) { ended = true }
		ctx, cancel := gocontext.WithCancel(gocontext.Background())
		w.callers.Go(func() {
			_, err := w.handleIn(ctx, "a", "wait:x enter:a respond:a")
			w.say("a: %v", err)
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		w.expect("1.1 starts a, a: context canceled")
		if ended {
			t.Error("the guest went on when its caller gave up")
		}
		w.open("x")
		w.begin("b", "count")
		w.expect("1.2 starts b, b = 2")
	})
}
