// Package proxy serves requests by wasm guests: it starts workers, each of which
// owns one instance of a guest, hands them requests, uses an instance again for
// as long as the embedder's policy allows, and tells every way of failing apart
// (wasmtime-wasi-http, module handler).
//
// A guest is a core wasm module with the ABI of guests/ABI.md. [Compile] checks
// one, [Module.Instantiate] makes an instance of it, and an embedder's
// [HandlerState] says when and how. [New] makes a handler of that state;
// [ProxyHandler.Handle] serves one request. Requests and responses are those of
// net/http, and their bodies are streamed.
//
// The handler limits nothing: every request is accepted at once, and starts a
// worker if no other is available. Put a limit around it ([NewService] makes it
// a service that layers can wrap).
//
// An idle worker keeps its instance and its goroutine. Where the guest's memory is
// one page of 64 KiB that was measured at 100 kB in all (make bench).
package proxy
