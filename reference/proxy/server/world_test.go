package server_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
	"github.com/plumbline-spec/plumbline/reference/proxy/server"
)

// The compiled guests. Compiling is dear, and a module holds nothing of a server.
var (
	modulesMu sync.Mutex
	modules   = map[string]*proxy.Module{}
	runtime   = sync.OnceValue(func() wazero.Runtime {
		return wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfig().WithCloseOnContextDone(true))
	})
)

func module(t testing.TB, name string) *proxy.Module {
	t.Helper()
	modulesMu.Lock()
	defer modulesMu.Unlock()
	if m, is := modules[name]; is {
		return m
	}
	binary, err := guests.Module(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := proxy.Compile(context.Background(), runtime(), binary)
	if err != nil {
		t.Fatal(err)
	}
	modules[name] = m
	return m
}

// counted is an embedder that counts its instances.
type counted struct {
	proxy.HandlerState[struct{}]
	made, dropped atomic.Int64
}

func (c *counted) Instantiate(ctx context.Context) (*proxy.Instance[struct{}], error) {
	instance, err := c.HandlerState.Instantiate(ctx)
	if err != nil {
		return nil, err
	}
	c.made.Add(1)
	instance.State = &countedWorker{instance.State, c}
	return instance, nil
}

type countedWorker struct {
	proxy.WorkerState[struct{}]
	of *counted
}

func (w *countedWorker) OnDrop(error) { w.of.dropped.Add(1) }

// site is a server of one guest, on a port of its own.
type site struct {
	t       testing.TB
	url     string
	client  *http.Client
	counted *counted
	stop    context.CancelFunc
	ended   chan error
}

// open opens a site of one of the guests.
func open(t testing.TB, guest string, limits server.Limits) *site {
	t.Helper()
	return openModule(t, module(t, guest), limits)
}

// openModule opens a site. What it logs is nobody's business.
func openModule(t testing.TB, guest *proxy.Module, limits server.Limits) *site {
	t.Helper()
	s := &site{t: t, counted: &counted{HandlerState: server.Instances(guest, nil)}, ended: make(chan error, 1)}
	served, err := server.New(s.counted, nil, limits, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + listener.Addr().String() + "/"
	s.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	go func() { s.ended <- served.Serve(ctx, listener) }()
	return s
}

// close shuts the site down, and sees to it that nothing of it is left.
func (s *site) close() {
	s.t.Helper()
	s.stop()
	s.client.CloseIdleConnections()
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Errorf("%s: serve: %v", s.url, err)
		}
	case <-time.After(time.Minute):
		s.t.Fatalf("%s does not shut down", s.url)
	}
	if made, dropped := s.counted.made.Load(), s.counted.dropped.Load(); made != dropped {
		s.t.Errorf("%d instances were made and %d dropped", made, dropped)
	}
}

// get is the status and the text of an answer.
func (s *site) get() (status int, text string, err error) {
	response, err := s.client.Get(s.url)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	return response.StatusCode, string(data), err
}

func (s *site) expect(status int, text string) {
	s.t.Helper()
	gotStatus, gotText, err := s.get()
	if gotStatus != status || gotText != text || err != nil {
		s.t.Errorf("got %d %q, %v; want %d %q", gotStatus, gotText, err, status, text)
	}
}

const failure = "Internal Server Error\n"
