package comparison_test

import (
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

// scripts is how many of each kind are drawn: enough for the faults below.
const scripts = 10

// compare compares a fixture that declares these deviations.
func compare(t *testing.T, profile breakable.Profile, fault string, deviations ...string) comparison.Kind {
	t.Helper()
	s := &statement.Statement{Implementation: "breakable", Features: profile.Features()}
	for _, requirement := range deviations {
		s.Deviations = append(s.Deviations, statement.Deviation{Requirement: requirement})
	}
	kinds, err := comparison.Compare(host(profile, fault), s, comparison.Options{Scripts: scripts, AsDrawn: true})
	if err != nil {
		t.Fatal(err)
	}
	return comparison.Sum(kinds)
}

func host(profile breakable.Profile, fault string) subject.Host {
	return inprocess.Host(breakable.New(profile, fault), inprocess.DefaultPatience)
}

func TestWithoutAFaultEveryProfileIsEqual(t *testing.T) {
	for _, profile := range breakable.Profiles() {
		t.Run(string(profile), func(t *testing.T) {
			t.Parallel()
			if sum := compare(t, profile, ""); sum.Equal == 0 || sum.Unexplained+sum.NotApplicable+len(sum.Explained) > 0 {
				t.Errorf("equal %d, unexplained %d, not applicable %d, explained %v", sum.Equal, sum.Unexplained, sum.NotApplicable, sum.Explained)
			}
		})
	}
}

func TestADifferenceIsExplainedByItsDeviationAndByNoOther(t *testing.T) {
	const fault, requirement = "concurrency-limit-keeps-permit-on-panic", "concurrency-limit.frees-permit-on-panic"
	for _, c := range []struct {
		name       string
		deviations []string
		explained  bool
	}{
		{"undeclared", nil, false},
		{"declared", []string{requirement}, true},
		{"another declared", []string{"timeout.rejects-zero", "poll.not-run-by-readiness", "shutdown.runs-once"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sum := compare(t, breakable.Reserving, fault, c.deviations...)
			if explained := sum.Explained[requirement]; (explained > sum.Unexplained) != c.explained || (explained == 0) == c.explained {
				t.Errorf("explained %v, unexplained %d", sum.Explained, sum.Unexplained)
			}
		})
	}
}

// TestAFaultBesideADeviationIsFound plants a fault that the declared deviations have nothing to do with.
func TestAFaultBesideADeviationIsFound(t *testing.T) {
	sum := compare(t, breakable.Reserving, "concurrency-limit-keeps-permit-on-cancel", "reservation.none-after-error", "timeout.rejects-zero")
	if sum.Unexplained == 0 {
		t.Errorf("no difference is left, and %v are explained", sum.Explained)
	}
}

// TestADeviationOfAHostExplainsItsOwnDifferencesOnly plants a fault in hosts, beside deviations that have nothing to do with it and beside
// its own.
func TestADeviationOfAHostExplainsItsOwnDifferencesOnly(t *testing.T) {
	others := []string{"host.new-instantiates-nothing", "instantiation.next-tries-again", "host-panic.leaves-host"}
	for _, c := range []struct {
		fault, requirement string
		deviations         []string
		explained          bool
	}{
		{"trap-keeps-instance", "trap.instance-is-not-reused", others, false},
		{"trap-keeps-instance", "trap.instance-is-not-reused", []string{"trap.instance-is-not-reused"}, true},
		{"instantiation-failure-sticks", "instantiation.next-tries-again", []string{"trap.instance-is-not-reused", "host.new-instantiates-nothing"}, false},
		{"instantiation-failure-sticks", "instantiation.next-tries-again", []string{"instantiation.next-tries-again"}, true},
	} {
		s := &statement.Statement{Implementation: "breakable", Features: []string{"proxy", "proxy-sync", "proxy-panic", "proxy-abandon"}}
		for _, requirement := range c.deviations {
			s.Deviations = append(s.Deviations, statement.Deviation{Requirement: requirement})
		}
		kinds, err := comparison.Compare(host(breakable.Reserving, c.fault), s, comparison.Options{Scripts: 40, AsDrawn: true})
		if err != nil {
			t.Fatal(err)
		}
		sum := comparison.Sum(kinds)
		if explained := sum.Explained[c.requirement]; (explained > 0) != c.explained || (sum.Unexplained > 0) == c.explained {
			t.Errorf("%s with %v: explained %v, unexplained %d", c.fault, c.deviations, sum.Explained, sum.Unexplained)
		}
	}
}

func TestATableSaysWhatIsExplainedAndShowsWhatIsNot(t *testing.T) {
	s := &statement.Statement{Implementation: "breakable", Version: "1", Features: []string{"concurrency-limit", "panic"}}
	kinds, err := comparison.Compare(host(breakable.Reserving, "concurrency-limit-keeps-permit-on-panic"), s, comparison.Options{Scripts: scripts, AsDrawn: true})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	row := comparison.Row{Name: s.Implementation, Version: s.Version, Kinds: kinds}
	comparison.Print(&out, []comparison.Row{row, {Name: "other", Left: "it\ndied"}})
	for _, want := range []string{"breakable, concurrency limits: ", "with a panic", "unexplained", "other", "NOT COMPARED: it; died"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	if !row.Unexplained() {
		t.Error("the row has an unexplained difference and does not say so")
	}
}
