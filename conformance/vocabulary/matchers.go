package vocabulary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// operationMatcher matches an *Operation by how it ended; nil means that it goes on.
type operationMatcher struct {
	expected string
	matches  func(end *script.Event) bool
}

// Match implements types.GomegaMatcher.
func (m *operationMatcher) Match(actual any) (bool, error) {
	operation, is := actual.(*Operation)
	if !is {
		return false, fmt.Errorf("expected an operation, got %T", actual)
	}
	return m.matches(operation.end()), nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *operationMatcher) FailureMessage(actual any) string {
	operation := actual.(*Operation)
	return fmt.Sprintf("Expected %s to %s, but %s.", operation, m.expected, outcomeInWords(operation.end()))
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *operationMatcher) NegatedFailureMessage(actual any) string {
	operation := actual.(*Operation)
	return fmt.Sprintf("Expected %s not to %s, but %s.", operation, m.expected, outcomeInWords(operation.end()))
}

func ended(expected string, matches func(script.Event) bool) types.GomegaMatcher {
	return &operationMatcher{expected: expected, matches: func(end *script.Event) bool { return end != nil && matches(*end) }}
}

func endedAs(expected string, how script.Happening) types.GomegaMatcher {
	return ended(expected, func(end script.Event) bool { return end.Event == how })
}

// BePending matches an operation that goes on.
func BePending() types.GomegaMatcher {
	return &operationMatcher{expected: "go on", matches: func(end *script.Event) bool { return end == nil }}
}

// HaveEnded matches an operation that ended, however it did.
func HaveEnded() types.GomegaMatcher {
	return ended("have ended", func(script.Event) bool { return true })
}

// BeReady matches a readiness operation that succeeded.
func BeReady() types.GomegaMatcher { return endedAs("be ready", script.IsReady) }

// BeDone matches a poll, shutdown or creation that succeeded.
func BeDone() types.GomegaMatcher { return endedAs("be done", script.Done) }

// BeCancelled matches an operation that ended because its caller gave up on it.
func BeCancelled() types.GomegaMatcher { return endedAs("have ended as cancelled", script.Cancelled) }

// HavePanicked matches an operation whose caller met a panic.
func HavePanicked() types.GomegaMatcher { return endedAs("have panicked", script.Panicked) }

// HaveResponse matches a call that was answered with exactly that response.
func HaveResponse(response string) types.GomegaMatcher {
	return ended(fmt.Sprintf("have response %q", response), func(end script.Event) bool {
		return end.Event == script.Response && end.Text == response
	})
}

// HaveFailed matches an operation that failed, whatever the error.
func HaveFailed() types.GomegaMatcher { return endedAs("have failed", script.Failed) }

// HaveFailedWith matches an operation whose error has exactly that chain of kinds, outermost first.
func HaveFailedWith(kinds ...string) types.GomegaMatcher {
	return ended("have failed with "+strings.Join(kinds, " < "), func(end script.Event) bool {
		return end.Event == script.Failed && slices.Equal(end.Kinds, kinds)
	})
}

// HaveFailedAs matches an operation whose error is of that kind, whatever its cause.
func HaveFailedAs(kind string) types.GomegaMatcher {
	return ended("have failed as "+kind, func(end script.Event) bool {
		return end.Event == script.Failed && len(end.Kinds) > 0 && end.Kinds[0] == kind
	})
}

// HaveFailedBecauseOf matches an operation whose error has that kind somewhere in its chain.
func HaveFailedBecauseOf(kind string) types.GomegaMatcher {
	return ended("have failed because of "+kind, func(end script.Event) bool {
		return end.Event == script.Failed && slices.Contains(end.Kinds, kind)
	})
}

// abandonedMatcher matches an *Exchange whose call was cancelled.
type abandonedMatcher struct{}

// BeAbandoned matches an exchange whose call was cancelled before it was answered.
func BeAbandoned() types.GomegaMatcher { return abandonedMatcher{} }

// Match implements types.GomegaMatcher.
func (abandonedMatcher) Match(actual any) (bool, error) {
	exchange, is := actual.(*Exchange)
	if !is {
		return false, fmt.Errorf("expected an exchange, got %T", actual)
	}
	return exchange.abandoned(), nil
}

// FailureMessage implements types.GomegaMatcher.
func (abandonedMatcher) FailureMessage(actual any) string {
	return fmt.Sprintf("Expected %s to be abandoned, but the leaf still works on it or has answered.", actual)
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (abandonedMatcher) NegatedFailureMessage(actual any) string {
	return fmt.Sprintf("Expected %s to go on, but it was abandoned.", actual)
}

// refusedMatcher matches a *Construction that was refused for one parameter.
type refusedMatcher struct{ parameter string }

// BeRefusedFor matches a construction that was refused with an error that names the parameter.
func BeRefusedFor(parameter string) types.GomegaMatcher { return refusedMatcher{parameter} }

// Match implements types.GomegaMatcher.
func (m refusedMatcher) Match(actual any) (bool, error) {
	construction, is := actual.(*Construction)
	if !is {
		return false, fmt.Errorf("expected a construction, got %T", actual)
	}
	return slices.ContainsFunc(construction.events, func(e script.Event) bool {
		return e.Event == script.Refused && e.Parameter == m.parameter
	}), nil
}

// FailureMessage implements types.GomegaMatcher.
func (m refusedMatcher) FailureMessage(actual any) string {
	construction := actual.(*Construction)
	return fmt.Sprintf("Expected %s to be refused for %q, but %s.", construction.text, m.parameter, inWords(construction.events))
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m refusedMatcher) NegatedFailureMessage(actual any) string {
	return fmt.Sprintf("Expected %s not to be refused for %q, but it was.", actual.(*Construction).text, m.parameter)
}

func outcomeInWords(end *script.Event) string {
	if end == nil {
		return "it goes on"
	}
	switch end.Event {
	case script.IsReady:
		return "it is ready, since " + end.At.String()
	case script.Response:
		return fmt.Sprintf("it had response %q at %s", end.Text, end.At)
	case script.Failed:
		if slices.Equal(end.Kinds, []string{script.Unrecognised}) {
			return fmt.Sprintf("it failed at %s with an error that the adapter's Kind knows no link of: %s", end.At, end.Text)
		}
		return fmt.Sprintf("it failed with %s at %s", strings.Join(end.Kinds, " < "), end.At)
	case script.Panicked:
		return fmt.Sprintf("it panicked at %s: %s", end.At, end.Text)
	default:
		return fmt.Sprintf("it ended as %s at %s", end.Event, end.At)
	}
}

func inWords(events []script.Event) string {
	if len(events) == 0 {
		return "nothing happened"
	}
	words := make([]string, len(events))
	for index, event := range events {
		words[index] = event.String()
	}
	return "what happened is: " + strings.Join(words, ", ")
}
