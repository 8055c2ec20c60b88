package reference

import (
	gocontext "context"
	"sync"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// opened is a service that a script has opened: the pipeline to it, and the bindings of its callers.
type opened struct {
	mu       sync.Mutex
	pipeline *service.Pipeline[state, string, string] // nil once the service is closed
	bindings []*service.Binding[state, string, string]
}

// Caller implements inprocess.Service.
func (o *opened) Caller() inprocess.Caller {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pipeline == nil {
		return latecomer{}
	}
	binding := o.pipeline.Bind()
	o.bindings = append(o.bindings, binding)
	return &caller{service: o, binding: binding}
}

// Close implements inprocess.Closer: it drops every handle on the service.
func (o *opened) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, binding := range o.bindings {
		binding.Close()
	}
	o.pipeline, o.bindings = nil, nil
	return nil
}

// handle is the pipeline, or nil once the service is closed.
func (o *opened) handle() *service.Pipeline[state, string, string] {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.pipeline
}

// caller is a caller of the pipeline. An invocation enters by the pipeline, with a caller made for that one call, as a
// program's would. Everything else needs a caller that stays, which is the binding.
type caller struct {
	service *opened
	binding *service.Binding[state, string, string]

	mu    sync.Mutex
	asked bool // the binding has checked its readiness and made no call since
}

func in(c gocontext.Context) ctx { return context.New(c, state{}) }

// Ready implements inprocess.ReadyCaller.
func (c *caller) Ready(g gocontext.Context) error {
	c.mu.Lock()
	c.asked = true
	c.mu.Unlock()
	return c.binding.Ready(in(g))
}

// spend tells whether the binding may hold room for its next call, and takes that to be spent.
func (c *caller) spend() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.asked
	c.asked = false
	return asked
}

// Call implements inprocess.ReadyCaller.
func (c *caller) Call(g gocontext.Context, request string) (string, error) {
	c.spend()
	return c.binding.CallNow(in(g), request)
}

// Invoke implements inprocess.Caller. A caller that has checked its readiness may hold room for its next call, which an
// invocation is too: that one is made where the room is held. A check that was given up counts, because it may go on by itself.
func (c *caller) Invoke(g gocontext.Context, request string) (string, error) {
	return c.invoke(in(g), request)
}

func (c *caller) invoke(ctx ctx, request string) (string, error) {
	if c.spend() {
		return c.binding.Call(ctx, request)
	}
	pipeline := c.service.handle()
	if pipeline == nil {
		return "", service.ErrClosed
	}
	return pipeline.Call(ctx, request)
}

// Poll implements inprocess.Poller.
func (c *caller) Poll(g gocontext.Context) error { return c.binding.Poll(in(g)) }

// Shutdown implements inprocess.Shutdowner.
func (c *caller) Shutdown(g gocontext.Context) error { return c.binding.Shutdown(in(g)) }

// Leave implements inprocess.ReadyCaller.
func (c *caller) Leave() { c.binding.Close() }

// latecomer is a caller that comes when there is no handle on the service any more.
type latecomer struct{}

// Invoke implements inprocess.Caller.
func (latecomer) Invoke(gocontext.Context, string) (string, error) { return "", service.ErrClosed }
