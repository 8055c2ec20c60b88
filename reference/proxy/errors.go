package proxy

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/plumbline-spec/plumbline/reference/service"
)

// ErrClosed is returned by [ProxyHandler.Handle] once the handler is shut down.
var ErrClosed = errors.New("proxy: the handler is shut down")

// InstantiationError is returned by [ProxyHandler.Handle] when a worker was
// started for the request and its instance could not be made, be it by an error
// or, as a [*PanicError], by a panic. It gives back what
// the caller handed in; the request has not been touched, so it may be handled
// again. Where one failed instantiation strands several requests, each of their
// callers gets an error of its own, all with the very same Cause
// (wasmtime InstantiationError).
type InstantiationError[D any] struct {
	Data    D
	Request *http.Request
	Cause   error
}

func (e *InstantiationError[D]) Error() string { return "instantiation error: " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *InstantiationError[D]) Unwrap() error { return e.Cause }

// ExpirationError is returned by [ProxyHandler.Handle] when the request's
// deadline passed before the guest answered (wasmtime ExpirationError).
type ExpirationError struct{}

func (*ExpirationError) Error() string { return "guest timed out" }

// TrapOrPanicError is returned by [ProxyHandler.Handle] when the worker ended
// with an error before the guest answered. The error itself may be another
// request's doing; [WorkerState.OnDrop] gets it. The response body that a guest
// had open when its worker ended so fails with it too
// (wasmtime TrapOrPanicError).
type TrapOrPanicError struct{}

func (*TrapOrPanicError) Error() string { return "worker trapped or panicked" }

// TimedOutError is what [WorkerState.OnDrop] gets when the worker's own deadline
// passed while it had requests in flight or work after them. Idle workers whose
// deadline passes end without an error.
type TimedOutError struct {
	Status WorkerStatus // what the worker was doing
}

func (*TimedOutError) Error() string { return "guest timed out" }

// TrapError is the end of an instance by a trap, or by the guest's own exit. The
// caller of a synchronous guest gets it; of any guest, [WorkerState.OnDrop] does.
type TrapError struct {
	Cause error // wazero's
}

func (e *TrapError) Error() string {
	// What follows the first line of wazero's text is the guest's stack.
	text, _, _ := strings.Cut(e.Cause.Error(), "\n")
	return "guest trapped: " + text
}

// Unwrap returns the cause, whose text has the guest's stack.
func (e *TrapError) Unwrap() error { return e.Cause }

// ViolationError says in what a guest broke the ABI. It ends an instance as a
// trap does, and reaches whom a [TrapError] would.
type ViolationError struct {
	Function string // the import that it called, or the export that returned
	What     string
}

func (e *ViolationError) Error() string {
	return fmt.Sprintf("breach of the ABI in %s: %s", e.Function, e.What)
}

func violation(function, format string, arguments ...any) *ViolationError {
	return &ViolationError{function, fmt.Sprintf(format, arguments...)}
}

// PanicError is the end of a worker by a panic in the embedder's code or in a
// function of the host that the guest called. [WorkerState.OnDrop] gets it; Value
// is what was given to panic, or an error of wazero's that has it as text or as
// its cause; it is nil if the code ended its goroutine by runtime.Goexit.
type PanicError = service.PanicError

// ErrorCode is an error that the guest answered with, on purpose, in place of a
// response (wasi:http error-code).
type ErrorCode struct {
	Code    string // the name of a case of wasi:http's error-code, as in "DNS-timeout", or one of the guest's own
	Message string // may be empty
}

func (e *ErrorCode) Error() string {
	if e.Message == "" {
		return "guest answered with the error " + e.Code
	}
	return "guest answered with the error " + e.Code + ": " + e.Message
}

// NoResponseError is returned by [ProxyHandler.Handle] when the guest's task
// returned without an answer.
type NoResponseError struct{}

func (*NoResponseError) Error() string { return "guest returned without a response" }

// BodyError is returned by the Read of a response body that the guest gave up
// on after its head.
type BodyError struct {
	Message string // the guest's; empty if its task returned with the body open
}

func (e *BodyError) Error() string {
	if e.Message == "" {
		return "guest returned without ending the body"
	}
	return "guest failed the body: " + e.Message
}

// ModuleError is returned by [Compile] for bytes that are no guest.
type ModuleError struct {
	What  string // what is wrong, and if there is a way out, what to do
	Cause error  // wazero's, or nil
}

func (e *ModuleError) Error() string {
	if e.Cause == nil {
		return "not a guest: " + e.What
	}
	return "not a guest: " + e.What + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *ModuleError) Unwrap() error { return e.Cause }

// errStopped ends a guest in a function of the host, because its worker has
// ended. It reaches nobody: the worker knows why it ended.
var errStopped = errors.New("proxy: the worker has ended")

// classify makes of wazero's error the one that ends the worker. A panic of a
// function of the host comes back with the words that the library adds to its
// text; there is no type to tell it by. Everything else is a trap, or the guest's
// exit.
func classify(err error) error {
	if violation, is := errors.AsType[*ViolationError](err); is {
		return violation
	}
	if strings.Contains(err.Error(), "(recovered by wazero)") {
		return &PanicError{Value: err}
	}
	return &TrapError{err}
}
