package proxy_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/proxy"
	"github.com/plumbline-spec/plumbline/reference/service"
)

const wait, unknown = 2, 77 // statuses of a guest

// breaches is every breach of the ABI that guests/ABI.md names but those of
// TestAGreedyGuestIsStopped.
var breaches = map[string]struct {
	guest    script
	answered bool // before the breach
	only     string
	want     string
}{
	"a second answer": {
		guest:    script{calls: []invoke{telling("task_return", 1, 200, 0, 0), telling("task_return_error", 1, 0, 0, 0, 0)}},
		answered: true, want: "task_return_error: task 1 has answered before",
	},
	"a second head": {
		guest:    script{calls: []invoke{telling("task_return", 1, 200, 0, 0), telling("task_return_head", 1, 200)}},
		answered: true, want: "task_return_head: task 1 has answered before",
	},
	"another task's answer": {
		guest: script{calls: []invoke{telling("task_return", 2, 200, 0, 0)}},
		want:  "task_return: task 1 runs, and it was called for task 2",
	},
	"another task's body": {
		guest: script{calls: []invoke{asking("request_read", 0, 0, 1)}},
		want:  "request_read: task 1 runs, and it was called for task 0",
	},
	"a status that there is not": {
		guest: script{status: unknown}, only: "callback",
		want: "handle: it returned the status 77, which there is not",
	},
	"WAIT without a callback": {
		guest: script{status: wait}, only: "synchronous",
		want: "handle: a guest without a callback returned the status 2, which is not EXIT",
	},
	"a body outside": {
		guest: script{calls: []invoke{telling("task_return", 1, 200, 65530, 7)}},
		want:  "task_return: 7 bytes at 65530 are outside of its memory",
	},
	"a body that wraps around": {
		guest: script{calls: []invoke{telling("task_return", 1, 200, -1, 2)}},
		want:  "task_return: 2 bytes at 4294967295 are outside of its memory",
	},
	"a text outside": {
		guest: script{calls: []invoke{asking("request_method", 1, 0, 65537)}},
		want:  "request_method: 65537 bytes at 0 are outside of its memory",
	},
	"a name outside": {
		guest: script{calls: []invoke{asking("request_header", 1, -1, -1, 0, 0)}},
		want:  "request_header: 4294967295 bytes at 4294967295 are outside of its memory",
	},
	"a value outside": {
		guest: script{calls: []invoke{asking("response_header", 1, 0, 1, 1<<30, 1)}},
		want:  "response_header: 1 bytes at 1073741824 are outside of its memory",
	},
	"a code outside": {
		guest: script{calls: []invoke{telling("task_return_error", 1, 65536, 1, 0, 0)}},
		want:  "task_return_error: 1 bytes at 65536 are outside of its memory",
	},
	"an informational response": {
		guest: script{calls: []invoke{telling("task_return_head", 1, 199)}},
		want:  "task_return_head: 199 is no status of a response",
	},
	"a response status of four digits": {
		guest: script{calls: []invoke{telling("task_return", 1, 1000, 0, 0)}},
		want:  "task_return: 1000 is no status of a response",
	},
	"a write before the head": {
		guest: script{calls: []invoke{asking("response_write", 1, 0, 1)}},
		want:  "response_write: task 1 has no body open",
	},
	"an end of a whole body": {
		guest:    script{calls: []invoke{telling("task_return", 1, 200, 0, 0), telling("response_end", 1)}},
		answered: true, want: "response_end: task 1 has no body open",
	},
	"pressure taken back that was not asked for": {
		guest: script{calls: []invoke{telling("backpressure_dec")}},
		want:  "backpressure_dec: it was called more often than backpressure_inc",
	},
	"a timer without a callback": {
		guest: script{calls: []invoke{asking("timer_start", 1, 1e9)}}, only: "synchronous",
		want: "timer_start: a guest without a callback cannot be told that the time has come",
	},
}

// Its caller gets a typed error, through a layer and whatever is wrapped around
// it; its drop hook gets the breach; a request in another instance and the
// handler go on.
func TestABreachEndsItsWorkerOnly(t *testing.T) {
	for name, breach := range breaches {
		for _, form := range []string{"callback", "synchronous"} {
			if breach.only != "" && breach.only != form {
				continue
			}
			breach.guest.callback = form == "callback"
			guest := must(proxy.Compile(gocontext.Background(), sharedRuntime(), breach.guest.assemble()))
			t.Run(name+", "+form, func(t *testing.T) {
				in(t, "actor", func(t *testing.T, w *world) {
					w.accept = func(_, concurrent, _ int) proxy.ShouldAccept {
						if concurrent > 0 {
							return proxy.No
						}
						return proxy.Yes
					}
					w.begin("sibling", "wait:x respond:fine")
					w.own = guest
					_, err := callThroughALayer(w, w.request(""))
					err = fmt.Errorf("wrapped: %w", errors.Join(errors.New("beside it"), err))
					_, general := errors.AsType[*proxy.TrapOrPanicError](err)
					original, exact := errors.AsType[*proxy.ViolationError](err)
					want := "breach of the ABI in " + breach.want
					switch {
					case breach.answered:
						if general || exact {
							t.Errorf("answered, and the caller got %v", err)
						}
					case form == "callback":
						if !general || exact {
							t.Errorf("the caller got %v", err)
						}
					case !exact || general || original.Error() != want:
						t.Errorf("the caller got %v", err)
					}
					synctest.Wait()
					if len(w.dropped) != 1 {
						t.Fatalf("%d workers ended", len(w.dropped))
					}
					if got, is := errors.AsType[*proxy.ViolationError](w.dropped[0]); !is || got.Error() != want {
						t.Errorf("dropped with %v\nwant         %s", w.dropped[0], want)
					}
					w.said()
					w.own = nil
					w.begin("next", "count")
					w.expect("3.1 starts next, next = 1")
					w.open("x")
					w.expect("sibling = fine")
				})
			})
		}
	}
}

// callThroughALayer calls the handler as a service behind a concurrency limit.
func callThroughALayer(w *world, r *http.Request) (string, error) {
	hosted := must(proxy.NewService[none](w.handler, nil))
	limited := must(layer.NewBuilder[none, *http.Request, *http.Response]().ConcurrencyLimit(1).Service(hosted))
	pipeline := must(service.NewPipeline(limited))
	response, err := pipeline.Call(context.New(gocontext.Background(), none{}), r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// A start function has no task. The embedder and the caller see why there is no
// instance.
func TestAStartFunctionHasNoTask(t *testing.T) {
	guest := script{calls: []invoke{telling("task_return", 1, 200, 0, 0)}, start: true}
	own := must(proxy.Compile(gocontext.Background(), sharedRuntime(), guest.assemble()))
	in(t, "empty", func(t *testing.T, w *world) {
		w.own = own
		_, err := callThroughALayer(w, w.request(""))
		violation, is := errors.AsType[*proxy.ViolationError](err)
		if !is || violation.Error() != "breach of the ABI in task_return: no task runs: a start function must not call it" {
			t.Errorf("the caller got %v", err)
		}
		if _, is := errors.AsType[*proxy.InstantiationError[string]](err); !is {
			t.Errorf("the caller got %v", err)
		}
		w.own = nil
		if _, err := w.handle("b", ""); err != nil {
			t.Errorf("the next got %v", err)
		}
	})
}
