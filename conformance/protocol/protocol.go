// Package protocol is what the runner and a testee say to each other: one JSON object a line. PROTOCOL.md describes it for
// implementers, protocol.schema.json states it for programs, and the types here are its Go form.
//
// What may not enter: how a testee is started, and how a command is carried out.
package protocol

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Version is the version of the protocol. A testee that speaks another one cannot be checked.
const Version = 1

// MaxLine is how long a line may be, in bytes. The longest that the suite itself sends is about 1 KiB; a reply carries a
// few events of about 100 bytes each.
const MaxLine = 1 << 20

// Schema is the JSON Schema of every message. Its definitions "request" and "reply" are the two directions.
//
//go:embed protocol.schema.json
var Schema string

// The verbs beyond those of a script.
const (
	Hello script.Verb = "hello" // the first request of a run
	Begin script.Verb = "begin" // a fresh subject
	End   script.Verb = "end"   // that subject is over
)

// Request is what the runner sends.
type Request struct {
	ID       int     `json:"id"`                 // counts requests, from 1
	Protocol int     `json:"protocol,omitempty"` // Hello: the runner's Version
	Scale    float64 `json:"scale,omitempty"`    // Hello: real milliseconds for a virtual one, for a testee with a real clock
	script.Command
}

// Reply answers the request of the same ID.
type Reply struct {
	ID     int              `json:"id"`
	Hello  *Greeting        `json:"hello,omitempty"`  // to Hello
	Events []script.Event   `json:"events,omitempty"` // what the command caused, up to quiescence
	At     *script.Duration `json:"at,omitempty"`     // to commands, with a real clock: the subject's time when the reply was written
	Error  string           `json:"error,omitempty"`  // the command could not be carried out: this spec fails, the run goes on
}

// Clock is what moves a testee's time.
type Clock string

// The clocks.
const (
	Virtual Clock = "virtual" // the testee's own; it moves on advance and never otherwise
	Real    Clock = "real"    // the machine's; durations are multiplied by the scale
)

// Greeting is a testee's answer to Hello: what it speaks, and what it declares.
type Greeting struct {
	Protocol       int      `json:"protocol"`
	Implementation string   `json:"implementation"`
	Version        string   `json:"version"`
	Clock          Clock    `json:"clock"`
	Features       []string `json:"features"`
}

// DecodeReply reads one line of a testee, strictly.
func DecodeReply(line []byte) (Reply, error) {
	var reply Reply
	return reply, decode(line, &reply)
}

// DecodeRequest reads one line of the runner, strictly.
func DecodeRequest(line []byte) (Request, error) {
	var request Request
	return request, decode(line, &request)
}

func decode(line []byte, into any) error {
	if !utf8.Valid(line) {
		return errors.New("the line is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(line[decoder.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("after the object the line goes on: %.40q", rest)
	}
	return nil
}
