package layer

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// ErrIdle is returned by the readiness of a [KeepAlive] that was not called
// for its idle time.
var ErrIdle = errors.New("layer: the service was idle for too long")

// KeepAlive is the layer that tells when a service has gone without calls for
// too long, so that whoever keeps it, or the connection behind it, can let go
// (ntex-util KeepAlive).
//
// Readiness fails with [ErrIdle], and does not ask the inner service, when
// nothing was called for the idle time or longer, counted from the beginning
// of the last call or, if there was none, from when the service was built. A
// call that is still in flight does not count again. The error does not latch:
// a call made without readiness starts the time anew. Nothing runs in the
// background.
type KeepAlive[S, Req, Res any] struct {
	idle time.Duration
}

// NewKeepAlive returns the layer. An idle time of zero or less is refused with
// a [parameter.Error] that names "idle".
func NewKeepAlive[S, Req, Res any](idle time.Duration) (*KeepAlive[S, Req, Res], error) {
	if err := parameter.Positive("idle", idle); err != nil {
		return nil, err
	}
	return &KeepAlive[S, Req, Res]{idle}, nil
}

// Layer wraps inner; its idle time begins now.
func (l *KeepAlive[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if err := parameter.Positive("idle", l.idle); err != nil {
		return nil, err
	}
	return &keepAlive[S, Req, Res]{
		Forward: service.Forward[S, Req, Res]{Inner: inner},
		idle:    l.idle,
		built:   time.Now(),
	}, nil
}

type keepAlive[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
	idle   time.Duration
	built  time.Time
	called atomic.Int64 // when, in nanoseconds since built
}

func (s *keepAlive[S, Req, Res]) Ready(ctx context.Context[S]) error {
	if time.Since(s.built)-time.Duration(s.called.Load()) >= s.idle {
		return ErrIdle
	}
	return s.Inner.Ready(ctx)
}

func (s *keepAlive[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	s.called.Store(int64(time.Since(s.built)))
	return s.Inner.Call(ctx, req)
}
