package statement_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

const beforePin = `# what people wrote
implementation: tower
version: 0.5.2
features:
  - timeout
  - reserving
deviations:
  # the first
  - requirement: timeout.elapses
    observed: >-
      it never
      elapses
    reason: there is no clock # yet
    expires: 2030-01-31

  - requirement: call.core
    failures:
      - 'an old one'
      # of long ago
    reason: none
    expires: 2030-01-31
    link: https://example.org
# the end
`

const afterPin = `# what people wrote
implementation: tower
version: 0.5.2
features:
  - timeout
  - reserving
deviations:
  # the first
  - requirement: timeout.elapses
    observed: >-
      it never
      elapses
    failures:
      - spec: 'timeout ends'
        text: 'Expected it''s: "a", # but'
      - spec: 'timeout ends'
        text: 'b'
      - spec: 'timeout: its end'
        text: 'b'
    reason: there is no clock # yet
    expires: 2030-01-31

  - requirement: call.core
    failures:
      - spec: 'call ends'
        text: 'c'
      # of long ago
    reason: none
    expires: 2030-01-31
    link: https://example.org
# the end
`

// pinned writes a statement, pins those failures and returns the file's text and the statement.
func pinned(t *testing.T, text string, failures map[string][]statement.Failure) (string, *statement.Statement, error) {
	t.Helper()
	specification, err := requirement.Parse(specification)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "statement.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := statement.Parse(file, []byte(text), specification)
	if err != nil {
		t.Fatal(err)
	}
	s.File = file
	changed, err := s.Pin(failures)
	after, unread := os.ReadFile(file)
	if unread != nil {
		t.Fatal(unread)
	}
	if err == nil {
		again, err := statement.Parse(file, after, specification)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, after)
		}
		for index, deviation := range again.Deviations {
			if !slices.Equal(deviation.Failures, changed.Deviations[index].Failures) {
				t.Errorf("%s was written as %q, and is %q", deviation.Requirement, deviation.Failures, changed.Deviations[index].Failures)
			}
		}
	}
	return string(after), changed, err
}

func TestFailuresAreWrittenAndTheRestStays(t *testing.T) {
	after, s, err := pinned(t, beforePin, map[string][]statement.Failure{
		"timeout.elapses": {{"timeout: its end", "b"}, {"timeout ends", "b"}, {"timeout ends", `Expected it's: "a", # but`}, {"timeout ends", "b"}},
		"call.core":       {{"call ends", "c"}}, "call.ready": {{"call waits", "of no deviation"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if after != afterPin {
		t.Errorf("got\n%s", after)
	}
	if len(s.Deviations[0].Failures) != 3 || len(s.Deviations[1].Failures) != 1 {
		t.Errorf("got %+v", s.Deviations)
	}
}

func TestFailuresThatAreGoneAreTakenOut(t *testing.T) {
	after, _, err := pinned(t, afterPin, map[string][]statement.Failure{"timeout.elapses": nil, "call.core": {}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(after, "failures:") {
		t.Errorf("got\n%s", after)
	}
}

func TestWhatWasNotCheckedStaysPinned(t *testing.T) {
	for _, text := range []string{afterPin, beforePin} {
		if after, _, err := pinned(t, text, nil); err != nil || after != text {
			t.Errorf("%v, got\n%s", err, after)
		}
	}
}

func TestAStatementInBracesIsNotWritten(t *testing.T) {
	text := "implementation: i\nversion: 1.0.0\ndeviations: [{requirement: call.core, reason: none, expires: 2030-01-31}]\n"
	after, _, err := pinned(t, text, map[string][]statement.Failure{"call.core": {{"call ends", "a"}}})
	if err == nil || !strings.Contains(err.Error(), "braces") || after != text {
		t.Errorf("%v, got\n%s", err, after)
	}
}
