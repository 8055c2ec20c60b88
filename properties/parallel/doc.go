// Package parallel runs the reference with real goroutines on the real clock, under the race detector: what virtual time and one
// command after the other cannot show. Its tests hold the same invariants as the properties, and check recorded histories for
// linearizability with porcupine: of the limits, with callers that give up, and of what a host does with requests and workers.
//
// What may not enter: anything that asks how long something takes.
package parallel
