package proxy

import (
	"io"
	"sync"
)

// outputRoom is how much of a response body may wait for its reader, in bytes: as
// much as a pipe of Linux holds (pipe(7)).
const outputRoom = 64 << 10

// output is a response body that a guest writes and the caller reads.
type output struct {
	task *Task

	readable chan struct{} // holds one when there is something for the reader
	room     chan struct{} // holds one when there is something for the writer

	mu      sync.Mutex
	data    []byte
	failure error // how it ends, or nil while it is open; io.EOF is its proper end
	closed  bool  // nobody reads any more
	blocked bool  // the writer wants to know when there is room
}

func newOutput(t *Task) *output {
	return &output{task: t, readable: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// Read implements io.Reader for the caller.
func (o *output) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		n, err := o.take(p)
		if n > 0 {
			o.unblock()
		}
		if n > 0 || err != nil {
			return n, err
		}
		<-o.readable
	}
}

// take is what there is now; nothing and no error if there is nothing yet.
func (o *output) take(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed:
		return 0, io.ErrClosedPipe
	case len(o.data) > 0:
		n := copy(p, o.data)
		o.data = o.data[n:]
		return n, nil
	}
	return 0, o.failure
}

// Close implements io.Closer for the caller: nothing more will be read.
func (o *output) Close() error {
	o.discard()
	signal(o.readable)
	o.unblock()
	return nil
}

// discard is Close for a body that was never handed out.
func (o *output) discard() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed, o.data = true, nil
}

// unblock tells the writer that it may try again. The lock is not held: the
// loop takes it while it holds its own.
func (o *output) unblock() {
	o.mu.Lock()
	blocked := o.blocked
	o.blocked = false
	o.mu.Unlock()
	if !blocked {
		return
	}
	signal(o.room)
	if t := o.task; !t.loop.synchronous {
		t.loop.deliver(t, event{eventWrite, 0})
	}
}

// write takes as much as there is room for.
func (o *output) write(data []byte) uint32 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.failure != nil {
		return resultFailed
	}
	n := min(len(data), outputRoom-len(o.data))
	if n == 0 && len(data) > 0 {
		o.blocked = true
		return resultBlocked
	}
	o.data = append(o.data, data[:n]...)
	signal(o.readable)
	return uint32(n)
}

// end ends the body. The first end counts.
func (o *output) end(failure error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.failure == nil {
		o.failure = failure
		signal(o.readable)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
