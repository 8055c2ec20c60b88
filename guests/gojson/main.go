//go:build wasip1

// Gojson is a guest as a user would write it, in Go: it answers with JSON that
// tells what it was sent. Build it with GOOS=wasip1 GOARCH=wasm and
// -buildmode=c-shared.
//
// It has no callback, so it is synchronous: reading the body waits inside the
// host, and the instance takes its next request when this one is answered.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unsafe"
)

func main() {} // never called: the host calls _initialize and then handle

// answer is the response's body.
type answer struct {
	Method  string              `json:"method"`
	Path    string              `json:"path"`
	Headers map[string][]string `json:"headers"`
	Body    string              `json:"body"`
	// Served is how many requests this instance has answered with this one.
	Served int `json:"served"`
}

var served int

//go:wasmexport handle
func handle(task uint32) uint32 {
	body, err := io.ReadAll(body(task))
	if err != nil {
		fail(task, "HTTP-request-body-failed", err.Error())
		return 0
	}
	served++
	text, err := json.Marshal(answer{
		Method:  text(task, requestMethod),
		Path:    text(task, requestTarget),
		Headers: headers(task),
		Body:    string(body),
		Served:  served,
	})
	if err != nil {
		fail(task, "internal-error", err.Error())
		return 0
	}
	setHeader(task, "Content-Type", "application/json")
	taskReturn(task, 200, pointer(text), uint32(len(text)))
	return 0
}

// text reads what f gives, with a second call where the first had not enough room.
func text(task uint32, f func(task uint32, to unsafe.Pointer, room uint32) uint32) string {
	data := make([]byte, 256)
	for {
		n := f(task, pointer(data), uint32(len(data)))
		if n <= uint32(len(data)) {
			return string(data[:n])
		}
		data = make([]byte, n)
	}
}

// headers are names and values, with a NUL after each.
func headers(task uint32) map[string][]string {
	all := map[string][]string{}
	fields := bytes.Split([]byte(text(task, requestHeaders)), []byte{0})
	for i := 0; i+1 < len(fields); i += 2 {
		name := string(fields[i])
		all[name] = append(all[name], string(fields[i+1]))
	}
	return all
}

func setHeader(task uint32, name, value string) {
	responseHeader(task, pointer([]byte(name)), uint32(len(name)), pointer([]byte(value)), uint32(len(value)))
}

func fail(task uint32, code, message string) {
	taskReturnError(task, pointer([]byte(code)), uint32(len(code)), pointer([]byte(message)), uint32(len(message)))
}

// body is the request's, as a reader.
type body uint32

var errBody = errors.New("the request's body failed")

func (b body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	switch n := requestRead(uint32(b), pointer(p), uint32(len(p))); {
	case n > 0:
		return int(n), nil
	case n == 0:
		return 0, io.EOF
	}
	return 0, errBody
}

func pointer(data []byte) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(data)) }
