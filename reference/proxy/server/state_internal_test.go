package server

import (
	"context"
	"log/slog"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// inline is an embedder whose instances are as its field says, and have no guest.
type inline bool

func (i inline) Instantiate(context.Context) (*proxy.Instance[struct{}], error) {
	return &proxy.Instance[struct{}]{State: lenient{}, Inline: bool(i)}, nil
}

func TestLimitsLeaveAnInstanceInlineOrNot(t *testing.T) {
	for _, want := range []bool{false, true} {
		l := &limited[struct{}]{inline(want), Defaults(), slog.New(slog.DiscardHandler)}
		instance, err := l.Instantiate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if instance.Inline != want {
			t.Errorf("inline is %t, and the embedder said %t", instance.Inline, want)
		}
		if w, is := instance.State.(*worker[struct{}]); !is || instance.Expiration != proxy.WorkerExpiration(w) {
			t.Errorf("the limits are not its rules: %+v", instance)
		}
	}
}
