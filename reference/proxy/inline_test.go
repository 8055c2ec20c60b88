package proxy_test

import (
	gocontext "context"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

func TestACallerRunsAnInlineGuestItself(t *testing.T) {
	for inline, want := range map[bool]string{false: "1.1 starts a, 1.2 starts b", true: "1.1 starts a, 1.2 starts b, on the caller's goroutine"} {
		in(t, "actor", func(t *testing.T, w *world) {
			w.inline = inline
			w.start = func(int, string) error {
				if stack := make([]byte, 1<<16); strings.Contains(string(stack[:runtime.Stack(stack, false)]), "Handle(") {
					w.say("on the caller's goroutine")
				}
				return nil
			}
			for _, data := range []string{"a", "b"} {
				if _, err := w.handle(data, "respond:x"); err != nil {
					t.Error(err)
				}
				synctest.Wait()
			}
			w.expect(want)
		})
	}
}

// An event for a worker that a caller leads is looked at when the caller has let
// go.
func TestAWakingWhileACallerLeadsIsNotLost(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.inline = true
		w.begin("a", "respond:a wait:x enter:a")
		w.enter = func(*proxy.Task, string) { w.say("a goes on") }
		w.start = func(int, string) error {
			w.openReal("x")
			time.Sleep(time.Second)
			return nil
		}
		w.begin("b", "wait:y respond:b")
		time.Sleep(time.Minute)
		synctest.Wait()
		w.expectAll("1.1 starts a", "a = a", "1.2 starts b", "a goes on")
	})
}

func TestAPanicInACallersHandsEndsTheWorkerOnly(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.inline = true
		w.begin("a", "respond:a")
		w.start = func(int, string) error { panic("no") }
		if _, err := w.handleIn(gocontext.Background(), "b", "respond:b"); err == nil || err.Error() != "worker trapped or panicked" {
			t.Errorf("got %v", err)
		}
		w.start = nil
		synctest.Wait()
		w.begin("c", "count")
		w.expectAll("1.1 starts a", "a = a", "1.2 starts b", "1 dropped service: panic: no", "2.1 starts c", "c = 1")
	})
}

func TestACallerWhoseGoroutineEndsInAHookEndsTheWorkerOnly(t *testing.T) {
	in(t, "actor", func(t *testing.T, w *world) {
		w.inline = true
		w.begin("a", "respond:a")
		w.start = func(int, string) error { runtime.Goexit(); return nil }
		w.begin("b", "respond:b") // the caller is gone, and says nothing
		w.start = nil
		w.begin("c", "count")
		w.expectAll("1.1 starts a", "a = a", "1.2 starts b", "1 dropped "+(&proxy.PanicError{}).Error(), "2.1 starts c", "c = 1")
	})
}
