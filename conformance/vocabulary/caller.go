package vocabulary

import (
	"fmt"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Caller is whoever holds readiness: a clone of a tower service, a binding of an ntex pipeline.
type Caller struct {
	session *session
	number  int
}

// Ready asks for readiness alone.
func (c *Caller) Ready() *Operation {
	ginkgo.GinkgoHelper()
	return c.session.start(script.Command{Do: script.Ready, Caller: c.number})
}

// Call calls without asking for readiness.
func (c *Caller) Call(request string) *Operation {
	ginkgo.GinkgoHelper()
	return c.session.start(script.Command{Do: script.Call, Caller: c.number, Request: &request})
}

// Invoke asks for readiness and then calls.
func (c *Caller) Invoke(request string) *Operation {
	ginkgo.GinkgoHelper()
	return c.session.start(script.Command{Do: script.Invoke, Caller: c.number, Request: &request})
}

// InvokeIn is Invoke with a context of the same subject. The caller keeps the context.
func (c *Caller) InvokeIn(in *CallContext, request string) *Operation {
	ginkgo.GinkgoHelper()
	return c.session.start(script.Command{Do: script.Invoke, Caller: c.number, Context: in.number, Request: &request})
}

// Poll lets the service do its background work.
func (c *Caller) Poll() *Operation {
	ginkgo.GinkgoHelper()
	return c.session.start(script.Command{Do: script.Poll, Caller: c.number})
}

// Shutdown asks the service to shut down.
func (c *Caller) Shutdown() *Operation {
	ginkgo.GinkgoHelper()
	return c.session.start(script.Command{Do: script.Shutdown, Caller: c.number})
}

// Leave ends the caller; what it holds is given back.
func (c *Caller) Leave() {
	ginkgo.GinkgoHelper()
	c.session.do(script.Command{Do: script.Leave, Caller: c.number})
}

// Operation is one thing that a caller asked for.
type Operation struct {
	session *session
	number  int
	command script.Command
}

// Cancel has the caller give up on the operation.
func (o *Operation) Cancel() {
	ginkgo.GinkgoHelper()
	o.session.do(script.Command{Do: script.Cancel, Operation: o.number})
}

// String names the operation in failure messages.
func (o *Operation) String() string { return fmt.Sprintf("operation %s", o.command) }

// end returns the event that ended the operation, or nil while it goes on.
func (o *Operation) end() *script.Event {
	ends := o.session.find(func(e script.Event) bool { return e.Operation == o.number && e.Ends() })
	if len(ends) == 0 {
		return nil
	}
	return &ends[0]
}
