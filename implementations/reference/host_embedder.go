package reference

import (
	gocontext "context"
	"crypto/rand"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// embedder hands the hooks of a handler to the script.
type embedder struct {
	env    *inprocess.HostEnvironment
	module *proxy.Module
	inline bool
}

// Instantiate implements proxy.HandlerState.
func (e *embedder) Instantiate(ctx gocontext.Context) (*proxy.Instance[*delivery], error) {
	number, err := e.env.Instantiate(ctx)
	if err != nil {
		return nil, err
	}
	guest, err := e.module.Instantiate(ctx, quickConfig)
	if err != nil {
		return nil, err
	}
	e.env.Instantiated(number)
	w := &hostWorker{e.env, number}
	return &proxy.Instance[*delivery]{Guest: guest, State: w, Expiration: w, Inline: e.inline}, nil
}

// quickConfig is wazero's default but for a source of chance that an instance would make for itself: the actor asks for none.
var quickConfig = wazero.NewModuleConfig().WithRandSource(rand.Reader)

// hostWorker is the embedder's part in one worker.
type hostWorker struct {
	env    *inprocess.HostEnvironment
	number int
}

// ShouldAccept implements proxy.WorkerState.
func (w *hostWorker) ShouldAccept(concurrent, total int) proxy.ShouldAccept {
	switch w.env.ShouldAccept(w.number, concurrent, total) {
	case inprocess.AcceptYes:
		return proxy.Yes
	case inprocess.AcceptNever:
		return proxy.Never
	default:
		return proxy.No
	}
}

// OnRequestStart implements proxy.WorkerState.
func (w *hostWorker) OnRequestStart(task *proxy.Task, d *delivery) (deadline time.Time, err error) {
	d.worker = w.number
	if err := w.env.RequestStarted(w.number, int(task.ID()), d.data); err != nil {
		return time.Time{}, err
	}
	if after, limited := w.env.RequestExpiration(); limited {
		deadline = time.Now().Add(after)
	}
	return deadline, nil
}

// OnDrop implements proxy.WorkerState.
func (w *hostWorker) OnDrop(err error) { w.env.Dropped(w.number, err) }

// statuses are the statuses in the words of the script.
var statuses = map[proxy.WorkerStatus]string{
	proxy.Idle:       script.IdleStatus,
	proxy.Requests:   script.RequestsStatus,
	proxy.PostReturn: script.PostReturnStatus,
}

// Deadline implements proxy.WorkerExpiration.
func (w *hostWorker) Deadline(status proxy.WorkerStatus, since time.Time) (deadline time.Time) {
	if after, limited := w.env.Expiration(w.number, statuses[status], since); limited {
		deadline = since.Add(after)
	}
	return deadline
}
