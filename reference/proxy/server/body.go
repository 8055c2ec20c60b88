package server

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// body is a request's body, lent to a guest for as long as the request is in the
// server. A guest may want to read on after that, when net/http has taken the
// body back.
//
// When a handler returns, net/http interrupts a Read that is under way. A
// connection of HTTP/1 must not be used again then: the body has lost its place,
// so what follows of it could be taken for the next request, and the contexts of
// all requests to come have ended.
type body struct {
	source io.ReadCloser // nil: there is none

	mu      sync.Mutex
	reading bool
	ended   bool // there is no more to read
	over    bool // the guest may not read any more
}

func lend(r *http.Request) *body {
	if r.Body == http.NoBody {
		return &body{}
	}
	return &body{source: r.Body}
}

// request is what the guest gets: the request with the lent body.
func (b *body) request(r *http.Request) *http.Request {
	if b.source == nil {
		return r
	}
	lent := *r
	lent.Body = b
	return &lent
}

// Read implements io.Reader. Only one Read is under way at a time.
func (b *body) Read(p []byte) (int, error) {
	if !b.begin() {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.source.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading, b.ended = false, errors.Is(err, io.EOF)
	return n, err
}

func (b *body) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return false
	}
	b.reading = true
	return true
}

// Close implements io.Closer: nobody reads from now on. The body itself is
// net/http's to close.
func (b *body) Close() error {
	b.takeBack()
	return nil
}

// takeBack is Close, and tells whether a Read is under way.
func (b *body) takeBack() (reading bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
	return b.reading
}

// unread tells whether there may be more to read.
func (b *body) unread() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.source != nil && !b.ended
}
