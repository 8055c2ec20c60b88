package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/proxy"
	"github.com/plumbline-spec/plumbline/reference/proxy/server"
)

func TestLimitsThatMakeNoSense(t *testing.T) {
	for name, spoil := range map[string]func(*server.Limits){
		"Reuse":           func(l *server.Limits) { l.Reuse = 0 },
		"ConcurrentReuse": func(l *server.Limits) { l.ConcurrentReuse = -1 },
		"Requests":        func(l *server.Limits) { l.Requests = 0 },
		"IdleTimeout":     func(l *server.Limits) { l.IdleTimeout = 0 },
		"RequestTimeout":  func(l *server.Limits) { l.RequestTimeout = -1 },
	} {
		limits := server.Defaults()
		spoil(&limits)
		_, err := server.New(server.Instances(module(t, "hello"), nil), nil, limits, nil)
		if refused, is := errors.AsType[*parameter.Error](err); !is || refused.Parameter != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestANilState(t *testing.T) {
	_, err := server.New[struct{}](nil, nil, server.Defaults(), nil)
	if refused, is := errors.AsType[*parameter.Error](err); !is || refused.Parameter != "state" {
		t.Errorf("got %v", err)
	}
}

func TestAFailureKeepsTheConnection(t *testing.T) {
	s := open(t, "trap", server.Defaults())
	defer s.close()
	s.expect(500, failure)
	reused := false
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused },
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 500 || !reused {
		t.Errorf("status %d, reused %v", response.StatusCode, reused)
	}
}

func TestAnInstanceIsUsedAsOftenAsTheLimitSays(t *testing.T) {
	limits := server.Defaults()
	limits.Reuse, limits.IdleTimeout = 2, time.Hour
	guest := module(t, "counter")
	synctest.Test(t, func(t *testing.T) {
		s, err := server.New(server.Instances(guest, nil), nil, limits, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, count := range []string{"1", "2", "1", "2"} {
			answer := httptest.NewRecorder()
			s.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
			if answer.Code != http.StatusOK || answer.Body.String() != count {
				t.Errorf("got %d %q, want 200 %q", answer.Code, answer.Body, count)
			}
			synctest.Wait() // an instance that has just answered may not be available yet
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestBodiesAreStreamedBothWaysOverOneConnection(t *testing.T) {
	s := open(t, "echo", server.Defaults())
	defer s.close()
	body, send := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, s.url, body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.client.Do(request) // the head comes before the body is sent
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for _, line := range []string{"one\n", "two\n"} {
		if _, err := io.WriteString(send, line); err != nil {
			t.Fatal(err)
		}
		if got, err := lines.ReadString('\n'); got != line || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	send.Close()
	if _, err := lines.ReadString('\n'); err != io.EOF {
		t.Errorf("the end is %v", err)
	}
}

func TestHTTP2(t *testing.T) {
	s := open(t, "echo", server.Defaults())
	defer s.close()
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	s.client.Transport.(*http.Transport).Protocols = protocols
	response, err := s.client.Post(s.url, "text/odd", strings.NewReader("text"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if string(text) != "text" || err != nil || response.ProtoMajor != 2 || response.Header.Get("Content-Type") != "text/odd" {
		t.Errorf("got %q, %v, %+v", text, err, response)
	}
}

// converse writes to a connection of its own and returns what answers it.
func converse(t *testing.T, s *site, text string) (net.Conn, *bufio.Reader) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.Trim(strings.TrimPrefix(s.url, "http:"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, text); err != nil {
		t.Fatal(err)
	}
	return connection, bufio.NewReader(connection)
}

// reader is a guest that answers once it has read the body. It is interpreted: it
// takes longer to compile than it runs.
func reader(t *testing.T) *proxy.Module {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { r.Close(ctx) })
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		t.Fatal(err)
	}
	binary, err := guests.Module("gojson")
	if err != nil {
		t.Fatal(err)
	}
	m, err := proxy.Compile(ctx, r, binary)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A client that does not send what it has promised gets its answer all the same,
// and its connection ends: what it sends of the body late, here in the middle of
// a chunk, could be taken for a request.
func TestABodyThatIsNotSent(t *testing.T) {
	guest := reader(t)
	for name, begin := range map[string]string{
		"of known length": "Content-Length: 1000\r\n\r\nstart",
		"in chunks":       "Transfer-Encoding: chunked\r\n\r\nfff\r\nstart",
	} {
		t.Run(name, func(t *testing.T) {
			limits := server.Defaults()
			limits.RequestTimeout = 100 * time.Millisecond
			s := openModule(t, guest, limits)
			defer s.close()
			connection, answers := converse(t, s, "POST / HTTP/1.1\r\nHost: guest\r\n"+begin)
			defer connection.Close()
			response, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(response.Body); response.StatusCode != 500 || string(text) != failure || err != nil {
				t.Errorf("got %d %q, %v", response.StatusCode, text, err)
			}
			if !response.Close {
				t.Error("the connection is to be used again")
			}
		})
	}
}

func TestAClientThatLeavesLeavesNothing(t *testing.T) {
	s := open(t, "echo", server.Defaults())
	defer s.close()
	body, send := io.Pipe()
	defer send.Close()
	ctx, leave := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	response.Body.Close()
}

func TestShutdownRefusesAndWaits(t *testing.T) {
	s, err := server.New(server.Instances(module(t, "background"), nil), nil, server.Defaults(), nil)
	if err != nil {
		t.Fatal(err)
	}
	get := func() int {
		recorder := httptest.NewRecorder()
		s.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/", nil))
		return recorder.Code
	}
	if got := get(); got != 200 {
		t.Errorf("status %d", got)
	}
	// The guest works on for three seconds.
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("shutdown: %v", err)
	}
	if got := get(); got != 503 {
		t.Errorf("status %d once it shuts down", got)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
}
