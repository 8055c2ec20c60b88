package statement_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/requirement"
	"github.com/plumbline-spec/plumbline/conformance/statement"
)

const specification = `Version: 1.0.0

## Features

| feature | means |
|---|---|
| ` + "`readiness`" + ` | a |
| ` + "`reserving`" + ` | b |
| ` + "`advisory`" + ` | c |
| ` + "`timeout`" + ` | d |

## Service

### Calls

#### call.core

A call MUST end.

- Source: x

#### call.ready

A call MUST wait.

- Feature: readiness
- Source: x

## Layers

### Timeout

#### timeout.elapses

A call MUST elapse.

- Feature: timeout, reserving
- Source: x

#### timeout.advisory

A call MUST elapse so.

- Feature: timeout, advisory
- Source: x
`

const good = `implementation: tower
version: 0.5.2
link: https://github.com/tower-rs/tower
features: [timeout, reserving]
deviations:
  - requirement: timeout.elapses
    observed: it never elapses
    failures:
      - spec: timeout elapses
        text: Expected 1, but it took 2
    reason: there is no clock
    expires: 2030-01-31
`

func parse(t *testing.T, text string) (*statement.Statement, error) {
	t.Helper()
	parsed, err := requirement.Parse(specification)
	if err != nil {
		t.Fatal(err)
	}
	return statement.Parse("statement.yaml", []byte(text), parsed)
}

func TestAGoodStatementIsRead(t *testing.T) {
	s, err := parse(t, good)
	if err != nil {
		t.Fatal(err)
	}
	d, declared := s.Deviation("timeout.elapses")
	if s.Implementation != "tower" || s.Version != "0.5.2" || !declared || d.Observed != "it never elapses" || d.Expires.Year() != 2030 {
		t.Errorf("got %+v", s)
	}
	if !s.Has("readiness") || s.Has("advisory") {
		t.Error("reserving implies readiness, and nothing else")
	}
}

func TestADeviationHoldsOnTheDayThatItExpires(t *testing.T) {
	s, err := parse(t, good)
	if err != nil {
		t.Fatal(err)
	}
	const message = "Expected 1,\n  but it took 2"
	for at, want := range map[string]bool{"2030-01-31T23:59:59Z": true, "2030-02-01T00:00:00Z": false, "2030-02-01T01:00:00+02:00": true} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if s.Excuses("timeout.elapses", "timeout elapses", message, instant) != want {
			t.Errorf("at %s it is an excuse: %t", at, !want)
		}
	}
}

func TestABadStatementIsRefusedWithItsPlace(t *testing.T) {
	replace := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	tests := map[string]struct{ text, want string }{
		"empty":                      {"", "statement.yaml:1:1: the statement is empty"},
		"not a mapping":              {"- a\n", "statement.yaml:1:"},
		"unknown key":                {replace("link:", "lnik:"), "statement.yaml:3:1: unknown field"},
		"unknown key of deviation":   {replace("reason:", "raeson:"), "statement.yaml:11:5: unknown field"},
		"duplicate key":              {replace("link: https://github.com/tower-rs/tower", "version: 1"), `statement.yaml:3:1: mapping key "version"`},
		"no implementation":          {replace("implementation: tower\n", ""), "does not name its implementation"},
		"no version":                 {replace("version: 0.5.2\n", ""), "does not name the implementation's version"},
		"unknown feature":            {replace("[timeout,", "[tiemout,"), `statement.yaml:4:12: there is no feature "tiemout"`},
		"feature twice":              {replace("reserving]", "reserving, timeout]"), `statement.yaml:4:32: feature "timeout" stands here twice`},
		"unknown chapter":            {replace("features:", "chapters: [Leyers]\nfeatures:"), `statement.yaml:4:12: there is no chapter "Leyers"`},
		"unknown requirement":        {replace("timeout.elapses", "timeout.elapsed"), `statement.yaml:6:18: there is no requirement "timeout.elapsed"`},
		"requirement not at hand":    {replace("timeout.elapses", "timeout.advisory"), "does not apply (undeclared: advisory)"},
		"no requirement":             {replace("requirement: timeout.elapses\n    observed", "observed"), "names no requirement"},
		"two deviations":             {good + strings.SplitAfter(good, "deviations:\n")[1], "statement.yaml:13:18: there are two deviations from timeout.elapses"},
		"a tag":                      {replace("reason: there", "reason: !x there"), "statement.yaml:11:13: a statement is plain YAML"},
		"an anchor":                  {replace("reason: there", "reason: &x there"), "statement.yaml:11:13: a statement is plain YAML"},
		"what breaks the reader":     {"deviations:\n  - failures:\n      ! '000'", "statement.yaml:3:7: a statement is plain YAML"},
		"an unknown clock":           {good + "clock: sundial\n", `statement.yaml:13:8: the clock is "sundial"`},
		"a failure that is none":     {replace("Expected 1, but it took 2", "' '"), "statement.yaml:10:15: this is not the text of a failure"},
		"a failure without its spec": {replace("- spec: timeout elapses\n        text", "- text"), "statement.yaml:9:13: the failure does not name its spec"},
		"unknown key of a failure":   {replace("text: Exp", "tetx: Exp"), "statement.yaml:10:9: unknown field"},
		"a failure that is a list":   {replace("- spec: timeout elapses\n        text: ", "- - "), "statement.yaml:9:"},
		"no reason":                  {replace("reason: there is no clock", `reason: " "`), "has no reason"},
		"no expiry":                  {replace("    expires: 2030-01-31\n", ""), "has no day on which it expires"},
		"a day that does not exist":  {replace("2030-01-31", "2030-02-31"), `statement.yaml:12:14: "2030-02-31" is no date`},
		"a version that is a number": {replace("0.5.2", "1.10"), "statement.yaml:2:10: the version reads as a number"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, test.text)
			var located *statement.Error
			if !errors.As(err, &located) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestWhatDoesNotApplySaysWhy(t *testing.T) {
	parsed, err := requirement.Parse(specification)
	if err != nil {
		t.Fatal(err)
	}
	core, _ := parsed.Lookup("call.core")
	elapses, _ := parsed.Lookup("timeout.elapses")
	s := statement.Statement{Chapters: []string{"Layers"}, Features: []string{"timeout"}}
	if missing := s.Missing(core); len(missing) != 1 || missing[0] != "chapter Service" {
		t.Errorf("call.core misses %v", missing)
	}
	if missing := s.Missing(elapses); len(missing) != 1 || missing[0] != "reserving" {
		t.Errorf("timeout.elapses misses %v", missing)
	}
}

func TestADeviationExcusesTheFailureThatItPinsAndNoOther(t *testing.T) {
	s, err := parse(t, good)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	if s.Excuses("timeout.elapses", "timeout elapses", "Expected 1, but it took 3", day) {
		t.Error("another failure is excused")
	}
	if s.Excuses("timeout.elapses", "timeout elapses again", "Expected 1, but it took 2", day) {
		t.Error("the same failure of another spec is excused")
	}
	if s.Excuses("call.core", "timeout elapses", "Expected 1, but it took 2", day) {
		t.Error("the same failure of another requirement is excused")
	}
}

func TestAFailureWithoutItsSpecIsReadAndExcusesNothing(t *testing.T) {
	s, err := parse(t, strings.Replace(good, "- spec: timeout elapses\n        text:", "-", 1))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Deviations[0].Failures, (statement.Failure{Text: "Expected 1, but it took 2"}); len(got) != 1 || got[0] != want {
		t.Errorf("got %q", got)
	}
	if s.Excuses("timeout.elapses", "timeout elapses", "Expected 1, but it took 2", time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)) {
		t.Error("it is an excuse")
	}
}

func TestAFailureIsTheSameInEachRun(t *testing.T) {
	onVirtual, onReal := &statement.Statement{}, &statement.Statement{Clock: statement.Real}
	for _, test := range []struct {
		s           *statement.Statement
		one, other  string
		shouldAgree bool
	}{
		{onVirtual, "a <*T | 0xc000123456>: 1", "a <*T | 0xc0006543ff>: 1", true},
		{onVirtual, "a <*T | 0xc000123456>: 1", "a <*T | 0xc000123456>: 2", false},
		{onVirtual, "Expected\n    <[]time.Duration | len:3, cap:4>: [17, 23, 5]\nto be", "Expected\n    <[]time.Duration | len:2, cap:8>: [9, 23]\nto be", true},
		{onVirtual, "it failed at 1.5s", "it failed at 1.6s", false},
		{onReal, "it failed at 1.503s", "it failed at 998ms", true},
		{onReal, "it failed with a at 1.503s", "it failed with b at 998ms", false},
	} {
		if agree := test.s.Normalise(test.one) == test.s.Normalise(test.other); agree != test.shouldAgree {
			t.Errorf("%q and %q: %q, %q", test.one, test.other, test.s.Normalise(test.one), test.s.Normalise(test.other))
		}
	}
}
