package guests_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/guests"
)

func TestEveryGuestIsAModuleAndIsListed(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(guests.Names()) == 0 {
		t.Error("there are no guests")
	}
	for _, name := range guests.Names() {
		binary, err := guests.Module(name)
		if err != nil || !bytes.HasPrefix(binary, []byte("\x00asm")) {
			t.Errorf("%s: %.4q, %v", name, binary, err)
		}
		if !bytes.Contains(readme, []byte("| `"+name+"` |")) {
			t.Errorf("README.md does not list %s", name)
		}
	}
}

func TestAGuestThatThereIsNot(t *testing.T) {
	if _, err := guests.Module("nobody"); err == nil || !strings.Contains(err.Error(), "; there are actor") {
		t.Errorf("got %v", err)
	}
}

// The example of ABI.md is the source of the guest hello.
func TestTheExampleIsAGuest(t *testing.T) {
	abi, err := os.ReadFile("ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("src/hello.wat")
	if err != nil {
		t.Fatal(err)
	}
	_, module, _ := bytes.Cut(source, []byte("\n"))
	if !bytes.Contains(abi, module) {
		t.Error("ABI.md has another example than src/hello.wat")
	}
}
