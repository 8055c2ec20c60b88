package proxy

import (
	"context"

	"github.com/tetratelabs/wazero/api"
)

// hostModule is the name under which guests import the functions of the ABI.
const hostModule = "plumbline"

const (
	i32 = api.ValueTypeI32
	i64 = api.ValueTypeI64
)

// function is one import of guests. What it does is in the files abi_request.go
// and abi_response.go.
type function struct {
	name    string
	params  []api.ValueType
	results []api.ValueType
	do      func(c call, arguments []uint64) uint32
}

// functions is the table of imports, in the order of guests/ABI.md.
var functions = []*function{
	{"request_method", i32s(3), i32s(1), requestMethod},
	{"request_target", i32s(3), i32s(1), requestTarget},
	{"request_authority", i32s(3), i32s(1), requestAuthority},
	{"request_header", i32s(5), i32s(1), requestHeader},
	{"request_headers", i32s(3), i32s(1), requestHeaders},
	{"request_read", i32s(3), i32s(1), requestRead},
	{"response_header", i32s(5), i32s(1), responseHeader},
	{"task_return", i32s(4), nil, taskReturn},
	{"task_return_head", i32s(2), nil, taskReturnHead},
	{"task_return_error", i32s(5), nil, taskReturnError},
	{"response_write", i32s(3), i32s(1), responseWrite},
	{"response_end", i32s(1), nil, responseEnd},
	{"response_fail", i32s(3), nil, responseFail},
	{"timer_start", []api.ValueType{i32, i64}, i32s(1), timerStart},
	{"backpressure_inc", nil, nil, backpressureInc},
	{"backpressure_dec", nil, nil, backpressureDec},
}

func findFunction(name string) *function {
	for _, f := range functions {
		if f.name == name {
			return f
		}
	}
	return nil
}

// What functions return in place of a number of bytes.
const (
	resultAbsent  = -1 & 0xffffffff // there is no such header
	resultBlocked = -1 & 0xffffffff // an event will tell when to try again
	resultFailed  = -2 & 0xffffffff // there is no more to come, or nobody reads
	resultRefused = -1 & 0xffffffff // the host does not take that header
)

// call is one call of a function by a guest. Functions that are about a task
// have its number as their first argument.
type call struct {
	name string
	loop *loop
	task *Task
}

func (f *function) call() api.GoFunc {
	aboutTask := len(f.params) > 0
	return func(ctx context.Context, stack []uint64) {
		t, is := TaskOf(ctx)
		if !is {
			panic(&ViolationError{f.name, "no task runs: a start function must not call it"})
		}
		if t.loop.stopped.Load() {
			panic(errStopped)
		}
		c := call{f.name, t.loop, t}
		if aboutTask && uint32(stack[0]) != t.id {
			c.violate("task %d runs, and it was called for task %d", t.id, uint32(stack[0]))
		}
		result := f.do(c, stack)
		if f.results != nil {
			stack[0] = uint64(result)
		}
	}
}

// violate ends the instance, as a trap would.
func (c call) violate(format string, arguments ...any) {
	panic(violation(c.name, format, arguments...))
}

// bytes is a part of the guest's memory. It is only good until the guest runs
// again.
func (c call) bytes(pointer, length uint64) []byte {
	data, is := c.loop.guest.memory.Read(uint32(pointer), uint32(length))
	if !is {
		c.violate("%d bytes at %d are outside of its memory", uint32(length), uint32(pointer))
	}
	return data
}

// put writes text into the guest's memory if there is room for all of it, and
// returns its length, which tells the guest how much room it needs.
func (c call) put(text string, pointer, room uint64) uint32 {
	space := c.bytes(pointer, room)
	if len(text) <= len(space) {
		copy(space, text)
	}
	return uint32(len(text))
}

// await waits inside a function of the host, for guests that are synchronous.
func (c call) await(ready <-chan struct{}) {
	select {
	case <-ready:
	case <-c.loop.stop:
		panic(errStopped)
	}
}
