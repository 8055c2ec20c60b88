package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// connectionHeaders are about a connection, which is the server's (RFC 9110,
// section 7.6.1). A guest's are left out.
var connectionHeaders = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// copyRoom is as much as io.Copy reads at a time, in bytes.
const copyRoom = 32 << 10

var rooms = sync.Pool{New: func() any { return new([copyRoom]byte) }}

// answer sends the guest's response. It panics with http.ErrAbortHandler where
// the body fails: all that is left then is to end the connection.
func (s *Server[D]) answer(w http.ResponseWriter, control *http.ResponseController, r *http.Request, response *http.Response) {
	defer response.Body.Close()
	header := w.Header()
	for name, values := range response.Header {
		if !slices.Contains(connectionHeaders, name) {
			header[name] = values
		}
	}
	// Recipients that disagree on which of two lengths counts disagree on where the next response begins.
	if len(header["Content-Length"]) > 1 {
		header.Del("Content-Length")
	}
	streamed := response.ContentLength < 0
	if !streamed && r.Method != http.MethodHead {
		header.Set("Content-Length", strconv.FormatInt(response.ContentLength, 10))
	}
	w.WriteHeader(response.StatusCode)
	// A guest that writes nothing for a while must not keep a client's leaving from being seen.
	defer context.AfterFunc(r.Context(), func() { _ = response.Body.Close() })()
	if streamed {
		_ = control.Flush() // what cannot be flushed is sent when there is more of it
	}
	var unsent *sendError
	switch err := send(w, control, response.Body, streamed); {
	case err == nil, r.Context().Err() != nil, errors.Is(err, http.ErrBodyNotAllowed):
	case errors.As(err, &unsent):
		s.logger.Error("a response could not be sent", "method", r.Method, "target", r.RequestURI, "error", err)
	default:
		s.logger.Error("a response's body failed", "method", r.Method, "target", r.RequestURI, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// sendError is the connection's, not the guest's.
type sendError struct{ cause error }

func (e *sendError) Error() string { return e.cause.Error() }
func (e *sendError) Unwrap() error { return e.cause }

// send copies a body, and sends a streamed one piece by piece.
func send(w io.Writer, control *http.ResponseController, body io.Reader, streamed bool) error {
	room := rooms.Get().(*[copyRoom]byte)
	defer rooms.Put(room)
	for {
		n, err := body.Read(room[:])
		if n > 0 {
			if _, err := w.Write(room[:n]); err != nil {
				return &sendError{err}
			}
			if streamed {
				_ = control.Flush()
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
