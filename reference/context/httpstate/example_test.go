package httpstate_test

import (
	gocontext "context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/context/httpstate"
)

// app is the state of the listener: there is one, and all connections count on it.
type app struct{ connections *atomic.Int64 }

// conn wraps it for one connection, which counts its own requests.
type conn struct {
	app
	requests *atomic.Int64
}

// A global connection counter and a request counter for each connection, as in
// the example http_conn_state of rama.
func Example() {
	handler, err := httpstate.Handler(func(ctx context.Context[conn], w http.ResponseWriter, _ *http.Request) {
		state := ctx.State()
		_, _ = fmt.Fprintf(w, "connection %d, request %d", state.connections.Load(), state.requests.Add(1))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{Handler: handler}
	base := context.New(gocontext.Background(), app{new(atomic.Int64)})
	err = httpstate.Attach(server, base, func(ctx context.Context[app], _ net.Conn) (context.Context[conn], error) {
		ctx.State().connections.Add(1)
		return context.MapState(&ctx, func(a app) conn { return conn{a, new(atomic.Int64)} }), nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	for range 2 { // each client keeps one connection
		client := &http.Client{Transport: new(http.Transport)}
		for range 3 {
			fmt.Println(get(client, "http://"+listener.Addr().String()))
		}
		client.CloseIdleConnections()
	}
	// Output:
	// connection 1, request 1
	// connection 1, request 2
	// connection 1, request 3
	// connection 2, request 1
	// connection 2, request 2
	// connection 2, request 3
}

// Requests in progress side by side, as streams of one connection: they share what was
// made for the connection, and nothing that one of them inserts.
func Example_streams() {
	type user string
	var together sync.WaitGroup
	together.Add(3)
	handler, err := httpstate.Handler(func(ctx context.Context[conn], w http.ResponseWriter, r *http.Request) {
		ctx.State().requests.Add(1)
		context.Insert(&ctx, user(r.URL.Path))
		together.Done()
		together.Wait() // all three are in progress, and have inserted
		own, _ := context.Get[user](ctx)
		_, _ = fmt.Fprintf(w, "%s connection %d, %d requests, %s", r.Proto, ctx.State().connections.Load(), ctx.State().requests.Load(), own)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	http2 := new(http.Protocols)
	http2.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: handler, Protocols: http2}
	base := context.New(gocontext.Background(), app{new(atomic.Int64)})
	err = httpstate.Attach(server, base, func(ctx context.Context[app], _ net.Conn) (context.Context[conn], error) {
		ctx.State().connections.Add(1)
		return context.MapState(&ctx, func(a app) conn { return conn{a, new(atomic.Int64)} }), nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	client := &http.Client{Transport: &http.Transport{Protocols: http2, MaxConnsPerHost: 1}}
	defer client.CloseIdleConnections()
	var answered sync.WaitGroup
	for _, name := range []string{"/ann", "/ben", "/cat"} {
		answered.Go(func() { fmt.Println(get(client, "http://"+listener.Addr().String()+name)) })
	}
	answered.Wait()
	// Unordered output:
	// HTTP/2.0 connection 1, 3 requests, /ann
	// HTTP/2.0 connection 1, 3 requests, /ben
	// HTTP/2.0 connection 1, 3 requests, /cat
}

// get returns what a client is answered, or the error.
func get(client *http.Client, url string) string {
	response, err := client.Get(url)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}
