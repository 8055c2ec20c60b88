package trace

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// identity is what an exchange is known by: its number says only in which order calls reached their leaf.
type identity struct {
	leaf, request string
	ordinal       int // among the exchanges of that leaf with that request, from 1
}

// String is the identity in words.
func (i identity) String() string {
	text := fmt.Sprintf("%s of %q", i.leaf, i.request)
	if i.ordinal > 1 {
		text += fmt.Sprintf(", time %d", i.ordinal)
	}
	return text
}

// exchanges knows the exchanges of one run of a script.
type exchanges struct {
	names   map[int]identity
	numbers map[identity]int
	count   map[identity]int // by identity without ordinal
}

func newExchanges() *exchanges {
	return &exchanges{names: map[int]identity{}, numbers: map[identity]int{}, count: map[identity]int{}}
}

// note takes up the exchanges that begin in these events.
func (x *exchanges) note(events []script.Event) {
	for _, event := range events {
		if event.Event != script.Received {
			continue
		}
		name := identity{leaf: event.Leaf, request: event.Request}
		x.count[name]++
		name.ordinal = x.count[name]
		x.names[event.Exchange] = name
		x.numbers[name] = event.Exchange
	}
}

// ownKinds are the kinds of errors that layers make of their own. Whether they give a cause is nobody's promise.
var ownKinds = []string{"overloaded", "elapsed", "closed", "not-ready"}

// form is everything that is compared of an event, and nothing else.
func (x *exchanges) form(e script.Event) string {
	if e.Event != script.Response && e.Event != script.Body {
		e.Text = ""
	}
	e.At -= e.At % script.Granule
	if index := slices.IndexFunc(e.Kinds, func(kind string) bool { return slices.Contains(ownKinds, kind) }); index >= 0 {
		e.Kinds = e.Kinds[:index+1]
	}
	name := ""
	if e.Exchange != 0 {
		if known, is := x.names[e.Exchange]; is {
			name = known.String()
			e.Exchange = 0
		}
	}
	if e.Seen != nil && len(e.Seen.Extensions) == 0 {
		seen := *e.Seen
		seen.Extensions = nil
		e.Seen = &seen
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // an event is strings and numbers
	}
	return string(text) + name
}

// Asking is the kinds of events that tell when somebody was asked. When and how often that is, is nobody's promise, so a trace compares
// them only where it says so.
var Asking = []script.Happening{script.Asked, script.AskedAbandoned, script.AcceptAsked, script.WorkerStatus}

// comparison says what is compared of the events that a command has caused.
type comparison struct {
	cause     script.Command
	also      []script.Happening
	noInstant bool // when an event happens does not count
}

func (t *Trace) comparison(cause script.Command) comparison {
	return comparison{cause, t.Compares, t.Clock == RealClock}
}

// counts tells whether an event is compared. What functions make of a call that its caller has given up does not count: nobody is
// given the outcome, and where calls end by being dropped there is none.
func (c comparison) counts(e script.Event) bool {
	switch {
	case slices.Contains(Asking, e.Event):
		return slices.Contains(c.also, e.Event)
	case e.Event == script.Applied:
		return c.cause.Do != script.Cancel
	default:
		return true
	}
}

// withoutUncalledFor leaves out of what a leaf has received the contexts that nobody made, unless one is expected: in some
// implementations each call has one.
func withoutUncalledFor(expected, observed []script.Event) []script.Event {
	if slices.ContainsFunc(expected, func(e script.Event) bool { return e.Seen != nil }) {
		return observed
	}
	plain := slices.Clone(observed)
	for index := range plain {
		if plain[index].Event == script.Received {
			plain[index].Seen = nil
		}
	}
	return plain
}

// compared is an event and its form.
type compared struct {
	event script.Event
	form  string
}

// counting returns the events that count, but for each asking that is there again.
func (c comparison) counting(events []script.Event, of *exchanges) []compared {
	var left []compared
	for _, event := range events {
		if !c.counts(event) {
			continue
		}
		counts := event
		if c.noInstant {
			counts.At = 0
		}
		form := of.form(counts)
		again := slices.Contains(Asking, event.Event) && slices.ContainsFunc(left, func(l compared) bool { return l.form == form })
		if !again {
			left = append(left, compared{event, form})
		}
	}
	return left
}

// difference returns what is expected of a command and missing, and what is observed and was not expected. Each side has its exchanges.
func (c comparison) difference(expected, observed []script.Event, theirs, ours *exchanges) (missing, unexpected []script.Event) {
	theirs.note(expected)
	ours.note(observed)
	rest := c.counting(withoutUncalledFor(expected, observed), ours)
	for _, want := range c.counting(expected, theirs) {
		index := slices.IndexFunc(rest, func(have compared) bool { return have.form == want.form })
		if index < 0 {
			missing = append(missing, want.event)
			continue
		}
		rest = slices.Delete(rest, index, index+1)
	}
	for _, have := range rest {
		unexpected = append(unexpected, have.event)
	}
	return missing, unexpected
}
