package properties

import (
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// places is what a script knows of the places of a buffer. Where two callers wait for one, and two become free at one instant,
// no requirement says which of the callers enters the queue first: buffer.dispatches-in-order is about calls that are queued. So
// a script lets one caller wait for a place at a time.
//
// It counts so that a caller may be held to wait that does not, and not the other way round. The dispatcher has one call in its
// hand beside those that are queued (buffer.keeps-bound allows for that), and a call that was given up while queued may keep its
// place until the dispatcher has got past it.
type places struct {
	bound   int // 0: there is no buffer
	waiting int // the operation that may wait for a place; 0 for none
	given   int // calls that were given up, and whose places may not be free yet
	until   int // as many more calls have to be received until those are free
}

// opened takes up the bound of the scene's buffer. A bound that is refused has no service.
func (p *places) opened(layers []script.Layer) {
	if index := slices.IndexFunc(layers, func(l script.Layer) bool { return l.Name == "buffer" }); index >= 0 {
		p.bound = *layers[index].Bound
	}
}

// queued counts the operations that are not through with the buffer.
func (e *explorer) queued() int { return len(e.pending) - len(e.open) }

// fits tells whether so many operations have room: those in the queue, those in the dispatcher's hand, and reservations.
func (e *explorer) fits(operations, waiting int) bool {
	hand := 0
	if operations > waiting {
		hand = 1
	}
	return len(e.ready)+operations+e.places.given <= e.places.bound+hand
}

// asks notes whether an operation that is about to begin may have to wait for a place.
func (e *explorer) asks(command script.Command) {
	if e.places.bound > 0 && (command.Do == script.Ready || command.Do == script.Invoke) && !e.fits(e.queued()+1, 1) {
		e.places.waiting = command.Operation
	}
}

// passed takes up what became of the places by a command.
func (e *explorer) passed(command script.Command, events []script.Event) {
	p := &e.places
	if p.bound == 0 {
		return
	}
	p.until -= len(only(events, script.Received))
	if command.Do == script.Cancel && len(only(events, script.Abandoned)) == 0 {
		p.given++
		p.until = e.queued() + 1
	}
	if p.until <= 0 || e.queued() == 0 && len(e.open) == 0 && len(e.unready) == 0 {
		p.given, p.until = 0, 0
	}
	waits := slices.ContainsFunc(e.pending, func(o pending) bool { return o.operation == p.waiting })
	if !waits || e.fits(e.queued(), 1) {
		p.waiting = 0
	}
}
