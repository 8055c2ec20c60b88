package remote

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
)

// conversation is requests and replies in turn. It is used by one goroutine, which writes a request and reads its reply itself: for each
// of the thousands of a run, other goroutines and timers cost several times what the request and the reply do.
type conversation struct {
	input      stream
	output     *patient
	lines      *bufio.Reader // of output
	deadline   time.Duration // for each reply, on the real clock; 0 waits for ever
	transcript io.Writer     // gets every line both ways; may be nil
	last       int           // the ID of the latest request
}

func converse(input, output stream, deadline time.Duration, transcript io.Writer) *conversation {
	patient := &patient{stream: output}
	return &conversation{
		input: input, output: patient, lines: bufio.NewReaderSize(patient, protocol.MaxLine), deadline: deadline, transcript: transcript,
	}
}

// ask sends a request and returns its reply, which may take the deadline beyond what the request takes by itself.
func (c *conversation) ask(request protocol.Request, takes time.Duration) (protocol.Reply, error) {
	c.last++
	request.ID = c.last
	text, err := json.Marshal(request)
	if err != nil {
		return protocol.Reply{}, err
	}
	c.output.due = time.Time{}
	if c.deadline > 0 {
		c.output.due = time.Now().Add(c.deadline + takes)
	}
	// A testee that does not read must not hold the runner up, so writing counts against the deadline.
	if err := c.input.SetWriteDeadline(c.output.due); err != nil {
		return protocol.Reply{}, fmt.Errorf("bound the request %q: %w", request.Command, err)
	}
	c.record('>', text)
	_, unwritten := c.input.Write(append(text, '\n'))
	if errors.Is(unwritten, os.ErrDeadlineExceeded) {
		return protocol.Reply{}, c.overdue(request, takes)
	}
	line, err := c.line()
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) && unwritten == nil:
		return protocol.Reply{}, c.overdue(request, takes)
	case unwritten != nil && (err == nil || errors.Is(err, os.ErrDeadlineExceeded)):
		return protocol.Reply{}, fmt.Errorf("the testee does not read: %w", unwritten)
	case err != nil:
		return protocol.Reply{}, err // how its output ended tells more than a failed write
	}
	return c.read(line)
}

func (c *conversation) overdue(request protocol.Request, takes time.Duration) error {
	return fmt.Errorf("the testee did not answer %q within %v", request.Command, c.deadline+takes)
}

// line is the next line of the testee, until another is read, or the reason why there are no more.
func (c *conversation) line() ([]byte, error) {
	text, err := c.lines.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("the testee sent a line of more than %d bytes", protocol.MaxLine)
	case errors.Is(err, io.EOF) && len(text) > 0:
		return nil, fmt.Errorf("the testee's output ended in the middle of a line: %.80q", text)
	}
	return text, err
}

// read reads a line as the reply to the latest request.
func (c *conversation) read(line []byte) (protocol.Reply, error) {
	c.record('<', line)
	reply, err := protocol.DecodeReply(line)
	switch {
	case err != nil:
		return protocol.Reply{}, fmt.Errorf("the testee sent a line that is no reply (%w): %.200q", err, line)
	case reply.ID < c.last:
		return protocol.Reply{}, fmt.Errorf("the testee answered request %d again: %.200q", reply.ID, line)
	case reply.ID != c.last:
		return protocol.Reply{}, fmt.Errorf("the testee answered request %d, which is not the latest (%d): %.200q", reply.ID, c.last, line)
	}
	return reply, nil
}

func (c *conversation) record(direction byte, text []byte) {
	if c.transcript != nil {
		fmt.Fprintf(c.transcript, "%c %s\n", direction, trimNewline(text))
	}
}

func trimNewline(text []byte) []byte {
	if n := len(text); n > 0 && text[n-1] == '\n' {
		return text[:n-1]
	}
	return text
}
