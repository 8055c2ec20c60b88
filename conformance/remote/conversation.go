package remote

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
)

// conversation is requests and replies in turn. It is used by one goroutine.
type conversation struct {
	input      io.Writer
	lines      <-chan line
	over       chan struct{} // closed when nobody reads any more
	deadline   time.Duration // for each reply, on the real clock; 0 waits for ever
	transcript io.Writer     // gets every line both ways; may be nil
	last       int           // the ID of the latest request
}

// line is one line of the testee, or the reason why there are no more.
type line struct {
	text []byte
	err  error
}

func converse(input io.Writer, output io.Reader, deadline time.Duration, transcript io.Writer) *conversation {
	// One line may wait, so that an answer that nobody asked for is seen when the next is asked for.
	lines, over := make(chan line, 1), make(chan struct{})
	go func() {
		reader := bufio.NewReaderSize(output, protocol.MaxLine)
		for {
			text, err := reader.ReadSlice('\n')
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				err = fmt.Errorf("the testee sent a line of more than %d bytes", protocol.MaxLine)
			case errors.Is(err, io.EOF) && len(text) > 0:
				err = fmt.Errorf("the testee's output ended in the middle of a line: %.80q", text)
			}
			select {
			case lines <- line{append([]byte(nil), text...), err}:
			case <-over:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return &conversation{input: input, lines: lines, over: over, deadline: deadline, transcript: transcript}
}

// ask sends a request and returns its reply, which may take the deadline beyond what the request takes by itself.
func (c *conversation) ask(request protocol.Request, takes time.Duration) (protocol.Reply, error) {
	c.last++
	request.ID = c.last
	text, err := json.Marshal(request)
	if err != nil {
		return protocol.Reply{}, err
	}
	// A testee that does not read must not hold the runner up, so writing counts against the deadline.
	written := make(chan error, 1)
	go func() {
		_, err := c.input.Write(append(text, '\n'))
		written <- err
	}()
	c.record('>', text)
	var overdue <-chan time.Time
	if c.deadline > 0 {
		timer := time.NewTimer(c.deadline + takes)
		defer timer.Stop()
		overdue = timer.C
	}
	select {
	case l := <-c.lines:
		return c.read(l)
	case <-overdue:
		return protocol.Reply{}, fmt.Errorf("the testee did not answer %q within %v", request.Command, c.deadline+takes)
	case err := <-written:
		if err != nil {
			// How its output ends tells more than the failed write.
			select {
			case l := <-c.lines:
				if l.err != nil {
					return protocol.Reply{}, l.err
				}
			case <-overdue:
			}
			return protocol.Reply{}, fmt.Errorf("the testee does not read: %w", err)
		}
	}
	select {
	case l := <-c.lines:
		return c.read(l)
	case <-overdue:
		return protocol.Reply{}, fmt.Errorf("the testee did not answer %q within %v", request.Command, c.deadline+takes)
	}
}

func (c *conversation) read(l line) (protocol.Reply, error) {
	if l.err != nil {
		return protocol.Reply{}, l.err
	}
	c.record('<', l.text)
	reply, err := protocol.DecodeReply(l.text)
	switch {
	case err != nil:
		return protocol.Reply{}, fmt.Errorf("the testee sent a line that is no reply (%w): %.200q", err, l.text)
	case reply.ID < c.last:
		return protocol.Reply{}, fmt.Errorf("the testee answered request %d again: %.200q", reply.ID, l.text)
	case reply.ID != c.last:
		return protocol.Reply{}, fmt.Errorf("the testee answered request %d, which is not the latest (%d): %.200q", reply.ID, c.last, l.text)
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
