package inprocess_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// hostAdapter hosts guests that wait at a gate and answer with their programs, one worker for each request.
type hostAdapter struct{ adapter }

func (hostAdapter) Host(env *inprocess.HostEnvironment) (inprocess.HostHandle, error) {
	return simpleHost{env}, nil
}

// failedInstantiation is an error that gives back.
type failedInstantiation struct {
	request inprocess.HostRequest
	cause   error
}

func (e *failedInstantiation) Error() string { return "instantiation error: " + e.cause.Error() }
func (e *failedInstantiation) Unwrap() error { return e.cause }

func (hostAdapter) GivenBack(err error) (inprocess.HostRequest, error, bool) {
	var failed *failedInstantiation
	if !errors.As(err, &failed) {
		return inprocess.HostRequest{}, nil, false
	}
	return failed.request, failed.cause, true
}

type simpleHost struct{ env *inprocess.HostEnvironment }

func (h simpleHost) Copy() inprocess.HostHandle { return h }
func (simpleHost) Drop()                        {}

func (h simpleHost) Handle(ctx context.Context, request inprocess.HostRequest) (inprocess.HostResponse, error) {
	worker, err := h.env.Instantiate(ctx)
	if err != nil {
		return inprocess.HostResponse{}, &failedInstantiation{request, err}
	}
	h.env.Instantiated(worker)
	h.env.ShouldAccept(worker, 0, 0)
	if err := h.env.RequestStarted(worker, 1, request.Data); err != nil {
		return inprocess.HostResponse{}, err
	}
	h.env.Expiration(worker, script.RequestsStatus, time.Now())
	h.env.Entered(worker, 1, 1)
	<-h.env.Waiting(worker, 1, "a")
	h.env.Dropped(worker, nil)
	return inprocess.HostResponse{Body: io.NopCloser(strings.NewReader(request.Program))}, nil
}

func onHost(step script.HostStep, operation int) script.Command {
	return script.Command{Do: script.OnHost, Host: 1, Operation: operation, HostStep: &step}
}

func set(settings script.HostSettings) script.Command {
	return onHost(script.HostStep{Op: script.SetHost, Settings: &settings}, 0)
}

var (
	newHost = onHost(script.HostStep{Op: script.NewHost}, 0)
	handle  = onHost(script.HostStep{Op: script.Handle, Program: "wait:a respond:x", Data: "mine"}, 1)
)

func TestAHostIsSeenFromEverySide(t *testing.T) {
	s := newSubject(t, hostAdapter{}, time.Second)
	want := []script.Happening{
		script.Instantiating, script.Instantiated, script.AcceptAsked, script.Accepted, script.WorkerStatus, script.Entered, script.Waiting,
	}
	events := do(t, s, newHost, handle)
	if got := happenings(events); !slices.Equal(got, want) {
		t.Errorf("handle caused %v", got)
	}
	if accepted := events[3]; accepted.Operation != 1 || accepted.Data != "mine" || accepted.Worker != 1 {
		t.Errorf("accepted is %v", accepted)
	}
	events = do(t, s, onHost(script.HostStep{Op: script.OpenGate, Gate: "a"}, 0))
	if got := happenings(events); !slices.Equal(got, []script.Happening{script.Dropped, script.Response, script.Body}) {
		t.Errorf("the gate caused %v", got)
	}
	if body := events[2]; body.Text != "enter:1 wait:a respond:x" {
		t.Errorf("the body is %q", body.Text)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestAFailedInstantiationGivesBackTheProgramAndData(t *testing.T) {
	s := newSubject(t, hostAdapter{}, time.Second)
	defer s.Close()
	events := do(t, s, newHost, set(script.HostSettings{Instantiate: "error:boom"}), handle)
	failed := events[len(events)-1]
	if failed.Event != script.Failed || failed.Program != "wait:a respond:x" || failed.Data != "mine" || failed.Cause != 1 || !slices.Contains(failed.Kinds, "boom") {
		t.Errorf("got %v", failed)
	}
}

func TestHooksWaitUntilTheScriptLetsThemGo(t *testing.T) {
	for name, test := range map[string]struct {
		hold, release script.HostSettings
		next          script.Happening
	}{
		"instantiate": {script.HostSettings{Instantiate: "wait"}, script.HostSettings{Instantiate: "ok"}, script.Instantiated},
		"policy":      {script.HostSettings{Asking: "wait"}, script.HostSettings{Asking: "open"}, script.AcceptAsked},
		"one worker":  {script.HostSettings{Worker: 1, Asking: "wait"}, script.HostSettings{Worker: 1, Asking: "open"}, script.AcceptAsked},
		"start":       {script.HostSettings{Start: "wait"}, script.HostSettings{Start: "ok"}, script.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSubject(t, hostAdapter{}, time.Second)
			if got := happenings(do(t, s, newHost, set(test.hold), handle)); slices.Contains(got, test.next) {
				t.Errorf("while it was held: %v", got)
			}
			if got := happenings(do(t, s, set(test.release))); len(got) == 0 || got[0] != test.next {
				t.Errorf("after it was let go: %v", got)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTheEndOfASubjectLetsEverythingGo(t *testing.T) {
	for name, hold := range map[string]script.HostSettings{
		"a gate": {}, "instantiate": {Instantiate: "wait"}, "policy": {Asking: "wait"}, "start": {Start: "wait"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSubject(t, hostAdapter{}, time.Second)
			do(t, s, newHost, set(hold), handle)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestThePolicyOfOneWorkerMayDiffer(t *testing.T) {
	s := newSubject(t, hostAdapter{}, time.Second)
	defer s.Close()
	second := handle
	second.Operation = 2
	events := do(t, s, newHost, set(script.HostSettings{Worker: 1, Accept: "no"}), handle)
	events = append(events, do(t, s, second)...)
	var answers []string
	for _, event := range events {
		if event.Event == script.AcceptAsked {
			answers = append(answers, event.Answer)
		}
	}
	if !slices.Equal(answers, []string{"no", "yes"}) {
		t.Errorf("the policy answered %v", answers)
	}
}

func TestWithoutHostsProxyIsUnsupported(t *testing.T) {
	s := newSubject(t, adapter{}, time.Second)
	defer s.Close()
	events := do(t, s, newHost)
	if len(events) != 1 || events[0].Event != script.Unsupported || events[0].What != "proxy" {
		t.Errorf("got %v", events)
	}
}

func TestAStepOnNoHostIsRefused(t *testing.T) {
	s := newSubject(t, hostAdapter{}, time.Second)
	defer s.Close()
	var refused *subject.ScriptError
	if _, err := s.Do(handle); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}
