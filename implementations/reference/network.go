package reference

import (
	gocontext "context"
	"errors"
	"net"
	"sync"
)

// network is a network of one listener, in memory: virtual time does not move while somebody waits on it.
type network struct {
	incoming chan net.Conn
	failing  chan error
	closed   chan struct{}
	once     sync.Once
}

func newNetwork() *network {
	return &network{incoming: make(chan net.Conn), failing: make(chan error, 1), closed: make(chan struct{})}
}

// Accept implements net.Listener.
func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.incoming:
		return c, nil
	case err := <-n.failing:
		return nil, err
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Addr implements net.Listener.
func (n *network) Addr() net.Addr { return &net.TCPAddr{} }

// Close implements net.Listener.
func (n *network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

// dial returns the client's end of a connection that was accepted.
func (n *network) dial(g gocontext.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case n.incoming <- far:
		return near, nil
	case <-n.closed:
		return nil, net.ErrClosed
	case <-g.Done():
		return nil, g.Err()
	}
}

// fail has an attempt to accept fail, in the way of a system that is short of something.
func (n *network) fail() { n.failing <- temporary{errors.New("too many open files")} }

// temporary is an error after which net/http accepts again.
type temporary struct{ error }

// Timeout implements net.Error.
func (temporary) Timeout() bool { return false }

// Temporary implements net.Error.
func (temporary) Temporary() bool { return true }
