// Package parallel runs the reference with real goroutines on the real clock, under the race detector: what virtual time and one
// command after the other cannot show. Its tests hold the same invariants as the properties, and check recorded histories of the
// limits, and of what the workers of a host take, for linearizability with porcupine.
//
// What may not enter: anything that asks how long something takes.
package parallel
