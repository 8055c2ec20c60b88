// Package remote drives a testee: a program in any language that speaks the protocol of PROTOCOL.md on its standard input and
// output, or on a socket. One testee serves a whole run; each spec gets a fresh subject of it.
//
// Whatever a testee does, a run goes on and ends: a testee that hangs, dies, floods or lies makes an UnavailableError with
// the cause and its last words, and no spec after that has a result.
//
// What may not enter: specs, and anything of one implementation.
package remote
