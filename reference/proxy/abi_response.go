package proxy

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"time"
)

func responseHeader(c call, a []uint64) uint32 {
	name, value := c.bytes(a[1], a[2]), c.bytes(a[3], a[4])
	// From its answer on, the head is the caller's, who may be reading it.
	if c.task.claimed || !validName(name) || !validValue(value) {
		return resultRefused
	}
	c.task.head += len(name) + len(value)
	if c.task.head > headLimit {
		c.violate("the headers of the response have more than %d bytes", headLimit)
	}
	if c.task.reply.Header == nil {
		c.task.reply.Header = http.Header{}
	}
	c.task.reply.Header.Add(string(name), string(value))
	return 0
}

// taskReturn answers with a whole response.
func taskReturn(c call, a []uint64) uint32 {
	c.claim()
	data := c.bytes(a[2], a[3])
	r := c.reply(a[1])
	if len(data) > 0 {
		r.Body = &whole{*bytes.NewReader(bytes.Clone(data))}
	}
	r.ContentLength = int64(len(data))
	c.answer(nil)
	return 0
}

// whole is a body that was there from the start.
type whole struct{ bytes.Reader }

func (*whole) Close() error { return nil }

// taskReturnHead answers with a head, whose body is streamed.
func taskReturnHead(c call, a []uint64) uint32 {
	c.claim()
	r := c.reply(a[1])
	out := newOutput(c.task)
	r.Body, r.ContentLength = out, -1
	c.loop.mu.Lock()
	stopped := c.loop.stopped.Load()
	c.task.output = out
	c.loop.mu.Unlock()
	if stopped {
		panic(errStopped)
	}
	c.answer(nil)
	return 0
}

func taskReturnError(c call, a []uint64) uint32 {
	c.claim()
	c.answer(&ErrorCode{Code: string(c.bytes(a[1], a[2])), Message: string(c.bytes(a[3], a[4]))})
	return 0
}

// reply is the task's, without its body. A final status has three digits and does
// not begin with 1 (RFC 9110, section 15).
func (c call) reply(status uint64) *http.Response {
	code := int(uint32(status))
	if code < 200 || code > 999 {
		c.violate("%d is no status of a response", code)
	}
	r := &c.task.reply
	r.StatusCode, r.Body, r.Request = code, http.NoBody, c.task.request
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	if r.Header == nil {
		r.Header = http.Header{}
	}
	return r
}

// claim makes this the task's answer. A second one is a breach.
func (c call) claim() {
	if c.task.claimed {
		c.violate("task %d has answered before", c.task.id)
	}
	c.task.claimed = true
}

// answer ends the request. An answer that comes too late, because the request
// has expired, is let go.
func (c call) answer(err error) {
	if !c.loop.answer(c.task, err) && c.task.output != nil {
		c.task.output.discard()
	}
}

func responseWrite(c call, a []uint64) uint32 {
	data := c.bytes(a[1], a[2])
	out := c.output()
	for {
		result := out.write(data)
		if result != resultBlocked || !c.loop.synchronous {
			return result
		}
		c.await(out.room)
	}
}

func responseEnd(c call, _ []uint64) uint32 {
	c.output().end(io.EOF)
	return 0
}

func responseFail(c call, a []uint64) uint32 {
	message := string(c.bytes(a[1], a[2]))
	if message == "" {
		message = "it gives no reason"
	}
	c.output().end(&BodyError{Message: message})
	return 0
}

// output is the body that the task has open.
func (c call) output() *output {
	out := c.task.output
	if out == nil {
		c.violate("task %d has no body open", c.task.id)
	}
	return out
}

func timerStart(c call, a []uint64) uint32 {
	if c.loop.synchronous {
		c.violate("a guest without a callback cannot be told that the time has come")
	}
	number, is := c.task.startTimer(time.Duration(min(a[1], math.MaxInt64)))
	if !is {
		c.violate("task %d has %d timers", c.task.id, timerLimit)
	}
	return number
}

func backpressureInc(c call, _ []uint64) uint32 {
	c.loop.mu.Lock()
	defer c.loop.mu.Unlock()
	c.loop.pressure++
	return 0
}

func backpressureDec(c call, _ []uint64) uint32 {
	c.loop.mu.Lock()
	defer c.loop.mu.Unlock()
	if c.loop.pressure == 0 {
		c.violate("it was called more often than backpressure_inc")
	}
	c.loop.pressure--
	return 0
}
