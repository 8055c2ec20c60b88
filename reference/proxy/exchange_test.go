package proxy_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// The head is the caller's from then on, and the guest's header would be a write
// to a map that it reads.
func TestAHeaderAfterTheAnswerIsRefused(t *testing.T) {
	guest := script{calls: []invoke{
		// The memory is all zeros but what the host writes there: the method's name.
		asking("request_method", 1, 0, 3), asking("response_header", 1, 0, 3, 0, 3),
		telling("task_return", 1, 200, 0, 0), asking("response_header", 1, 0, 3, 0, 3),
	}}
	own := must(proxy.Compile(gocontext.Background(), sharedRuntime(), guest.assemble()))
	in(t, "empty", func(t *testing.T, w *world) {
		w.own = own
		response := must(w.handler.Handle(gocontext.Background(), "a", w.request("")))
		synctest.Wait()
		if got := fmt.Sprint(response.Header); got != "map[Get:[GET]]" {
			t.Errorf("the caller has the head %s", got)
		}
	})
}

// A server's request has in RequestURI what its client sent, and that of a proxy
// sends the scheme and the authority as well.
func TestTheTargetIsPathAndQuery(t *testing.T) {
	const target = "/path?x=1"
	guest := script{calls: []invoke{
		asking("request_target", 1, 0, 100), telling("task_return_error", 1, 0, int64(len(target)), 0, 0),
	}}
	own := must(proxy.Compile(gocontext.Background(), sharedRuntime(), guest.assemble()))
	for _, sent := range []string{"", target, "http://elsewhere/path?x=1"} {
		in(t, "empty", func(t *testing.T, w *world) {
			w.own = own
			r := w.request("")
			r.URL = must(r.URL.Parse("http://elsewhere" + target))
			r.RequestURI = sent
			_, err := w.handler.Handle(gocontext.Background(), "a", r)
			if code, is := errors.AsType[*proxy.ErrorCode](err); !is || code.Code != target {
				t.Errorf("%q: got %v", sent, err)
			}
		})
	}
}
