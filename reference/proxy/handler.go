package proxy

import (
	"context"
	"net/http"

	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// ProxyHandler hands requests to workers (wasmtime ProxyHandler). It is made by
// [New]; copies share everything, and any number of goroutines may use them.
//
// Go does not tell when the last copy is gone. Workers live until they expire,
// their policy answers Never, or [ProxyHandler.Shutdown].
type ProxyHandler[D any] struct {
	pool *pool[D]
}

// New returns a handler. It makes no instance yet. A nil state is refused with a
// [parameter.Error] that names "state".
func New[D any](state HandlerState[D]) (ProxyHandler[D], error) {
	if state == nil {
		return ProxyHandler[D]{}, parameter.Nil("state")
	}
	return ProxyHandler[D]{newPool(state)}, nil
}

// State is what the handler was made with.
func (h ProxyHandler[D]) State() HandlerState[D] { return h.pool.state }

// Handle has a worker serve the request. If a worker is available, the request
// is queued for the next that will take it; if none is, a worker is started for
// it. There is no limit to either.
//
// Handle returns as soon as there is the head of a response, unless the instance
// is inline ([Instance]). The body is to be read and closed by the caller, and a
// guest may go on writing to it. The request's body is closed when the guest is
// done with the request.
//
// Errors are an [InstantiationError], [*ExpirationError], [*TrapOrPanicError],
// [*NoResponseError], the guest's own [*ErrorCode], and for a synchronous guest
// the original [*TrapError] or [*ViolationError]; errors.As finds them. Without a
// worker, they are a [parameter.Error] for a nil request, and [ErrClosed]. When ctx ends first, Handle
// returns its error. That disturbs nobody: the guest gets the request all the
// same, or goes on with it, and its response is let go.
func (h ProxyHandler[D]) Handle(ctx context.Context, data D, request *http.Request) (*http.Response, error) {
	if request == nil {
		return nil, parameter.Nil("request")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &pendingRequest[D]{data: data}
	r.request = request
	w, is := h.pool.submit(r)
	if !is {
		return nil, ErrClosed
	}
	if w != nil {
		w.rouse(r)
	}
	if r.await() {
		select {
		case <-r.done:
		case <-ctx.Done():
			if r.abandon() {
				return nil, ctx.Err()
			}
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	return &r.reply, nil
}

// Shutdown ends the handler: Handle returns [ErrClosed] from now on, idle workers
// end, and the others do when their work is done. It returns when no worker is
// left, or with ctx's error when ctx ends first; the workers still end then, when
// they can. It is Plumbline's own, in place of dropping the last handle.
func (h ProxyHandler[D]) Shutdown(ctx context.Context) error {
	gone := h.pool.close()
	select {
	case <-gone:
		return nil
	default:
	}
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pendingRequest is a request on its way to a worker, and its task from then on.
type pendingRequest[D any] struct {
	data D
	Task
}

// takeData takes the data out: a response leads to its request, and would keep it.
func (r *pendingRequest[D]) takeData() (data D) {
	data, r.data = r.data, data
	return data
}

// refuse answers a request for which there is no instance.
func (r *pendingRequest[D]) refuse(cause error) {
	r.settle(&InstantiationError[D]{r.data, r.request, cause})
}
