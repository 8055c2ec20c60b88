package properties_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/implementations/reference"
	"github.com/plumbline-spec/plumbline/properties"
)

// years is a property that makes a century of virtual time pass in every check, as a deadline of rapid would notice if it were
// one of virtual time.
func years(ran *atomic.Int64, pause time.Duration) properties.Property {
	return properties.Property{Name: "time passes", Check: func(rt *rapid.T, r *properties.Run) {
		rapid.Bool().Draw(rt, "anything")
		r.Advance(script.Duration(100 * 365 * 24 * time.Hour))
		time.Sleep(pause)
		ran.Add(1)
	}}
}

// TestAsManyChecksRunAsWereRequested counts what ran by itself, beside the harness's own count.
func TestAsManyChecksRunAsWereRequested(t *testing.T) {
	var ran atomic.Int64
	on := implementation{name: "reference", drive: properties.InProcess(reference.Adapter{})}
	check(t, on, "time passes", func(rt *rapid.T) *properties.Failure { return years(&ran, time.Hour).Once(rt, on.drive) })
	if got := int(ran.Load()); got != requested() {
		t.Errorf("%d checks ran, and %d were requested", got, requested())
	}
}

// hurried names the environment variable that makes TestHurried ask for more checks than there is time for.
const hurried = "PLUMBLINE_HURRIED"

// TestHurried is run by TestTooFewChecksFail.
func TestHurried(t *testing.T) {
	if os.Getenv(hurried) == "" {
		t.Skip("it fails, and is run by another test")
	}
	check(t, implementation{name: "none"}, "slow", func(rt *rapid.T) *properties.Failure {
		rapid.Bool().Draw(rt, "anything")
		<-time.After(20 * time.Millisecond) // real time, outside any bubble
		return nil
	})
}

// TestTooFewChecksFail shows that a property which rapid cuts short does not pass.
func TestTooFewChecksFail(t *testing.T) {
	t.Parallel()
	command := exec.Command(os.Args[0], "-test.run=^TestHurried$", "-test.timeout=2s", "-rapid.checks=1000000", "-rapid.nofailfile")
	command.Env = append(os.Environ(), hurried+"=1")
	output, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "of 1000000 checks only ") {
		t.Errorf("it should have failed for want of checks (%v):\n%s", err, output)
	}
}

// BenchmarkScripts measures how many scripts are drawn, carried out on the reference and held against the model of their property in a
// second, on as many processors as there are: those of each property, and of all in turn. A step is a command that the subject carries
// out. How many a script has is drawn too: where a property repeats actions, rapid draws 30 of them on average, and an action is a
// command or several. So it reports the scripts a second as they are, how many steps one had, and how many of 30 steps those steps
// would have made.
func BenchmarkScripts(b *testing.B) {
	s, err := statement.Load(referenceStatement)
	if err != nil {
		b.Fatal(err)
	}
	all := slices.DeleteFunc(properties.All(), func(p properties.Property) bool { return !p.Applies(s.Has) })
	b.Run("all in turn", func(b *testing.B) { benchmarkScripts(b, all...) })
	for _, property := range all {
		b.Run(property.Name, func(b *testing.B) { benchmarkScripts(b, property) })
	}
}

func benchmarkScripts(b *testing.B, all ...properties.Property) {
	var seeds, ran, steps atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			seed := int(seeds.Add(1))
			rapid.Custom(func(rt *rapid.T) int {
				counted := &counted{}
				if failure := all[seed%len(all)].Once(rt, counted.drive); failure != nil {
					b.Errorf("script %d: %v", seed, failure)
				}
				ran.Add(1)
				steps.Add(counted.steps)
				return 0
			}).Example(seed)
		}
	})
	if ran.Load() != int64(b.N) {
		b.Errorf("%d scripts ran, and %d were asked for", ran.Load(), b.N)
	}
	seconds := b.Elapsed().Seconds()
	b.ReportMetric(float64(ran.Load())/seconds, "scripts/s")
	b.ReportMetric(float64(steps.Load())/float64(ran.Load()), "steps/script")
	b.ReportMetric(float64(steps.Load())/30/seconds, "30-step-scripts/s")
}

// counted counts the commands that the reference carries out.
type counted struct {
	subject.Subject
	steps int64
}

// Do implements subject.Subject.
func (c *counted) Do(command script.Command) ([]script.Event, error) {
	c.steps++
	return c.Subject.Do(command)
}

func (c *counted) drive(body func(subject.Subject)) error {
	return properties.InProcess(reference.Adapter{})(func(s subject.Subject) {
		c.Subject = s
		body(c)
	})
}
