package httpstate_test

import (
	gocontext "context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/context/httpstate"
)

// pipes is a network of one listener, in memory: a real server can be tested in
// virtual time.
type pipes struct {
	incoming chan net.Conn
	failing  chan error
	closed   chan struct{}
	once     sync.Once
}

func newPipes() *pipes {
	return &pipes{incoming: make(chan net.Conn), failing: make(chan error), closed: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.incoming:
		return c, nil
	case err := <-p.failing:
		return nil, err
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) dial(gocontext.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.incoming <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// world is a server in a bubble, and what it has been told.
type world struct {
	t       *testing.T
	server  *http.Server
	network *pipes
	base    context.Context[app]
	served  chan error
	clients []*http.Client
}

type peer int // what is known of a connection: its number

// within runs a test in a bubble, with a server whose connections count.
func within(t *testing.T, prepare func(*world), serve func(ctx context.Context[conn], w http.ResponseWriter, r *http.Request), test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		handler, err := httpstate.Handler(serve)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{
			t: t, network: newPipes(), served: make(chan error, 1),
			server: &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)},
			base:   context.New(gocontext.Background(), app{new(atomic.Int64)}),
		}
		if prepare != nil {
			prepare(w)
		}
		if err := httpstate.Attach(w.server, w.base, w.connect); err != nil {
			t.Fatal(err)
		}
		go func() { w.served <- w.server.Serve(w.network) }()
		defer func() {
			for _, client := range w.clients {
				client.CloseIdleConnections()
			}
			if err := w.server.Close(); err != nil {
				t.Error(err)
			}
			<-w.served
			synctest.Wait()
		}()
		test(w)
	})
}

func (w *world) connect(ctx context.Context[app], _ net.Conn) (context.Context[conn], error) {
	n := peer(ctx.State().connections.Add(1))
	if ctx.Value(http.ServerContextKey) == nil {
		w.t.Error("not over the connection's own context")
	}
	if context.Contains[peer](ctx) {
		w.t.Error("the context of another connection")
	}
	context.Insert(&ctx, n)
	return context.MapState(&ctx, func(a app) conn { return conn{a, new(atomic.Int64)} }), nil
}

// client returns a client that keeps one connection.
func (w *world) client(protocols ...func(*http.Protocols)) *http.Client {
	transport := &http.Transport{DialContext: w.network.dial, MaxConnsPerHost: 1}
	if len(protocols) > 0 {
		transport.Protocols = new(http.Protocols)
		for _, set := range protocols {
			set(transport.Protocols)
		}
	}
	client := &http.Client{Transport: transport}
	w.clients = append(w.clients, client)
	return client
}

func (w *world) gets(client *http.Client, want string) {
	w.t.Helper()
	if got := get(client, "http://server/"); got != want {
		w.t.Errorf("got %q, want %q", got, want)
	}
}
