// Package parameter holds the one error that a constructor of the reference
// implementation answers with when a parameter cannot be accepted.
//
// Only construction errors live here; errors of a running service belong to
// the package that raises them.
package parameter

import "fmt"

// Error says that a constructor refused one of its parameters. Nothing was
// built and nothing has to be undone. Use errors.As to find it.
type Error struct {
	// Parameter is the name of the refused parameter, as the constructor's
	// documentation spells it.
	Parameter string
	// Reason completes the sentence "parameter P ...", such as "must be positive".
	Reason string
	// Cause is the error behind the refusal, or nil.
	Cause error
}

// Error names the parameter and the reason.
func (e *Error) Error() string {
	text := fmt.Sprintf("parameter %s %s", e.Parameter, e.Reason)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause, so that errors.Is and errors.As see it.
func (e *Error) Unwrap() error { return e.Cause }

// Nil returns the error for a parameter that must not be nil.
func Nil(name string) *Error { return &Error{Parameter: name, Reason: "must not be nil"} }

// Positive refuses a number or a duration that is zero or less.
func Positive[T ~int | ~int64](name string, value T) error {
	if value > 0 {
		return nil
	}
	return Refuse(name, "must be positive, is %v", value)
}

// Refuse returns the error for a parameter whose value is not acceptable;
// reason is formatted as by fmt.Sprintf.
func Refuse(name, reason string, args ...any) *Error {
	return &Error{Parameter: name, Reason: fmt.Sprintf(reason, args...)}
}
