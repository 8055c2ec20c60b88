package proxy_test

import (
	"bytes"
	gocontext "context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

func TestSimpleGuests(t *testing.T) {
	for guest, want := range map[string]string{
		"hello":       "1.1 starts a, a = hello",
		"empty":       "1.1 starts a, a = ",
		"counter":     "1.1 starts a, a = 1",
		"error-code":  "1.1 starts a, a: guest answered with the error DNS-timeout",
		"no-response": "1.1 starts a, a: guest returned without a response",
		"pressure":    "1.1 starts a, a = done",
		"streamed":    "1.1 starts a, a = line\nline\nline\n",
	} {
		in(t, guest, func(t *testing.T, w *world) {
			w.begin("a", "")
			sleep(4 * time.Second)
			if got := w.said(); got != want {
				t.Errorf("%s: got %q, want %q", guest, got, want)
			}
		})
	}
}

func TestAGuestIsToldWhatItsEmbedderDelivers(t *testing.T) {
	in(t, "parked", func(t *testing.T, w *world) {
		w.callers.Go(func() {
			text, err := w.handle("a", "")
			w.say("%s, %v", text, err)
		})
		synctest.Wait()
		w.task.Deliver(7)
		synctest.Wait()
		w.expect("1.1 starts a, woken, <nil>")
		w.task.Deliver(8) // the task is gone
	})
}

func TestAGuestThatNeverAnswersExpires(t *testing.T) {
	in(t, "never", func(t *testing.T, w *world) {
		w.expires = time.Second
		w.deadline = func(s proxy.WorkerStatus, since time.Time) time.Time { return since.Add(2 * time.Second) }
		w.begin("a", "")
		sleep(10 * time.Second)
		w.expect("1.1 starts a, a: guest timed out, 1 dropped guest timed out")
	})
}

func TestBackgroundWorkKeepsTheWorker(t *testing.T) {
	in(t, "background", func(t *testing.T, w *world) {
		w.accept = func(int, int, int) proxy.ShouldAccept { return proxy.Never }
		w.begin("a", "")
		sleep(2500 * time.Millisecond)
		w.expect("1.1 starts a, a = answered")
		sleep(time.Second)
		w.expect("1 dropped <nil>")
	})
}

// What a guest can have of the host's memory has an end.
func TestAGreedyGuestIsStopped(t *testing.T) {
	for method, want := range map[string]string{
		http.MethodGet:    "breach of the ABI in timer_start: task 1 has 1024 timers",
		http.MethodDelete: "breach of the ABI in response_header: the headers of the response have more than 1048576 bytes",
	} {
		in(t, "greedy", func(t *testing.T, w *world) {
			r := must(http.NewRequest(method, "http://guest/", nil))
			if _, err := w.handler.Handle(gocontext.Background(), "a", r); err == nil {
				t.Error("it answered")
			}
			synctest.Wait()
			if _, is := errors.AsType[*proxy.ViolationError](w.dropped[0]); !is || w.dropped[0].Error() != want {
				t.Errorf("dropped with %v", w.dropped[0])
			}
		})
	}
}

// The body is larger than every buffer on its way, and neither side can go ahead
// of the other.
func TestBodiesAreStreamedBothWays(t *testing.T) {
	in(t, "echo", func(t *testing.T, w *world) {
		const size = 1 << 20
		body, send := io.Pipe()
		sent := 0
		go func() {
			for sent < size {
				n, err := send.Write(bytes.Repeat([]byte{byte('a' + sent/1024%26)}, 1024))
				sent += n
				if err != nil {
					return
				}
			}
			send.Close()
		}()
		r := must(http.NewRequest(http.MethodPost, "http://guest/", body))
		r.Header.Set("Content-Type", "text/odd")
		response, err := w.handler.Handle(gocontext.Background(), "a", r)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if sent > 200<<10 {
			t.Errorf("%d bytes were taken and nobody read", sent)
		}
		if got := response.Header.Get("Content-Type"); got != "text/odd" {
			t.Errorf("type %q", got)
		}
		data, err := io.ReadAll(response.Body)
		if len(data) != size || err != nil {
			t.Fatalf("read %d bytes, %v", len(data), err)
		}
		for i, b := range data {
			if b != byte('a'+i/1024%26) {
				t.Fatalf("byte %d is %c", i, b)
			}
		}
	})
}

// failingBody fails after its first part, in one of two ways.
type failingBody struct {
	panics bool
	part   string
}

func (b *failingBody) Read(p []byte) (int, error) {
	if b.part != "" {
		n := copy(p, b.part)
		b.part = ""
		return n, nil
	}
	if b.panics {
		panic(errHost)
	}
	return 0, errHost
}

func TestARequestBodyThatFails(t *testing.T) {
	for _, panics := range []bool{false, true} {
		in(t, "echo", func(t *testing.T, w *world) {
			r := must(http.NewRequest(http.MethodPost, "http://guest/", &failingBody{panics, "part"}))
			response, err := w.handler.Handle(gocontext.Background(), "a", r)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(response.Body)
			if string(text) != "part" || err == nil || err.Error() != "guest failed the body: the request's body failed" {
				t.Errorf("got %q, %v", text, err)
			}
		})
	}
}

func TestAResponseThatNobodyReadsAnyMore(t *testing.T) {
	in(t, "echo", func(t *testing.T, w *world) {
		r := must(http.NewRequest(http.MethodPost, "http://guest/", bytes.NewReader(make([]byte, 1<<20))))
		response, err := w.handler.Handle(gocontext.Background(), "a", r)
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the guest waits for room
		response.Body.Close()
		synctest.Wait()
		if _, err := response.Body.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("read after close: %v", err)
		}
	})
}

// A guest in Go takes long to compile and short to interpret: it is used here
// only a few times.
func TestAGuestInGo(t *testing.T) {
	ctx := gocontext.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer r.Close(ctx)
	must(wasi_snapshot_preview1.Instantiate(ctx, r))
	own := must(proxy.Compile(ctx, r, must(guests.Module("gojson"))))
	in(t, "empty", func(t *testing.T, w *world) {
		w.own = own
		for served := 1; served <= 3; served++ {
			body := strings.Repeat("x", served*40000)
			r := must(http.NewRequest(http.MethodPost, "http://guest/path?q="+strings.Repeat("q", 300), strings.NewReader(body)))
			r.Header["Accept"] = []string{"a", "b"}
			response, err := w.handler.Handle(gocontext.Background(), "a", r)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // until the worker is available again
			var answer struct {
				Method, Path, Body string
				Headers            map[string][]string
				Served             int
			}
			if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
			if answer.Method != "POST" || answer.Path != r.URL.RequestURI() || answer.Body != body || answer.Served != served ||
				fmt.Sprint(answer.Headers) != "map[accept:[a b]]" || response.Header.Get("Content-Type") != "application/json" {
				t.Errorf("got %+v, %v", answer, response.Header)
			}
		}
	})
}
