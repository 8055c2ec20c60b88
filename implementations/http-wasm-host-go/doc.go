// Package httpwasm puts http-wasm-host-go under check: the adapter that hands its handler of net/http the requests of scripts,
// and its statement.
//
// What may not enter: behaviour. What a trace shows is the library's own.
package httpwasm
