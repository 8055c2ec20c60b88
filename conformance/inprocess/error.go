package inprocess

import (
	"errors"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Error is an error that comes from the script: from a leaf, or from a function of the vocabulary.
type Error struct {
	Kind  string
	Cause error // nil where there is none
}

func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Kind
	}
	return e.Kind + ": " + e.Cause.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// scripted is the error of a chain of kinds as the script writes it: KIND<CAUSE, outermost first.
func scripted(chain string) error {
	kind, rest, caused := strings.Cut(chain, "<")
	if !caused {
		return &Error{Kind: kind}
	}
	return &Error{Kind: kind, Cause: scripted(rest)}
}

// kindsOf lists the kinds along err's chain of causes, outermost first. A link that nobody knows (plain wrapping with
// text) adds nothing. Of an error with several causes, the chains follow one another.
func kindsOf(err error, kind func(error) string) []string {
	kinds := appendKinds(nil, err, kind)
	if len(kinds) == 0 {
		return []string{script.Unrecognised}
	}
	return kinds
}

func appendKinds(kinds []string, err error, kind func(error) string) []string {
	for err != nil {
		if own, is := err.(*Error); is { //nolint:errorlint // each link is judged by itself
			kinds = append(kinds, own.Kind)
		} else if name := kind(err); name != "" {
			kinds = append(kinds, name)
		}
		if several, is := err.(interface{ Unwrap() []error }); is {
			for _, cause := range several.Unwrap() {
				kinds = appendKinds(kinds, cause, kind)
			}
			return kinds
		}
		err = errors.Unwrap(err)
	}
	return kinds
}
