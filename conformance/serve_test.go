package conformance_test

import (
	"os"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

// TestAServedValueIsATestee runs this program once more, as a testee.
func TestAServedValueIsATestee(t *testing.T) {
	testee, err := remote.Start(os.Args[0]+" -test.run=TestReference -serve", remote.Options{Deadline: remote.DefaultStartup, People: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	defer testee.Close()
	if name := testee.Greeting.Implementation; name != "Plumbline reference" {
		t.Errorf("the testee is %q", name)
	}
	s, err := testee.Host()()
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.Do(script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Leaf: "leaf"}})
	if err != nil || len(events) != 1 || events[0].Event != script.Opened {
		t.Errorf("%v %v", events, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
