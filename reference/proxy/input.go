package proxy

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// inputRoom is how much of a request body is read ahead of the guest, in bytes:
// the size of io.Copy's buffer.
const inputRoom = 32 << 10

// input is a request body on its way to a guest. Each Read of it runs on a
// goroutine of its own, which ends with it: the guest's worker never waits for a
// client, and nothing runs while the guest does not read.
type input struct {
	task  *Task
	ready chan struct{} // holds one when there is something for the guest

	mu      sync.Mutex
	buffer  []byte
	data    []byte // the part of the buffer that the guest has not read
	failure error  // how it ended; io.EOF is its proper end
	filling bool
}

func newInput(t *Task) *input { return &input{task: t, ready: make(chan struct{}, 1)} }

// read gives the guest what there is.
func (i *input) read(space []byte) uint32 {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case len(i.data) > 0:
		n := copy(space, i.data)
		i.data = i.data[n:]
		return uint32(n)
	case errors.Is(i.failure, io.EOF):
		return 0
	case i.failure != nil:
		return resultFailed
	}
	if !i.filling {
		i.filling = true
		go i.fill()
	}
	return resultBlocked
}

func (i *input) fill() {
	if i.buffer == nil {
		i.buffer = make([]byte, inputRoom)
	}
	n, err := 0, error(nil)
	for n == 0 && err == nil { // a Read of nothing means nothing
		n, err = i.readSource()
	}
	i.mu.Lock()
	i.filling, i.data, i.failure = false, i.buffer[:n], err
	i.mu.Unlock()
	signal(i.ready)
	if t := i.task; !t.loop.synchronous {
		t.loop.deliver(t, event{eventRead, 0})
	}
}

// readSource is code of the caller's, which may panic: that is a body that
// failed.
func (i *input) readSource() (n int, err error) {
	returned := false
	defer func() {
		if !returned {
			n, err = 0, fmt.Errorf("proxy: the request's body panicked: %v", recover())
		}
	}()
	n, err = i.task.request.Body.Read(i.buffer)
	returned = true
	return n, err
}
