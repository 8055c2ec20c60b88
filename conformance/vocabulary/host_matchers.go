package vocabulary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// requestMatcher matches an *Operation that hands a request to a host, by all events about it.
type requestMatcher struct {
	expected string
	matches  func(end, body *script.Event) bool
}

// Match implements types.GomegaMatcher.
func (m *requestMatcher) Match(actual any) (bool, error) {
	operation, is := actual.(*Operation)
	if !is {
		return false, fmt.Errorf("expected a request to a host, got %T", actual)
	}
	return m.matches(operation.end(), operation.body()), nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *requestMatcher) FailureMessage(actual any) string {
	return fmt.Sprintf("Expected %s to %s, but %s.", actual, m.expected, actual.(*Operation).answerInWords())
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *requestMatcher) NegatedFailureMessage(actual any) string {
	return fmt.Sprintf("Expected %s not to %s, but %s.", actual, m.expected, actual.(*Operation).answerInWords())
}

// body returns the event that ended the body of the response, or nil.
func (o *Operation) body() *script.Event {
	bodies := o.session.find(func(e script.Event) bool { return e.Event == script.Body && e.Operation == o.number })
	if len(bodies) == 0 {
		return nil
	}
	return &bodies[0]
}

func (o *Operation) answerInWords() string {
	end, body := o.end(), o.body()
	switch {
	case end == nil || end.Event != script.Response:
		return outcomeInWords(end)
	case body == nil:
		return fmt.Sprintf("it was answered at %s and its body goes on", end.At)
	case len(body.Kinds) > 0:
		return fmt.Sprintf("it was answered at %s and its body failed with %s after %q", end.At, script.Chain(body.Kinds), body.Text)
	case end.Code != 0:
		return fmt.Sprintf("it was answered with %d and body %q at %s", end.Code, body.Text, end.At)
	default:
		return fmt.Sprintf("it was answered with body %q at %s", body.Text, end.At)
	}
}

// BeAnsweredWith matches a request with a response whose body has ended, and is exactly that text.
func BeAnsweredWith(text string) types.GomegaMatcher {
	return &requestMatcher{fmt.Sprintf("be answered with %q", text), func(end, body *script.Event) bool {
		return end != nil && end.Event == script.Response && body != nil && len(body.Kinds) == 0 && body.Text == text
	}}
}

// HaveOpenBody matches a request with the head of a response whose body goes on.
func HaveOpenBody() types.GomegaMatcher {
	return &requestMatcher{"have an open body", func(end, body *script.Event) bool {
		return end != nil && end.Event == script.Response && body == nil
	}}
}

// HaveBodyFail matches a request with a response whose body failed with that chain of kinds, after that text.
func HaveBodyFail(text string, kinds ...string) types.GomegaMatcher {
	expected := fmt.Sprintf("have a body that fails with %s after %q", strings.Join(kinds, " < "), text)
	return &requestMatcher{expected, func(end, body *script.Event) bool {
		return end != nil && end.Event == script.Response && body != nil && slices.Equal(body.Kinds, kinds) && body.Text == text
	}}
}

// HaveStatusCode matches a request that a server answered with that status code.
func HaveStatusCode(code int) types.GomegaMatcher {
	return &requestMatcher{fmt.Sprintf("be answered with the status %d", code), func(end, _ *script.Event) bool {
		return end != nil && end.Event == script.Response && end.Code == code
	}}
}

// GiveBack matches a request that failed because its instance could not be made, and was given back with that program and
// data.
func GiveBack(data, program string) types.GomegaMatcher {
	expected := fmt.Sprintf("have failed as instantiation and be given back as %q with %q", program, data)
	return &requestMatcher{expected, func(end, _ *script.Event) bool {
		return end != nil && end.Event == script.Failed && end.Kinds[0] == "instantiation" && end.Program == program && end.Data == data
	}}
}

// ShareCause matches a request that failed by the very same failed instantiation as another.
func ShareCause(other *Operation) types.GomegaMatcher {
	return &requestMatcher{fmt.Sprintf("share its cause with %s", other), func(end, _ *script.Event) bool {
		first := other.end()
		return end != nil && first != nil && end.Cause != 0 && end.Cause == first.Cause
	}}
}

// workerMatcher matches a *Worker by its drop hook.
type workerMatcher struct {
	expected string
	matches  func(drops []script.Event) bool
}

// HaveEndedWell matches a worker whose drop hook ran without an error.
func HaveEndedWell() types.GomegaMatcher {
	return &workerMatcher{"have ended without an error", func(drops []script.Event) bool {
		return len(drops) > 0 && len(drops[0].Kinds) == 0
	}}
}

// HaveEndedBy matches a worker whose drop hook ran with an error that has that kind somewhere in its chain.
func HaveEndedBy(kind string) types.GomegaMatcher {
	return &workerMatcher{"have ended by " + kind, func(drops []script.Event) bool {
		return len(drops) > 0 && slices.Contains(drops[0].Kinds, kind)
	}}
}

// HaveEndedByError matches a worker whose drop hook ran with an error, whichever.
func HaveEndedByError() types.GomegaMatcher {
	return &workerMatcher{"have ended by an error", func(drops []script.Event) bool {
		return len(drops) > 0 && len(drops[0].Kinds) > 0
	}}
}

// Match implements types.GomegaMatcher.
func (m *workerMatcher) Match(actual any) (bool, error) {
	worker, is := actual.(*Worker)
	if !is {
		return false, fmt.Errorf("expected a worker, got %T", actual)
	}
	return m.matches(worker.find(script.Dropped)), nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *workerMatcher) FailureMessage(actual any) string {
	worker := actual.(*Worker)
	drops := worker.find(script.Dropped)
	if len(drops) == 0 {
		return fmt.Sprintf("Expected %s to %s, but its drop hook did not run.", worker, m.expected)
	}
	return fmt.Sprintf("Expected %s to %s, but %s at %s.", worker, m.expected, drops[0], drops[0].At)
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *workerMatcher) NegatedFailureMessage(actual any) string {
	return fmt.Sprintf("Expected %s not to %s, but it has.", actual, m.expected)
}
