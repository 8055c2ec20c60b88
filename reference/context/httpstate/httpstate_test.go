package httpstate_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/context/httpstate"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

type visitor int64

// counts answers with what it finds, and leaves something that no other request may find.
func counts(ctx context.Context[conn], w http.ResponseWriter, r *http.Request) {
	if ctx.Go() != r.Context() {
		http.Error(w, "not over the request's own context", http.StatusInternalServerError)
		return
	}
	state := ctx.State()
	n := state.requests.Add(1)
	from, _ := context.Get[peer](ctx)
	left, found := context.Get[visitor](ctx)
	context.Insert(&ctx, visitor(n))
	_, _ = fmt.Fprintf(w, "all %d, connection %d, request %d, found %d %v", state.connections.Load(), from, n, left, found)
}

func TestAConnectionIsCountedOnceAndItsRequestsByThemselves(t *testing.T) {
	within(t, nil, counts, func(w *world) {
		first, second := w.client(), w.client()
		w.gets(first, "all 1, connection 1, request 1, found 0 false")
		w.gets(first, "all 1, connection 1, request 2, found 0 false")
		w.gets(second, "all 2, connection 2, request 1, found 0 false")
		w.gets(first, "all 2, connection 1, request 3, found 0 false")
		second.CloseIdleConnections()
		w.gets(second, "all 3, connection 3, request 1, found 0 false")
		if context.Contains[peer](w.base) || w.base.State().connections.Load() != 3 {
			t.Error("a connection wrote to the listener's context")
		}
	})
}

func unencrypted(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }

func TestConcurrentStreamsHaveContextsOfTheirOwn(t *testing.T) {
	const streams = 8
	var arrived, left sync.WaitGroup
	serve := func(ctx context.Context[conn], w http.ResponseWriter, r *http.Request) {
		n := visitor(ctx.State().requests.Add(1))
		if context.Contains[visitor](ctx) {
			t.Error("a stream found another's extension")
		}
		context.Insert(&ctx, n)
		arrived.Done()
		arrived.Wait() // all streams are in flight, and have inserted
		again, present := httpstate.FromRequest[conn](r)
		if !present || context.Contains[visitor](again) {
			t.Error("the connection's context has changed")
		}
		if own, _ := context.Get[visitor](ctx); own != n {
			t.Errorf("stream %d found %d", n, own)
		}
		from, _ := context.Get[peer](ctx)
		_, _ = fmt.Fprintf(w, "%s, connection %d", r.Proto, from)
		left.Done()
		left.Wait()
	}
	prepare := func(w *world) {
		w.server.Protocols = new(http.Protocols)
		unencrypted(w.server.Protocols)
		arrived.Add(streams) // in the bubble
		left.Add(streams)
	}
	within(t, prepare, serve, func(w *world) {
		client := w.client(unencrypted)
		var wait sync.WaitGroup
		for range streams {
			wait.Go(func() { w.gets(client, "HTTP/2.0, connection 1") })
		}
		wait.Wait()
	})
}

func TestOneBadConnectionDoesNotStopTheServer(t *testing.T) {
	within(t, func(w *world) {
		errorLog := new(lines)
		w.server.ErrorLog = log.New(errorLog, "", 0)
		t.Cleanup(func() { errorLog.contains(t, "not today", "panic: boom", "handler") })
	}, func(ctx context.Context[conn], w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("handler")
		}
		counts(ctx, w, r)
	}, func(w *world) {
		// A second server on the same listener, with connections that go wrong.
		bad := &http.Server{Handler: w.server.Handler, ErrorLog: w.server.ErrorLog}
		network, turn := newPipes(), 0
		err := httpstate.Attach(bad, w.base, func(ctx context.Context[app], c net.Conn) (context.Context[conn], error) {
			switch turn++; turn {
			case 1:
				return context.Context[conn]{}, errors.New("not today")
			case 2:
				panic("boom")
			default:
				return w.connect(ctx, c)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = bad.Serve(network) }()
		defer func() { _ = bad.Close() }()
		for range 2 {
			client := &http.Client{Transport: &http.Transport{DialContext: network.dial, DisableKeepAlives: true}}
			if response, err := client.Post("http://server/", "", strings.NewReader("x")); err == nil {
				_ = response.Body.Close()
				t.Error("a connection without a context was answered")
			}
		}
		good := &http.Client{Transport: &http.Transport{DialContext: network.dial}}
		defer good.CloseIdleConnections()
		w.gets(good, "all 1, connection 1, request 1, found 0 false")
		if response, err := good.Post("http://server/panic", "", strings.NewReader("x")); err == nil {
			_ = response.Body.Close()
			t.Error("a handler that panics has answered")
		}
		w.gets(good, "all 2, connection 2, request 1, found 0 false")
	})
}

// lines is a log that several goroutines write to.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) contains(t *testing.T, parts ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, part := range parts {
		if !strings.Contains(l.text.String(), part) {
			t.Errorf("the log has no %q: %s", part, l.text.String())
		}
	}
}

// busy is the error of an accept that may be tried again.
type busy struct{ error }

func (busy) Timeout() bool   { return false }
func (busy) Temporary() bool { return true }

func TestAFailedAcceptDoesNotEndTheLoop(t *testing.T) {
	within(t, nil, counts, func(w *world) {
		for range 3 {
			w.network.failing <- busy{errors.New("too many open files")}
		}
		w.gets(w.client(), "all 1, connection 1, request 1, found 0 false")
	})
}

func TestShutdownLetsWhatIsInFlightGoOn(t *testing.T) {
	guard := new(*context.Guard)
	prepare := func(w *world) {
		*guard = context.NewGuard()
		w.base = w.base.WithGuard(*guard)
	}
	serve := func(ctx context.Context[conn], w http.ResponseWriter, r *http.Request) {
		spawned := ctx.Spawn(func(own context.Context[conn]) {
			time.Sleep(5 * time.Second)
			if own.Err() != nil {
				t.Errorf("spawned work has ended with its request: %v", own.Err())
			}
		})
		<-ctx.Guard().Done()
		time.Sleep(2 * time.Second)
		_, _ = fmt.Fprint(w, spawned, ctx.Err())
	}
	within(t, prepare, serve, func(w *world) {
		client, answered := w.client(), make(chan string)
		go func() { answered <- get(client, "http://server/") }()
		synctest.Wait()
		started := time.Now()
		stopped := make(chan error)
		go func() { stopped <- w.server.Shutdown(gocontext.Background()) }()
		synctest.Wait()
		if _, err := w.network.dial(gocontext.Background(), "", ""); err == nil {
			t.Error("a connection was accepted after the shutdown")
		}
		if got := <-answered; got != "true <nil>" || time.Since(started) != 2*time.Second {
			t.Errorf("in flight: %q after %v", got, time.Since(started))
		}
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if err := (*guard).Shutdown(gocontext.Background()); err != nil || time.Since(started) != 5*time.Second {
			t.Errorf("spawned work: %v after %v", err, time.Since(started))
		}
	})
}

// The guard, too, waits for requests, and turns away those that come too late.
func TestAGuardWaitsForRequests(t *testing.T) {
	guard := new(*context.Guard)
	prepare := func(w *world) {
		*guard = context.NewGuard()
		w.base = w.base.WithGuard(*guard)
	}
	serve := func(_ context.Context[conn], w http.ResponseWriter, _ *http.Request) {
		time.Sleep(time.Second)
		_, _ = fmt.Fprint(w, "done")
	}
	within(t, prepare, serve, func(w *world) {
		client, answered := w.client(), make(chan string)
		go func() { answered <- get(client, "http://server/") }()
		synctest.Wait()
		started := time.Now()
		if err := (*guard).Shutdown(gocontext.Background()); err != nil || time.Since(started) != time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
		if got := <-answered; got != "done" {
			t.Error(got)
		}
		w.gets(client, "httpstate: shut down\n")
	})
}

type foreign struct{}

func TestOtherContextsOfTheServerAreKept(t *testing.T) {
	prepare := func(w *world) {
		w.server.BaseContext = func(net.Listener) gocontext.Context {
			return gocontext.WithValue(gocontext.Background(), foreign{}, "base")
		}
		w.server.ConnContext = func(ctx gocontext.Context, _ net.Conn) gocontext.Context {
			return gocontext.WithValue(ctx, peer(0), "connection")
		}
	}
	serve := func(ctx context.Context[conn], w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, ctx.Value(foreign{}), " ", ctx.Value(peer(0)), " ", ctx.Value(http.ServerContextKey) != nil)
	}
	within(t, prepare, serve, func(w *world) { w.gets(w.client(), "base connection true") })
}

func TestTheEndOfTheBaseEndsRequests(t *testing.T) {
	var end gocontext.CancelFunc
	prepare := func(w *world) {
		var parent gocontext.Context
		parent, end = gocontext.WithCancel(gocontext.Background())
		w.base = w.base.With(parent)
	}
	serve := func(ctx context.Context[conn], w http.ResponseWriter, _ *http.Request) {
		end()
		<-ctx.Done()
		_, _ = fmt.Fprint(w, ctx.Err())
	}
	within(t, prepare, serve, func(w *world) { w.gets(w.client(), "context canceled") })
}

func TestAbsenceIsAnswered(t *testing.T) {
	handler, err := httpstate.Handler(func(context.Context[string], http.ResponseWriter, *http.Request) { t.Error("served") })
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	if answer.Code != http.StatusInternalServerError {
		t.Error(answer.Code)
	}
	other := func(_ context.Context[conn], w http.ResponseWriter, r *http.Request) {
		_, present := httpstate.FromRequest[string](r)
		_, _ = fmt.Fprint(w, present)
	}
	within(t, nil, other, func(w *world) { w.gets(w.client(), "false") })
}

func TestNilsAreRefused(t *testing.T) {
	base := context.New(gocontext.Background(), 0)
	connect := func(ctx context.Context[int], _ net.Conn) (context.Context[int], error) { return ctx, nil }
	_, err := httpstate.Handler[int](nil)
	for name, err := range map[string]error{
		"server":  httpstate.Attach(nil, base, connect),
		"connect": httpstate.Attach[int, int](new(http.Server), base, nil),
		"serve":   err,
	} {
		var refusal *parameter.Error
		if !errors.As(err, &refusal) || refusal.Parameter != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}
