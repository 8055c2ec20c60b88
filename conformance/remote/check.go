package remote

import (
	"fmt"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// bookkeeper knows what a subject was asked for and has reported, and so which events make sense.
type bookkeeper struct {
	operations map[int]bool // whether it has ended
	exchanges  int
	services   map[int]bool
	contexts   map[int]int // the steps that have no answer yet
	workers    int
}

func newBookkeeper() *bookkeeper {
	return &bookkeeper{operations: map[int]bool{}, services: map[int]bool{}, contexts: map[int]int{}}
}

// command notes what a command makes possible.
func (b *bookkeeper) command(c script.Command) {
	if c.Operation != 0 && c.Do != script.Cancel {
		b.operations[c.Operation] = false
	}
	switch c.Do {
	case script.Open:
		b.services[c.Service] = true
	case script.OpenFactory:
		b.services[c.Factory] = true
	case script.OnContext:
		b.contexts[c.Context]++
	}
}

// event tells what is wrong with an event, if anything.
func (b *bookkeeper) event(e script.Event) error {
	switch {
	case e.Ends():
		return b.end(e)
	case e.Event == script.Received:
		b.exchanges++
		if e.Exchange != b.exchanges {
			return fmt.Errorf("exchange %d begins where exchange %d should", e.Exchange, b.exchanges)
		}
	case e.Event == script.Abandoned:
		if e.Exchange < 1 || e.Exchange > b.exchanges {
			return fmt.Errorf("exchange %d is abandoned and never began", e.Exchange)
		}
	case e.Event == script.Opened, e.Event == script.Refused:
		if !b.services[e.Service] {
			return fmt.Errorf("service %d is %s and was never asked for", e.Service, e.Event)
		}
	case e.Event == script.ContextAnswer:
		switch unanswered, known := b.contexts[e.Context]; {
		case !known:
			return fmt.Errorf("context %d answers and does not exist", e.Context)
		case unanswered == 0:
			return fmt.Errorf("context %d answers and was not asked", e.Context)
		}
		b.contexts[e.Context]--
	case e.Event == script.Instantiating:
		b.workers++
		if e.Worker != b.workers {
			return fmt.Errorf("worker %d begins where worker %d should", e.Worker, b.workers)
		}
	case e.Worker != 0 && e.Worker > b.workers:
		return fmt.Errorf("worker %d is %s and never began", e.Worker, e.Event)
	case e.Event == script.Body && !b.operations[e.Operation]:
		return fmt.Errorf("a body ends before operation %d", e.Operation)
	case !e.Event.Known():
		return fmt.Errorf("there is no event %q", e.Event)
	}
	return nil
}

func (b *bookkeeper) end(e script.Event) error {
	ended, begun := b.operations[e.Operation]
	switch {
	case !begun:
		return fmt.Errorf("operation %d ends and never began", e.Operation)
	case ended:
		return fmt.Errorf("operation %d ends twice", e.Operation)
	}
	b.operations[e.Operation] = true
	return nil
}
