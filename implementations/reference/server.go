package reference

import (
	gocontext "context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/context/httpstate"
)

// server is a server of net/http on a network in memory, with contexts by httpstate. Connections without streams speak
// HTTP/1.1, connections with streams HTTP/2 without encryption.
type server struct {
	http    *http.Server
	network *network
	guard   *context.Guard // nil if the context has none
}

// Listen implements inprocess.ServerAdapter.
func (Adapter) Listen(
	_ *inprocess.Environment, service inprocess.Service, base inprocess.Context, connect func(inprocess.Context) (inprocess.Context, error),
) (inprocess.Server, error) {
	answers := service.(*opened)
	handler, err := httpstate.Handler(answers.serve)
	if err != nil {
		return nil, err
	}
	own := base.(*carried).ctx
	s := &server{http: &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}, network: newNetwork(), guard: own.Guard()}
	s.http.Protocols = protocols(true, true)
	err = httpstate.Attach(s.http, own, func(c ctx, _ net.Conn) (ctx, error) {
		made, err := connect(&carried{c})
		if err != nil {
			return ctx{}, err
		}
		return made.(*carried).ctx, nil
	})
	if err != nil {
		return nil, err
	}
	go func() { _ = s.http.Serve(s.network) }() // it ends with an error that says that it was closed
	return s, nil
}

func protocols(one, two bool) *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(one)
	p.SetUnencryptedHTTP2(two)
	return p
}

// serve answers a request by the service.
func (o *opened) serve(c ctx, w http.ResponseWriter, r *http.Request) {
	pipeline := o.handle()
	if pipeline == nil {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	request, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	response, err := pipeline.Call(c, string(request))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, response) // an error says that the client has gone
}

// Connect implements inprocess.Server.
func (s *server) Connect(g gocontext.Context, streams bool) (inprocess.Connection, error) {
	near, err := s.network.dial(g)
	if err != nil {
		return nil, err
	}
	only := make(chan net.Conn, 1)
	only <- near
	transport := &http.Transport{
		Protocols: protocols(!streams, streams),
		DialContext: func(gocontext.Context, string, string) (net.Conn, error) {
			select {
			case c := <-only:
				return c, nil
			default:
				return nil, net.ErrClosed // this client has no second connection
			}
		},
	}
	return &connection{near: near, client: &http.Client{Transport: transport}}, nil
}

// FailAccept implements inprocess.Server.
func (s *server) FailAccept() { s.network.fail() }

// Shutdown implements inprocess.Server.
func (s *server) Shutdown(g gocontext.Context) error {
	if err := s.http.Shutdown(g); err != nil || s.guard == nil {
		return err
	}
	return s.guard.Shutdown(g)
}

// Close implements inprocess.Server.
func (s *server) Close() { _ = s.http.Close() }

// connection is a client that has one connection.
type connection struct {
	near   net.Conn
	client *http.Client
}

// Request implements inprocess.Connection.
func (c *connection) Request(g gocontext.Context, request string) (string, error) {
	r, err := http.NewRequestWithContext(g, http.MethodPost, "http://server/", strings.NewReader(request))
	if err != nil {
		return "", err
	}
	response, err := c.client.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, body)
	}
	return string(body), err
}

// Close implements inprocess.Connection.
func (c *connection) Close() {
	c.client.CloseIdleConnections()
	_ = c.near.Close()
}
