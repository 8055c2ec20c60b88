package index_test

import (
	"os"
	"testing"

	"github.com/plumbline-spec/plumbline/implementations/index"
)

func TestTheIndexIsWhatTheStatementsDeclare(t *testing.T) {
	const root = "../.."
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := index.Write(root); err != nil {
			t.Fatal(err)
		}
	}
	if err := index.Check(root); err != nil {
		t.Error(err)
	}
}

func TestImplementationsThatDeviateAreFound(t *testing.T) {
	if len(index.Implementations()) < 5 {
		t.Errorf("there are only %d implementations", len(index.Implementations()))
	}
	found := map[string]bool{}
	for _, d := range index.From("timeout.rejects-zero") {
		found[d.Name] = true
		if d.Deviation.Reason == "" || d.Deviation.Expires.IsZero() {
			t.Errorf("%s deviates without a reason or for ever: %+v", d.Name, d.Deviation)
		}
	}
	if !found["tower"] || !found["failsafe-go"] {
		t.Errorf("found %v", found)
	}
	if len(index.From("there.is-none")) != 0 {
		t.Error("an implementation deviates from what does not exist")
	}
}
