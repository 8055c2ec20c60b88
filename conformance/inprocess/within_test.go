package inprocess_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// leaver is an adapter whose callers panic when they leave.
type leaver struct{ adapter }

func (l leaver) Compose(env *inprocess.Environment, layers []script.Layer) (inprocess.Composed, error) {
	return l, nil
}

func (l leaver) Apply(leaf *inprocess.Leaf) (inprocess.Service, error) {
	return leaving{service{l.adapter, leaf}}, nil
}

type leaving struct{ service }

func (l leaving) Caller() inprocess.Caller { return leavingCaller(l) }

type leavingCaller struct{ service }

func (leavingCaller) Ready(ctx context.Context) error                          { return nil }
func (leavingCaller) Call(ctx context.Context, request string) (string, error) { return request, nil }
func (leavingCaller) Leave()                                                   { panic("ouch") }

// TestAPanicAtTheEndIsAnError sees that neither way of driving a subject lets it end the process.
func TestAPanicAtTheEndIsAnError(t *testing.T) {
	commands := []script.Command{open, {Do: script.NewCaller, Caller: 1, Service: 1}}
	within := inprocess.Within(leaver{}, time.Second, func(s subject.Subject) { do(t, s, commands...) })
	s, err := inprocess.Host(leaver{}, time.Second)()
	if err != nil {
		t.Fatal(err)
	}
	do(t, s, commands...)
	for way, err := range map[string]error{"within": within, "from outside": s.Close()} {
		var panicked *subject.PanicError
		if !errors.As(err, &panicked) || panicked.Value != "ouch" {
			t.Errorf("%s: got %v", way, err)
		}
	}
}
