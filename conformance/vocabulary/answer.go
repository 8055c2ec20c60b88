package vocabulary

import (
	"fmt"
	"slices"

	"github.com/onsi/gomega/types"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Answer is what one step on a context was answered with.
type Answer struct {
	step  script.ContextStep
	event *script.Event // nil without an answer
}

// plain tells whether the step was taken, neither failed nor panicked.
func (a *Answer) plain() bool { return a.event != nil && !a.event.Panic && len(a.event.Kinds) == 0 }

func (a *Answer) outcome() string {
	if a.event == nil {
		return "there was no answer"
	}
	return "it was: " + a.event.String()
}

// answerMatcher matches an *Answer.
type answerMatcher struct {
	expected string
	matches  func(*Answer) bool
}

// Match implements types.GomegaMatcher.
func (m *answerMatcher) Match(actual any) (bool, error) {
	answer, is := actual.(*Answer)
	if !is {
		return false, fmt.Errorf("expected the answer to a step on a context, got %T", actual)
	}
	return m.matches(answer), nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *answerMatcher) FailureMessage(actual any) string {
	answer := actual.(*Answer)
	return fmt.Sprintf("Expected %s to be answered with %s, but %s.", &answer.step, m.expected, answer.outcome())
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *answerMatcher) NegatedFailureMessage(actual any) string {
	answer := actual.(*Answer)
	return fmt.Sprintf("Expected %s not to be answered with %s, but it was.", &answer.step, m.expected)
}

// AnswerWith matches an answer with exactly that value.
func AnswerWith(value string) types.GomegaMatcher {
	return &answerMatcher{expected: fmt.Sprintf("%q", value), matches: func(a *Answer) bool {
		return a.plain() && a.event.Value != nil && *a.event.Value == value
	}}
}

// AnswerNothing matches an answer that says that there is no value.
func AnswerNothing() types.GomegaMatcher {
	return &answerMatcher{expected: "nothing", matches: func(a *Answer) bool { return a.plain() && a.event.Value == nil }}
}

// AnswerError matches an answer that is an error with exactly that chain of kinds, outermost first.
func AnswerError(kinds ...string) types.GomegaMatcher {
	return &answerMatcher{expected: "error " + script.Chain(kinds), matches: func(a *Answer) bool {
		return a.event != nil && slices.Equal(a.event.Kinds, kinds)
	}}
}
