package inprocess

import (
	"context"
	"io"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// HostAdapter is an Adapter that has hosts of guests (feature proxy). The suite plays the embedder, by the hooks of the
// HostEnvironment, and says what the guest does: each request carries a program, which the adapter's guest, the actor,
// carries out step by step. The steps are listed in package script.
type HostAdapter interface {
	Adapter
	// Host builds a host whose embedder is env. What the implementation has not (a form of guest, a server) is answered with
	// Unsupported and the feature's name.
	Host(env *HostEnvironment) (HostHandle, error)
	// GivenBack reads an error of a failed instantiation, anywhere in the chain: the request that it gives back, and its
	// cause, which requests that failed together share.
	GivenBack(err error) (request HostRequest, cause error, is bool)
}

// HostHandle is one handle on a host. It is safe for concurrent use, by several operations at a time.
type HostHandle interface {
	// Handle handles one request. It returns at the head of the response, or when ctx ends.
	Handle(ctx context.Context, request HostRequest) (HostResponse, error)
	// Copy returns another handle on the same host.
	Copy() HostHandle
	// Drop ends this handle. Requests go on. When the last one is dropped, workers end that have nothing left to do.
	Drop()
}

// HostServer is a HostHandle behind a server (feature proxy-server).
type HostServer interface {
	HostHandle
	// Shutdown shuts the server down, and waits as the server does.
	Shutdown(ctx context.Context) error
}

// HostStacker is a HostAdapter whose hosts are services, and can stand in place of a leaf (feature proxy-service).
type HostStacker interface {
	HostAdapter
	// Stack puts the layers, the first being outermost, around the host. A request of the service is a program; what is
	// handled for it is Programmed(request), and its response is the text of the whole body.
	Stack(env *Environment, layers []script.Layer, host HostHandle) (Service, error)
}

// HostRequest is one request to a host.
type HostRequest struct {
	Program string   // what the actor does; an adapter carries it in a header, the path or the body of its request
	Data    HostData // what the embedder sends along
}

// HostData is what the embedder sends along with a request: a value that the host hands on as it is.
type HostData struct {
	Text      string
	operation int // zero where it is made by somebody else
}

// HostResponse is the head of a response, and its body. The runner reads the body to its end, or closes it.
type HostResponse struct {
	Code int           // of a server; 0 otherwise
	Body io.ReadCloser // nil where there is none
}

// Accept is what a policy answers.
type Accept string

// The answers of a policy.
const (
	AcceptYes   Accept = "yes"
	AcceptNo    Accept = "no"
	AcceptNever Accept = "never"
)
