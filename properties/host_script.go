package properties

import (
	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// HostKinds lists the kinds of scripts of hosts that can be replayed on another implementation.
func HostKinds() []string { return []string{"callback", "synchronous", "layered", "served"} }

// HostKindsFor lists the kinds that ask a host for one outcome, if they are strict, and for nothing that is not declared. For the callback
// form everything has to be declared: only scripts of the synchronous form do without what is not. The other kinds ask for more than one
// outcome: where a permit is freed at the instant at which a worker is asked, it is open whether the next call finds it or another.
func HostKindsFor(declares Declares) []string {
	var kinds []string
	if declares.all(Hosts.Requires...) {
		kinds = append(kinds, "callback")
	}
	if declares.all("proxy", "proxy-sync") {
		kinds = append(kinds, "synchronous")
	}
	return kinds
}

// HostScriptFor is HostScript, strict and of a kind of HostKindsFor, for an audience that declares those features.
func HostScriptFor(rt *rapid.T, right inprocess.Adapter, kind string, declares Declares) *trace.Trace {
	t := drawn(rt, right, hostProperty+kind, hostPlay(kind, true, declares))
	for index := range t.Steps {
		t.Steps[index].Expected = declares.hostEvents(t.Steps[index].Expected)
	}
	return t
}

// hostProperty is followed by a kind of HostKinds.
const hostProperty = "the same script has the same outcome: hosts, "

// HostScript draws a script of a host, of a kind of HostKinds, on an implementation that is held to be right, with what that answers
// as what is expected. If it is strict, a script of the first two kinds asks for nothing that a requirement leaves open; else it may
// have several workers come to the queue at one instant, and is good for those only that agree on it.
func HostScript(rt *rapid.T, right inprocess.Adapter, kind string, strict bool) *trace.Trace {
	return drawn(rt, right, hostProperty+kind, hostPlay(kind, strict, everything))
}

// hostPlay draws a script of a kind and carries it out.
func hostPlay(kind string, strict bool, declares Declares) func(*rapid.T, *Run) {
	switch kind {
	case "layered":
		return LayeredHosts.Check
	case "served":
		return HostServers.Check
	}
	return func(rt *rapid.T, r *Run) {
		s := newHostScript(rt, r, kind == "synchronous")
		s.strict, s.declares = strict, declares
		s.play()
	}
}
