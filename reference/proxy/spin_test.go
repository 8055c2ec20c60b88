package proxy_test

import (
	gocontext "context"
	"errors"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// spinner is an embedder of the guest that spins. It lives in real time: while
// a guest spins, no time passes in a bubble.
type spinner struct {
	module  *proxy.Module
	request time.Duration
	worker  time.Duration
	dropped chan error
}

func (s *spinner) Instantiate(ctx gocontext.Context) (*proxy.Instance[none], error) {
	guest, err := s.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &proxy.Instance[none]{Guest: guest, State: s, Expiration: s}, nil
}

func (s *spinner) ShouldAccept(int, int) proxy.ShouldAccept { return proxy.Yes }
func (s *spinner) OnDrop(err error)                         { s.dropped <- err }

func (s *spinner) OnRequestStart(*proxy.Task, none) (time.Time, error) {
	return time.Now().Add(s.request), nil
}

func (s *spinner) Deadline(status proxy.WorkerStatus, since time.Time) time.Time {
	if status == proxy.Idle {
		return time.Time{}
	}
	return since.Add(s.worker)
}

func TestAGuestThatSpinsIsStopped(t *testing.T) {
	ctx := gocontext.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(true))
	defer r.Close(ctx)
	binary, err := guests.Module("spin")
	if err != nil {
		t.Fatal(err)
	}
	module, err := proxy.Compile(ctx, r, binary)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		request, worker time.Duration
		want            error
	}{
		"the request expires first": {10 * time.Millisecond, 20 * time.Millisecond, &proxy.ExpirationError{}},
		"the worker expires first":  {time.Hour, 20 * time.Millisecond, &proxy.TrapOrPanicError{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &spinner{module, test.request, test.worker, make(chan error, 1)}
			h := must(proxy.New[none](s))
			_, err := h.Handle(ctx, none{}, must(newRequest()))
			if err == nil || err.Error() != test.want.Error() {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if _, is := errors.AsType[*proxy.TimedOutError](<-s.dropped); !is {
				t.Error("the worker did not time out")
			}
			if err := h.Shutdown(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}
