package reference_test

import (
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/implementations/reference"
)

// opened is a subject with a limit of one, before a leaf that echoes, and one caller.
func opened(t *testing.T) subject.Subject {
	t.Helper()
	s, err := inprocess.Host(reference.Adapter{}, inprocess.DefaultPatience)()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	layers := []script.Layer{{Name: "concurrency-limit", Limit: new(1)}}
	do(t, s, script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Layers: layers, Leaf: "leaf"}})
	do(t, s, script.Command{Do: script.SetLeaf, Leaf: &script.Leaf{Name: "leaf", Answers: "echo"}})
	do(t, s, script.Command{Do: script.NewCaller, Caller: 1, Service: 1})
	return s
}

// do returns how the command's operation ended; nothing if it has not.
func do(t *testing.T, s subject.Subject, command script.Command) (end script.Event) {
	t.Helper()
	events, err := s.Do(command)
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events {
		if event.Operation == command.Operation {
			end = event
		}
	}
	return end
}

func invoke(caller, operation int) script.Command {
	return script.Command{Do: script.Invoke, Caller: caller, Operation: operation, Request: new("request")}
}

func TestInvocationOfReadyCallerSpendsItsReservation(t *testing.T) {
	s := opened(t)
	do(t, s, script.Command{Do: script.Ready, Caller: 1, Operation: 1})
	if end := do(t, s, invoke(1, 2)); end.Event != script.Response {
		t.Errorf("the caller that holds the only permit: %v", end)
	}
	do(t, s, script.Command{Do: script.NewCaller, Caller: 2, Service: 1})
	if end := do(t, s, invoke(2, 3)); end.Event != script.Response {
		t.Errorf("another caller, afterwards: %v", end)
	}
}

func TestCloseDropsEveryHandle(t *testing.T) {
	s := opened(t)
	do(t, s, script.Command{Do: script.Close, Service: 1})
	do(t, s, script.Command{Do: script.NewCaller, Caller: 2, Service: 1})
	for caller := 1; caller <= 2; caller++ {
		end := do(t, s, invoke(caller, caller))
		if end.Event != script.Failed || len(end.Kinds) != 1 || end.Kinds[0] != "shut-down" {
			t.Errorf("caller %d of a closed service: %v", caller, end)
		}
	}
}
