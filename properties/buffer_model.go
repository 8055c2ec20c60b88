package properties

import (
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// given is what calls that were given up in a buffer's queue may still take of it: whether their places are free at once, or when
// the dispatcher comes to them, is not specified.
type given struct {
	places int
	until  int // as many more calls are received until they are free for certain
}

// holding is how many places ready callers hold.
func (m *limitModel) holding() int {
	if m.model == reserving {
		return len(m.told)
	}
	return 0
}

// full tells whether every place of the buffer is taken for certain. One call may be in the dispatcher's hand, and take none.
func (m *limitModel) full() bool {
	return m.holding()+max(0, len(m.calls())-1) >= m.bound
}

// gaveUp notes that a call was given up that may have been in the queue.
func (m *limitModel) gaveUp() {
	m.given.places++
	m.given.until = len(m.calls()) + 1
}

// admitThroughBuffer is admit where calls wait for a place in a buffer, and then in its queue.
func (m *limitModel) admitThroughBuffer(events []script.Event) {
	room := m.room()
	served := m.serve(events)
	reached := only(events, script.Received)
	if len(reached) > room {
		m.Fail("%d calls reach the leaf, want %d at most", len(reached), room)
	}
	m.inOrder(served)
	if m.given.until -= len(reached); m.given.until <= 0 || m.room() > 0 {
		m.given = given{}
	}
	for _, c := range m.waiting {
		switch {
		case c.request != "" && m.room() > 0 && (c.queued > 0 || m.holding() < m.bound):
			m.Fail("call #%d waits, and there is room", c.operation)
		case c.request == "" && m.holding()+len(m.calls())+m.given.places < m.bound:
			m.Fail("#%d waits for a place, and not all are taken", c.operation)
		}
	}
	if m.holding() > m.bound {
		m.Fail("%d callers hold a place, and there are %d", m.holding(), m.bound)
	}
	m.queue()
}

// queue notes which calls are in the queue for certain: all, while there are places for everybody. In which order those get places who
// wait for one is not specified.
func (m *limitModel) queue() {
	if m.holding()+m.given.places+len(m.waiting) > m.bound {
		return
	}
	for _, c := range m.waiting {
		if c.queued == 0 {
			c.queued = m.operations
		}
	}
}

// inOrder sees that no call is served before one that was in the queue when it began.
func (m *limitModel) inOrder(served []*claim) {
	for _, c := range served {
		if index := slices.IndexFunc(m.waiting, func(before *claim) bool { return before.queued > 0 && before.queued < c.operation }); c.request != "" && index >= 0 {
			m.Fail("call #%d is served, and #%d was in the queue before it", c.operation, m.waiting[index].operation)
		}
	}
}
