package properties_test

import (
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
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

// BenchmarkScripts measures how many scripts of 30 steps run in a second, drawing included.
func BenchmarkScripts(b *testing.B) {
	limited := properties.Limit
	limited.Check = func(rt *rapid.T, r *properties.Run) {
		limit := 2
		r.Open(script.Layer{Name: "concurrency-limit", Limit: &limit})
		for number := range 10 {
			rapid.IntRange(0, 3).Draw(rt, "a")
			r.Invoke("q")
			r.Answer(number+1, script.Outcome{Response: new("ok")})
		}
	}
	drive := properties.InProcess(reference.Adapter{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for seed := 0; pb.Next(); seed++ {
			rapid.Custom(func(rt *rapid.T) int {
				if failure := limited.Once(rt, drive); failure != nil {
					panic(failure)
				}
				return 0
			}).Example(seed)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scripts/s")
}
