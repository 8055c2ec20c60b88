package proxy

// flight is the requests that are accepted and not answered, in the order of
// their acceptance.
type flight struct {
	first, last *Task
	count       int
}

func (f *flight) add(t *Task) {
	t.flying, t.previous = true, f.last
	if f.last == nil {
		f.first = t
	} else {
		f.last.next = t
	}
	f.last = t
	f.count++
}

func (f *flight) remove(t *Task) {
	if t.previous == nil {
		f.first = t.next
	} else {
		t.previous.next = t.next
	}
	if t.next == nil {
		f.last = t.previous
	} else {
		t.next.previous = t.previous
	}
	t.flying, t.previous, t.next = false, nil, nil
	f.count--
}
