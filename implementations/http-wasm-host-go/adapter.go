package httpwasm

import (
	"errors"
	"fmt"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Adapter checks http-wasm-host-go. It keeps nothing between subjects.
type Adapter struct{}

// Compose implements inprocess.Adapter: the library has one layer, which is a guest, and none of the script's.
func (Adapter) Compose(_ *inprocess.Environment, layers []script.Layer) (inprocess.Composed, error) {
	if len(layers) == 0 {
		return stack{}, nil
	}
	return nil, inprocess.Unsupported(layers[0].Name)
}

// Errors as the caller of a handler sees them: a status 500 whose body is the text.
var (
	errTrap     = errors.New("the guest trapped")
	errPanic    = errors.New("a function of the host panicked")
	errInstance = errors.New("no instance could be made")
	errOther    = errors.New("the handler failed")
)

// Kind implements inprocess.Adapter.
func (Adapter) Kind(err error) string {
	switch err { //nolint:errorlint // each link is judged by itself
	case errTrap:
		return "trap"
	case errPanic:
		return "trap-or-panic"
	case errInstance:
		return "instantiation"
	}
	return ""
}

// failure reads the error back from the text of a status 500.
func failure(text string) error {
	switch {
	case strings.HasPrefix(text, "wasm error:"):
		return errTrap
	case strings.Contains(text, "error instantiating guest"), strings.Contains(text, "runtime closed"):
		return errInstance
	case strings.Contains(text, "(recovered by wazero)"):
		return errPanic
	}
	return fmt.Errorf("%w: %s", errOther, text)
}

// Host implements inprocess.HostAdapter.
func (Adapter) Host(env *inprocess.HostEnvironment) (inprocess.HostHandle, error) {
	switch {
	case env.Serve() != nil:
		return nil, inprocess.Unsupported("proxy-server")
	case env.Form() == script.CallbackForm:
		return nil, inprocess.Unsupported("proxy-concurrent")
	}
	return open(env), nil
}

// GivenBack implements inprocess.HostAdapter: the library gives nothing back.
func (Adapter) GivenBack(error) (request inprocess.HostRequest, cause error, is bool) {
	return inprocess.HostRequest{}, nil, false
}
