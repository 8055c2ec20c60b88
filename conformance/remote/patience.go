package remote

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// stream is a pipe or a socket to a testee, or from it.
type stream interface {
	io.ReadWriter
	syscall.Conn
	SetWriteDeadline(time.Time) error
}

// patient reads what a testee writes, up to a time on the real clock.
//
// It waits in poll(2), and not in Go's own poller, which is for many that wait: for one reply after the other, thousands of times, the
// runtime goes to sleep and wakes up again each time, and that takes longer than what the reply does.
type patient struct {
	stream stream
	due    time.Time // zero: there is no hurry
}

// Read implements io.Reader. When the time is up, the error is os.ErrDeadlineExceeded.
func (p *patient) Read(into []byte) (int, error) {
	if err := p.wait(); err != nil {
		return 0, err
	}
	return p.stream.Read(into)
}

// wait returns when there is something to read, or when nothing will come any more, or when the time is up.
func (p *patient) wait() error {
	connection, err := p.stream.SyscallConn()
	if err != nil {
		return err
	}
	var failure error
	err = connection.Control(func(descriptor uintptr) { failure = poll(int32(descriptor), p.due) })
	return errors.Join(err, failure)
}

// poll waits until a descriptor can be read.
func poll(descriptor int32, due time.Time) error {
	descriptors := []unix.PollFd{{Fd: descriptor, Events: unix.POLLIN}}
	for {
		milliseconds := -1
		if !due.IsZero() {
			milliseconds = int((max(time.Until(due), 0) + time.Millisecond - 1) / time.Millisecond)
		}
		ready, err := unix.Poll(descriptors, milliseconds)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return os.NewSyscallError("poll", err)
		case ready == 0 && milliseconds >= 0 && !time.Now().Before(due):
			return os.ErrDeadlineExceeded
		case ready > 0:
			return nil
		}
	}
}

// hangUp closes a connection. Closing waits for whoever waits in poll, and so both directions end first: then poll returns.
func hangUp(connection net.Conn) {
	if duplex, is := connection.(interface {
		CloseRead() error
		CloseWrite() error
	}); is {
		_, _ = duplex.CloseRead(), duplex.CloseWrite()
	}
	_ = connection.Close()
}
