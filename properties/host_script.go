package properties

import (
	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// HostKinds lists the kinds of scripts of hosts that can be replayed on another implementation.
func HostKinds() []string { return []string{"callback", "synchronous", "layered", "served"} }

// HostScript draws a script of a host, of a kind of HostKinds, on an implementation that is held to be right, with what that answers
// as what is expected. If it is strict, a script of the first two kinds asks for nothing that a requirement leaves open; else it may
// have several workers come to the queue at one instant, and is good for those only that agree on it.
func HostScript(rt *rapid.T, right inprocess.Adapter, kind string, strict bool) *trace.Trace {
	checks := map[string]func(*rapid.T, *Run){"layered": LayeredHosts.Check, "served": HostServers.Check}
	play := func(synchronous bool) func(*rapid.T, *Run) {
		return func(rt *rapid.T, r *Run) {
			s := newHostScript(rt, r, synchronous)
			s.strict = strict
			s.play()
		}
	}
	checks["callback"], checks["synchronous"] = play(false), play(true)
	return drawn(rt, right, "the same script has the same outcome: hosts, "+kind, checks[kind])
}
