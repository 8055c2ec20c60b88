package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// Instances is the state of an embedder that makes instances of one module and
// has no rules of its own. A nil config is wazero's default.
func Instances(module *proxy.Module, config wazero.ModuleConfig) proxy.HandlerState[struct{}] {
	return &instances{module, config}
}

type instances struct {
	module *proxy.Module
	config wazero.ModuleConfig
}

func (i *instances) Instantiate(ctx context.Context) (*proxy.Instance[struct{}], error) {
	guest, err := i.module.Instantiate(ctx, i.config)
	if err != nil {
		return nil, err
	}
	return &proxy.Instance[struct{}]{Guest: guest, State: lenient{}}, nil
}

// lenient takes every request and limits nothing.
type lenient struct{}

func (lenient) ShouldAccept(int, int) proxy.ShouldAccept { return proxy.Yes }

func (lenient) OnRequestStart(*proxy.Task, struct{}) (deadline time.Time, err error) {
	return deadline, nil
}

func (lenient) OnDrop(error) {}

// limited puts the server's limits on each instance of an embedder's, whose own
// rules hold as well.
type limited[D any] struct {
	proxy.HandlerState[D]
	limits Limits
	logger *slog.Logger
}

func (l *limited[D]) Instantiate(ctx context.Context) (*proxy.Instance[D], error) {
	made, err := l.HandlerState.Instantiate(ctx)
	if err != nil || made == nil || made.State == nil {
		return made, err
	}
	w := &worker[D]{made.State, made.Expiration, l}
	instance := *made // the rest is the embedder's
	instance.State, instance.Expiration = w, w
	return &instance, nil
}

// worker has the rules of one instance.
type worker[D any] struct {
	own        proxy.WorkerState[D]
	expiration proxy.WorkerExpiration // may be nil
	of         *limited[D]
}

func (w *worker[D]) ShouldAccept(concurrent, total int) proxy.ShouldAccept {
	switch {
	case total >= w.of.limits.Reuse:
		return proxy.Never
	case concurrent >= w.of.limits.ConcurrentReuse:
		return proxy.No
	}
	return w.own.ShouldAccept(concurrent, total)
}

func (w *worker[D]) OnRequestStart(task *proxy.Task, data D) (deadline time.Time, err error) {
	if deadline, err = w.own.OnRequestStart(task, data); err != nil {
		return deadline, err
	}
	return earliest(deadline, time.Now(), w.of.limits.RequestTimeout), nil
}

func (w *worker[D]) OnDrop(err error) {
	if err != nil {
		w.of.logger.Error("a worker ended", "error", err)
	}
	w.own.OnDrop(err)
}

// Deadline has the request time-out bound what a worker does, too.
func (w *worker[D]) Deadline(status proxy.WorkerStatus, since time.Time) (deadline time.Time) {
	if w.expiration != nil {
		deadline = w.expiration.Deadline(status, since)
	}
	if status == proxy.Idle {
		return earliest(deadline, since, w.of.limits.IdleTimeout)
	}
	return earliest(deadline, since, w.of.limits.RequestTimeout)
}

// earliest is the deadline, or what a time-out makes of its start if that is
// earlier. A time-out of zero is none, as is the zero deadline.
func earliest(deadline, start time.Time, timeout time.Duration) time.Time {
	if timeout == 0 {
		return deadline
	}
	if end := start.Add(timeout); deadline.IsZero() || end.Before(deadline) {
		return end
	}
	return deadline
}
