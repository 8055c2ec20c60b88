package properties

import (
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// guest tells whether a host that declares these features can be given a guest that ends with that step; empty is one that returns
// without an answer.
func (d Declares) guest(last string) bool {
	switch {
	case last == "":
		return d("proxy-missing-response")
	case strings.HasPrefix(last, script.ErrorStep):
		return d("proxy-error-code")
	case last == script.HostPanic:
		return d("proxy-panic")
	case strings.HasPrefix(last, "lie:"):
		return d("proxy-hostile-guest")
	default:
		return true
	}
}

// embedder leaves out of what an embedder is to do what nobody asks it for.
func (d Declares) embedder(settings script.HostSettings) script.HostSettings {
	if !d("proxy-policy") {
		settings.Accept, settings.MaxTotal, settings.MaxConcurrent, settings.Asking = "", 0, 0, ""
	}
	if !d("proxy-hooks") {
		settings.Start, settings.Drop = "", ""
	}
	return settings
}

// hostEvents leaves out of what a host does what is promised only by one that declares more. That the cause comes with a failed
// instantiation is promised with the request's being given back.
func (d Declares) hostEvents(events []script.Event) []script.Event {
	if !d("proxy") || d("proxy-hooks") && d("proxy-give-back") {
		return events
	}
	events = slices.DeleteFunc(slices.Clone(events), func(e script.Event) bool {
		return !d("proxy-hooks") && (e.Event == script.Accepted || e.Event == script.Dropped)
	})
	for index := range events {
		if !d("proxy-give-back") && events[index].Event == script.Failed {
			events[index].Data, events[index].Program, events[index].Cause = "", "", 0
			if kinds := events[index].Kinds; len(kinds) > 1 && kinds[0] == "instantiation" {
				events[index].Kinds = kinds[:1]
			}
		}
	}
	return events
}
