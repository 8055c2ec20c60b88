package reference

import (
	gocontext "context"
	"errors"
	"net/http"
	"sync/atomic"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// Host implements inprocess.HostAdapter.
func (a Adapter) Host(env *inprocess.HostEnvironment) (inprocess.HostHandle, error) {
	synchronous := env.Form() == script.SyncForm
	module, err := actor(synchronous)
	if err != nil {
		return nil, err
	}
	state := &embedder{env, module, a.Inline}
	shared := &host{env: env, synchronous: synchronous}
	shared.handles.Add(1)
	if limits := env.Serve(); limits != nil {
		return serve(state, shared, limits)
	}
	if shared.handler, err = proxy.New[*delivery](state); err != nil {
		return nil, err
	}
	return &hostHandle{shared}, nil
}

// GivenBack implements inprocess.HostAdapter.
func (Adapter) GivenBack(err error) (request inprocess.HostRequest, cause error, is bool) {
	failed, is := errors.AsType[*proxy.InstantiationError[*delivery]](err)
	if !is {
		return inprocess.HostRequest{}, nil, false
	}
	return inprocess.HostRequest{Program: failed.Request.Header.Get(programHeader), Data: failed.Data.data}, failed.Cause, true
}

// hostKind names the errors of package proxy in the words of the specification.
func hostKind(err error) string {
	switch err := err.(type) { //nolint:errorlint // each link is judged by itself
	case *proxy.InstantiationError[*delivery]:
		return "instantiation"
	case *proxy.ExpirationError:
		return "expired"
	case *proxy.TrapOrPanicError:
		return "trap-or-panic"
	case *proxy.TrapError:
		return "trap"
	case *proxy.TimedOutError:
		return "timed-out"
	case *proxy.ViolationError:
		return "violation"
	case *proxy.NoResponseError:
		return "no-response"
	case *proxy.ErrorCode:
		return "guest:" + err.Code
	case *proxy.BodyError:
		return "body-failed"
	}
	return ""
}

// host is what the handles on one host share.
type host struct {
	env         *inprocess.HostEnvironment
	handler     proxy.ProxyHandler[*delivery]
	synchronous bool
	handles     atomic.Int64
}

// hostHandle is one handle.
type hostHandle struct{ *host }

// The program travels in a header.
const programHeader = "Program"

// delivery is what the embedder sends along with a request. The request's context leads to it too, for the functions
// that the actor calls.
type delivery struct {
	data   inprocess.HostData
	host   *host
	worker int // once the request is accepted
}

type deliveryKey struct{}

// Handle implements inprocess.HostHandle.
func (h *hostHandle) Handle(ctx gocontext.Context, request inprocess.HostRequest) (inprocess.HostResponse, error) {
	d, r, err := h.request(ctx, request)
	if err != nil {
		return inprocess.HostResponse{}, err
	}
	response, err := h.handler.Handle(ctx, d, r)
	if err != nil {
		return inprocess.HostResponse{}, err
	}
	return inprocess.HostResponse{Body: response.Body}, nil
}

func (h *host) request(ctx gocontext.Context, request inprocess.HostRequest) (*delivery, *http.Request, error) {
	d := &delivery{data: request.Data, host: h}
	r, err := http.NewRequestWithContext(gocontext.WithValue(ctx, deliveryKey{}, d), http.MethodGet, "http://host/", nil)
	if err != nil {
		return nil, nil, err
	}
	r.Header[programHeader] = []string{request.Program}
	return d, r, nil
}

// Copy implements inprocess.HostHandle.
func (h *hostHandle) Copy() inprocess.HostHandle {
	h.handles.Add(1)
	return &hostHandle{h.host}
}

// Drop implements inprocess.HostHandle.
func (h *hostHandle) Drop() {
	if h.handles.Add(-1) > 0 {
		return
	}
	ended, end := gocontext.WithCancel(gocontext.Background())
	end() // the workers end when they can; nobody waits for them here
	_ = h.handler.Shutdown(ended)
}
