package inprocess_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// adapter makes services whose every operation is one function.
type adapter struct {
	compose func(*inprocess.Environment, []script.Layer) error
	invoke  func(context.Context, *inprocess.Leaf, string) (string, error)
}

func (a adapter) Compose(env *inprocess.Environment, layers []script.Layer) (inprocess.Composed, error) {
	if a.compose != nil {
		return a, a.compose(env, layers)
	}
	return a, nil
}

func (adapter) Kind(err error) string {
	if err == context.Canceled { //nolint:errorlint // each link is judged by itself
		return "cancelled"
	}
	return ""
}

func (a adapter) Apply(leaf *inprocess.Leaf) (inprocess.Service, error) { return service{a, leaf}, nil }

type service struct {
	adapter adapter
	leaf    *inprocess.Leaf
}

func (s service) Caller() inprocess.Caller { return s }

func (s service) Invoke(ctx context.Context, request string) (string, error) {
	if s.adapter.invoke != nil {
		return s.adapter.invoke(ctx, s.leaf, request)
	}
	return s.leaf.Call(ctx, request)
}

var (
	open   = script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Leaf: "leaf"}}
	caller = script.Command{Do: script.NewCaller, Caller: 1, Service: 1}
)

func invoke(operation int) script.Command {
	return script.Command{Do: script.Invoke, Caller: 1, Operation: operation, Request: new("r")}
}

func answer(exchange int, response string) script.Command {
	return script.Command{Do: script.Answer, Exchange: exchange, Outcome: &script.Outcome{Response: &response}}
}

func newSubject(t *testing.T, a inprocess.Adapter, patience time.Duration) subject.Subject {
	t.Helper()
	s, err := inprocess.Host(a, patience)()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// do carries out the commands and returns the events of the last one.
func do(t *testing.T, s subject.Subject, commands ...script.Command) []script.Event {
	t.Helper()
	var events []script.Event
	for _, command := range commands {
		var err error
		if events, err = s.Do(command); err != nil {
			t.Fatalf("%s: %v", command, err)
		}
	}
	return events
}

func happenings(events []script.Event) []script.Happening {
	var all []script.Happening
	for _, event := range events {
		all = append(all, event.Event)
	}
	return all
}

func TestAnExchangeIsSeenFromBothSides(t *testing.T) {
	s := newSubject(t, adapter{}, time.Second)
	if got := happenings(do(t, s, open, caller, invoke(1))); !slices.Equal(got, []script.Happening{script.Received}) {
		t.Errorf("invoke caused %v", got)
	}
	events := do(t, s, answer(1, "ok"))
	if len(events) != 1 || events[0].Event != script.Response || events[0].Text != "ok" || events[0].Operation != 1 {
		t.Errorf("the answer caused %v", events)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestVirtualTimeMovesOnlyByAdvance(t *testing.T) {
	s := newSubject(t, adapter{}, time.Second)
	defer s.Close()
	later := answer(1, "ok")
	later.After = new(script.Duration(time.Hour))
	if events := do(t, s, open, caller, invoke(1), later); len(events) != 0 {
		t.Errorf("before time moved: %v", events)
	}
	events := do(t, s, script.Command{Do: script.Advance, Duration: new(script.Duration(2 * time.Hour))})
	if len(events) != 1 || events[0].At != script.Duration(time.Hour) {
		t.Errorf("after time moved: %v", events)
	}
}

func TestACancelledOperationEndsAsCancelled(t *testing.T) {
	s := newSubject(t, adapter{}, time.Second)
	defer s.Close()
	events := do(t, s, open, caller, invoke(1), script.Command{Do: script.Cancel, Operation: 1})
	if got := happenings(events); !slices.Equal(got, []script.Happening{script.Abandoned, script.Cancelled}) {
		t.Errorf("cancel caused %v", got)
	}
}

func TestKindsAreTheChainOfCauses(t *testing.T) {
	wrapped := adapter{invoke: func(ctx context.Context, leaf *inprocess.Leaf, request string) (string, error) {
		_, err := leaf.Call(ctx, request)
		return "", errors.Join(&inprocess.Error{Kind: "outer", Cause: err}, context.Canceled)
	}}
	s := newSubject(t, wrapped, time.Second)
	defer s.Close()
	do(t, s, open, caller, script.Command{Do: script.SetLeaf, Leaf: &script.Leaf{Name: "leaf", Answers: "error:boom"}})
	events := do(t, s, invoke(1))
	if want := []string{"outer", "boom", "cancelled"}; !slices.Equal(events[len(events)-1].Kinds, want) {
		t.Errorf("kinds are %v, want %v", events[len(events)-1].Kinds, want)
	}
}

func TestAnUnknownLayerIsUnsupportedAndTheSubjectLives(t *testing.T) {
	unknown := adapter{compose: func(_ *inprocess.Environment, layers []script.Layer) error {
		return inprocess.Unsupported(layers[0].Name)
	}}
	s := newSubject(t, unknown, time.Second)
	defer s.Close()
	command := open
	command.Stack = &script.Stack{Layers: []script.Layer{{Name: "teleport"}}, Leaf: "leaf"}
	for range 2 {
		events := do(t, s, command)
		if len(events) != 1 || events[0].Event != script.Unsupported || events[0].What != "teleport" {
			t.Errorf("open caused %v", events)
		}
	}
}

func TestAPanicOfTheAdapterIsAnErrorWithItsStack(t *testing.T) {
	s := newSubject(t, adapter{compose: func(*inprocess.Environment, []script.Layer) error { panic("ouch") }}, time.Second)
	defer s.Close()
	_, err := s.Do(open)
	var panicked *subject.PanicError
	if !errors.As(err, &panicked) || panicked.Value != "ouch" || !strings.Contains(panicked.Stack, "inprocess_test.go") {
		t.Errorf("got %v", err)
	}
}

func TestAPanicOfAnOperationIsAnEvent(t *testing.T) {
	panics := adapter{invoke: func(context.Context, *inprocess.Leaf, string) (string, error) { panic("ouch") }}
	s := newSubject(t, panics, time.Second)
	defer s.Close()
	events := do(t, s, open, caller, invoke(1))
	if len(events) != 1 || events[0].Event != script.Panicked || !strings.HasPrefix(events[0].Text, "ouch\n") || !strings.Contains(events[0].Text, "inprocess_test.go") {
		t.Errorf("invoke caused %v", events)
	}
}

// TestAPanicThatTheScriptAsksForHasNoStack sees that nobody is told where a panic came from that a leaf was told to raise.
func TestAPanicThatTheScriptAsksForHasNoStack(t *testing.T) {
	s := newSubject(t, adapter{}, time.Second)
	defer s.Close()
	do(t, s, open, caller, invoke(1))
	events := do(t, s, script.Command{Do: script.Answer, Exchange: 1, Outcome: &script.Outcome{Panic: true}})
	if len(events) != 1 || events[0].Event != script.Panicked || events[0].Text != "the leaf was told to panic in exchange 1" {
		t.Errorf("the answer caused %v", events)
	}
}

// TestEventsBelongToWhoeverGotThem appends to the events of one command, and sees those of the next.
func TestEventsBelongToWhoeverGotThem(t *testing.T) {
	s := newSubject(t, adapter{}, time.Second)
	defer s.Close()
	first := do(t, s, open)
	second := do(t, s, caller, invoke(1))
	_ = append(first, script.Event{Event: script.Done})
	if !slices.Equal(happenings(second), []script.Happening{script.Received}) {
		t.Errorf("the invocation caused %v", second)
	}
}

func TestADeadlockOnAMutexIsAHangWithItsStack(t *testing.T) {
	deadlocks := adapter{invoke: func(context.Context, *inprocess.Leaf, string) (string, error) {
		var mutex sync.Mutex
		mutex.Lock()
		mutex.Lock()
		return "", nil
	}}
	s := newSubject(t, deadlocks, 50*time.Millisecond)
	do(t, s, open, caller)
	_, err := s.Do(invoke(1))
	var hang *subject.HangError
	if !errors.As(err, &hang) || !strings.Contains(hang.Stacks, "inprocess_test.go") || strings.Contains(hang.Stacks, "bubble).serve") {
		t.Errorf("got %v", err)
	}
	if _, err := s.Do(caller); err == nil {
		t.Error("a hung subject still takes commands")
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing a hung subject: %v", err)
	}
}

func TestAGoroutineLeftBehindIsALeakWithItsStack(t *testing.T) {
	leaks := adapter{invoke: func(context.Context, *inprocess.Leaf, string) (string, error) {
		go func() { select {} }()
		return "", nil
	}}
	s := newSubject(t, leaks, time.Second)
	do(t, s, open, caller, invoke(1))
	var leak *subject.LeakError
	if err := s.Close(); !errors.As(err, &leak) || !strings.Contains(leak.Stacks, "inprocess_test.go") {
		t.Errorf("got %v", err)
	}
}

func TestAnImplementationThatIgnoresCancellationStillEnds(t *testing.T) {
	ignores := adapter{invoke: func(_ context.Context, leaf *inprocess.Leaf, request string) (string, error) {
		return leaf.Call(context.Background(), request)
	}}
	s := newSubject(t, ignores, time.Second)
	if events := do(t, s, open, caller, invoke(1), script.Command{Do: script.Cancel, Operation: 1}); len(events) != 0 {
		t.Errorf("cancel caused %v", events)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestACommandThatMakesNoSenseIsRefused(t *testing.T) {
	for name, command := range map[string]script.Command{
		"no such service":   {Do: script.NewCaller, Caller: 1, Service: 7},
		"no such caller":    {Do: script.Invoke, Caller: 7, Operation: 1, Request: new("r")},
		"no such operation": {Do: script.Cancel, Operation: 7},
		"no such exchange":  answer(7, "ok"),
		"no such factory":   {Do: script.Create, Factory: 7, Operation: 1},
		"no such layers":    {Do: script.Open, Service: 2, Reuse: 7, Stack: &script.Stack{Leaf: "leaf"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSubject(t, adapter{}, time.Second)
			defer s.Close()
			var refused *subject.ScriptError
			if _, err := s.Do(command); !errors.As(err, &refused) {
				t.Errorf("got %v", err)
			}
		})
	}
}
