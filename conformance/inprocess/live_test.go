package inprocess_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

func newLiveSubject(t *testing.T, a adapter, scale float64) subject.Subject {
	t.Helper()
	s, err := inprocess.LiveHost(a, scale, 0)()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// later hands the call to a goroutine that has been there since before the subject, as no bubble could.
func later() adapter {
	work := make(chan func())
	go func() {
		for do := range work {
			do()
		}
	}()
	return adapter{invoke: func(ctx context.Context, leaf *inprocess.Leaf, request string) (response string, err error) {
		done := make(chan struct{})
		work <- func() { response, err = leaf.Call(ctx, request); close(done) }
		<-done
		return response, err
	}}
}

func TestAnImplementationWithItsOwnGoroutinesIsDrivenOnTheMachinesClock(t *testing.T) {
	s := newLiveSubject(t, later(), 1)
	if got := happenings(do(t, s, open, caller, invoke(1))); !slices.Equal(got, []script.Happening{script.Received}) {
		t.Errorf("invoke caused %v", got)
	}
	if got := happenings(do(t, s, answer(1, "ok"))); !slices.Equal(got, []script.Happening{script.Response}) {
		t.Errorf("the answer caused %v", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestTheScriptsTimeIsScaledBothWays(t *testing.T) {
	begun := time.Now()
	s := newLiveSubject(t, adapter{}, 4)
	defer s.Close()
	do(t, s, open, caller, invoke(1))
	delayed := answer(1, "ok")
	delayed.After = new(script.Duration(10 * time.Millisecond))

	events := do(t, s, delayed, script.Command{Do: script.Advance, Duration: new(script.Duration(50 * time.Millisecond))})

	if took := time.Since(begun); took < 200*time.Millisecond {
		t.Errorf("the first 50 ms of the script took %v at a scale of 4", took)
	}
	if len(events) != 1 || events[0].At < script.Duration(10*time.Millisecond) {
		t.Errorf("got %v", events)
	}
	if now := s.(subject.Timed).Now(); now < script.Duration(50*time.Millisecond) {
		t.Errorf("the subject's time is %v", now)
	}
}

func TestAnOperationThatDoesNotEndIsALeakOnTheMachinesClock(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	stubborn := adapter{invoke: func(context.Context, *inprocess.Leaf, string) (string, error) { <-release; return "", nil }}
	s := newLiveSubject(t, stubborn, 1)
	do(t, s, open, caller, invoke(1))
	var leak *subject.LeakError
	if err := s.Close(); !errors.As(err, &leak) {
		t.Errorf("got %v", err)
	}
}

func TestASubjectThatNeverRestsIsAnswered(t *testing.T) {
	busy := adapter{invoke: func(ctx context.Context, leaf *inprocess.Leaf, request string) (string, error) {
		for ctx.Err() == nil {
			time.Sleep(50 * time.Microsecond)
			_ = leaf.Poll(ctx)
		}
		return "", ctx.Err()
	}}
	s := newLiveSubject(t, busy, 1)
	if events := do(t, s, open, caller, invoke(1)); len(events) == 0 {
		t.Error("nothing was reported")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
