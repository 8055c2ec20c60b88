// Package script is the language in which a spec drives an implementation: commands that go in, events that
// come out, and the stacks of layers that are opened. Everything here is plain data with one JSON form, the same
// for an implementation in this process and for one behind a pipe.
//
// What may not enter: anything that executes a command, and anything of one implementation.
package script
