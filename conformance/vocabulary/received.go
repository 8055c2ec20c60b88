package vocabulary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"
)

// receivedMatcher matches a *Leaf by the requests that it received so far.
type receivedMatcher struct {
	expected string
	matches  func(requests []string) bool
}

// HaveReceived matches a leaf that received exactly these requests so far, in this order.
func HaveReceived(requests ...string) types.GomegaMatcher {
	return receivedMatcher{quoted(requests), func(got []string) bool { return slices.Equal(got, requests) }}
}

// HaveReceivedInAnyOrder matches a leaf that received exactly these requests so far, in whatever order.
func HaveReceivedInAnyOrder(requests ...string) types.GomegaMatcher {
	return receivedMatcher{quoted(requests) + " in any order", func(got []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(requests)))
	}}
}

// HaveReceivedNothing matches a leaf that received no request so far.
func HaveReceivedNothing() types.GomegaMatcher { return HaveReceived() }

// HaveReceivedCalls matches a leaf that received so many requests so far.
func HaveReceivedCalls(count int) types.GomegaMatcher {
	return receivedMatcher{fmt.Sprintf("%d requests", count), func(got []string) bool { return len(got) == count }}
}

// Match implements types.GomegaMatcher.
func (m receivedMatcher) Match(actual any) (bool, error) {
	leaf, is := actual.(*Leaf)
	if !is {
		return false, fmt.Errorf("expected a leaf, got %T", actual)
	}
	return m.matches(leaf.Requests()), nil
}

// FailureMessage implements types.GomegaMatcher.
func (m receivedMatcher) FailureMessage(actual any) string {
	leaf := actual.(*Leaf)
	return fmt.Sprintf("Expected %s to have received %s by now, but it received %s.", leaf, m.expected, quoted(leaf.Requests()))
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m receivedMatcher) NegatedFailureMessage(actual any) string {
	return fmt.Sprintf("Expected %s not to have received %s, but it has.", actual, m.expected)
}

func quoted(requests []string) string {
	if len(requests) == 0 {
		return "nothing"
	}
	words := make([]string, len(requests))
	for index, request := range requests {
		words[index] = fmt.Sprintf("%q", request)
	}
	return strings.Join(words, ", ")
}
