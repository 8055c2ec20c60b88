// Package server puts a handler of guests behind HTTP, with the limits that
// `wasmtime serve` has: [New] makes an http.Handler of an embedder's state, and
// [Server.Serve] has it serve a listener until it is told to stop.
//
// What may not enter: anything about instances and tasks, which is package
// proxy's.
package server
