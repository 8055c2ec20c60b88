package proxy_test

import (
	"encoding/binary"
	"slices"
	"strings"
)

// invoke is one call of a function of the ABI by a guest, with constants. Those
// of the type i64 are a timer's nanoseconds.
type invoke struct {
	function  string
	results   int
	arguments []int64
}

// asking calls a function that has a result.
func asking(function string, arguments ...int64) invoke { return invoke{function, 1, arguments} }

// telling calls a function that has none.
func telling(function string, arguments ...int64) invoke { return invoke{function, 0, arguments} }

// script is a guest that makes the same calls for each of its tasks, whose
// number it does not look at: the first task of an instance has the number 1.
type script struct {
	calls    []invoke
	status   int64 // that handle returns
	callback bool  // it has one, which returns EXIT
	start    bool  // the calls are made by its start function
}

// assemble is the module in binary form (WebAssembly core specification,
// section 5.5): it imports one function for each call, and has three of its own:
// one that makes the calls, handle, and callback.
func (s script) assemble() []byte {
	const i32, i64 = "\x7f", "\x7e"
	types := []string{
		function("", ""),           // that makes the calls
		function(i32, i32),         // handle
		function(i32+i32+i32, i32)} // callback
	var imports, made []string
	for i, c := range s.calls {
		params, code := "", ""
		for at, argument := range c.arguments {
			if c.function == "timer_start" && at == 1 {
				params, code = params+i64, code+"\x42"+leb(argument)
				continue
			}
			params, code = params+i32, code+"\x41"+leb(argument)
		}
		code += "\x10" + number(i)
		if c.results > 0 {
			code += "\x1a" // drop
		}
		imports = append(imports, name("plumbline")+name(c.function)+"\x00"+number(len(types)))
		types = append(types, function(params, strings.Repeat(i32, c.results)))
		made = append(made, code)
	}
	first := len(s.calls)
	handle, start := "", section(8, number(first))
	if !s.start {
		handle, start = "\x10"+number(first), ""
	}
	exports := []string{name("memory") + "\x02\x00", name("handle") + "\x00" + number(first+1)}
	if s.callback {
		exports = append(exports, name("callback")+"\x00"+number(first+2))
	}
	return wasm(
		section(1, vector(types)), section(2, vector(imports)), section(3, vector([]string{"\x00", "\x01", "\x02"})),
		section(5, "\x01\x00\x01"), section(7, vector(exports)), start,
		section(10, vector([]string{
			body(strings.Join(made, "")), body(handle + "\x41" + leb(s.status)), body("\x41\x00"),
		})))
}

func function(params, results string) string {
	return "\x60" + number(len(params)) + params + number(len(results)) + results
}

func body(code string) string {
	code = "\x00" + code + "\x0b"
	return number(len(code)) + code
}

func section(id byte, content string) string {
	return string(id) + number(len(content)) + content
}

func vector(items []string) string { return number(len(items)) + strings.Join(items, "") }

func name(text string) string { return number(len(text)) + text }

func number(n int) string { return string(binary.AppendUvarint(nil, uint64(n))) }

// leb is a signed number in LEB128.
func leb(n int64) string {
	var text []byte
	for n < -64 || n > 63 {
		text = append(text, byte(n)|0x80)
		n >>= 7
	}
	return string(slices.Concat(text, []byte{byte(n) & 0x7f}))
}
