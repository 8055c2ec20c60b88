package inprocess

import (
	"context"
	"fmt"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Adapter is the glue between the suite and one implementation. It is used by one spec at a time, but each spec's
// services must be fresh: nothing that Compose returns may share state with what an earlier Environment saw.
type Adapter interface {
	// Compose builds the layers, the first being outermost, into one value that can be applied to a leaf. An unknown
	// layer is answered with Unsupported, a parameter that the implementation rejects with Refused.
	Compose(env *Environment, layers []script.Layer) (Composed, error)
	// Kind names one link of an error's chain by the vocabulary of the specification ("elapsed", "overloaded", ...), or
	// returns "" for a link that it does not know. It judges err alone, never its causes.
	Kind(err error) string
}

// Composed is layers that wait for a service.
type Composed interface {
	// Apply puts the layers around leaf. Applying again makes another service.
	Apply(leaf *Leaf) (Service, error)
}

// Service is a service of the implementation.
type Service interface {
	// Caller returns a new caller: a handle of its own.
	Caller() Caller
}

// Caller makes calls. Operations of one caller may overlap, each on its own goroutine.
type Caller interface {
	// Invoke waits until the service is ready and calls it. It returns when ctx ends.
	Invoke(ctx context.Context, request string) (string, error)
}

// ReadyCaller is a Caller for which readiness and call are separate operations.
type ReadyCaller interface {
	Caller
	// Ready waits until the service is ready for this caller.
	Ready(ctx context.Context) error
	// Call calls the service without asking for readiness first.
	Call(ctx context.Context, request string) (string, error)
	// Leave ends the caller: it will do nothing more.
	Leave()
}

// Poller is a Caller that can let its service do background work (feature poll).
type Poller interface {
	Poll(ctx context.Context) error
}

// Shutdowner is a Caller that can shut its service down (feature shutdown).
type Shutdowner interface {
	Shutdown(ctx context.Context) error
}

// Closer is a Service that can be told that all its handles are gone (feature close).
type Closer interface {
	Close() error
}

// FactoryAdapter is an Adapter that has service factories (feature factory).
type FactoryAdapter interface {
	// Factory builds a factory of the stack's services around a factory of its leaves.
	Factory(env *Environment, stack script.Stack) (Factory, error)
}

// Factory makes services.
type Factory interface {
	Create(ctx context.Context, config string) (Service, error)
}

// UnsupportedError says that an implementation does not have something that a script asks for.
type UnsupportedError struct{ What string }

func (e *UnsupportedError) Error() string { return e.What + " is not supported" }

// Unsupported is the error by which an Adapter says that the implementation does not have what is asked for,
// usually the name of a layer.
func Unsupported(what string) error { return &UnsupportedError{What: what} }

// RefusedError says that an implementation rejected a parameter at construction.
type RefusedError struct {
	Parameter string
	Cause     error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s refused: %v", e.Parameter, e.Cause) }
func (e *RefusedError) Unwrap() error { return e.Cause }

// Refused is the error by which an Adapter says that the implementation rejected the named parameter of a layer
// (its JSON name: "limit", "bound", "function", ...), with the implementation's own error.
func Refused(parameter string, cause error) error {
	return &RefusedError{Parameter: parameter, Cause: cause}
}
