package layer

import (
	"github.com/plumbline-spec/plumbline/reference/internal/semaphore"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Permits is a number of permits for layers to share, whatever the types of
// their services (the semaphore of tower GlobalConcurrencyLimitLayer). It is
// made by [NewPermits]. It may be used by several goroutines at once.
type Permits struct {
	semaphore *semaphore.Semaphore
}

// NewPermits returns limit permits, all free. A limit below one is refused
// with a [parameter.Error] that names "limit".
func NewPermits(limit int) (*Permits, error) {
	if err := parameter.Positive("limit", limit); err != nil {
		return nil, err
	}
	return &Permits{semaphore.New(limit)}, nil
}

// check refuses permits that NewPermits has not made.
func (p *Permits) check() error {
	switch {
	case p == nil:
		return parameter.Nil("permits")
	case p.semaphore == nil:
		return parameter.Refuse("permits", "must be made by NewPermits")
	default:
		return nil
	}
}

// GlobalConcurrencyLimit is the layer of a [ConcurrencyLimit] whose permits
// are shared by all services that it is applied to, and with every other layer
// that was given the same permits (tower GlobalConcurrencyLimitLayer). Waiting
// callers of all these services are served in one order of arrival.
//
// Two services on one path of calls must not share permits: each would wait
// for what the other holds.
type GlobalConcurrencyLimit[S, Req, Res any] struct {
	permits *Permits
}

// NewGlobalConcurrencyLimit returns the layer that takes its permits from the
// given ones. Nil permits, and permits that [NewPermits] has not made, are
// refused with a [parameter.Error] that names "permits".
func NewGlobalConcurrencyLimit[S, Req, Res any](permits *Permits) (*GlobalConcurrencyLimit[S, Req, Res], error) {
	if err := permits.check(); err != nil {
		return nil, err
	}
	return &GlobalConcurrencyLimit[S, Req, Res]{permits}, nil
}

// Layer wraps inner with the shared limit.
func (l *GlobalConcurrencyLimit[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	if err := l.permits.check(); err != nil {
		return nil, err
	}
	return &concurrencyLimit[S, Req, Res]{
		Forward: service.Forward[S, Req, Res]{Inner: inner},
		permits: l.permits.semaphore,
	}, nil
}
