package reference_test

import (
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/implementations/reference"
)

func TestFactoriesOfCombinators(t *testing.T) {
	second := &script.Stack{Leaf: "second"}
	tests := map[string]struct {
		layer script.Layer
		want  string
	}{
		"boxed":            {script.Layer{Name: "boxed"}, "request"},
		"apply":            {script.Layer{Name: "apply", Function: "call:2"}, "request+request"},
		"service-then":     {script.Layer{Name: "service-then", Service: second}, "request"},
		"service-and-then": {script.Layer{Name: "service-and-then", Service: second}, "request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := inprocess.Host(reference.Adapter{}, inprocess.DefaultPatience)()
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			do(t, s, script.Command{Do: script.OpenFactory, Factory: 1, Stack: &script.Stack{Layers: []script.Layer{test.layer}, Leaf: "leaf"}})
			for _, leaf := range []string{"leaf", "second"} {
				do(t, s, script.Command{Do: script.SetLeaf, Leaf: &script.Leaf{Name: leaf, Answers: "echo"}})
			}
			do(t, s, script.Command{Do: script.Create, Factory: 1, Service: 1, Operation: 1, Config: "settings"})
			do(t, s, script.Command{Do: script.NewCaller, Caller: 1, Service: 1})
			if end := do(t, s, invoke(1, 2)); end.Event != script.Response || end.Text != test.want {
				t.Errorf("answered %v, want %s", end, test.want)
			}
		})
	}
}
