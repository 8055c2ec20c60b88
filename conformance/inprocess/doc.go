// Package inprocess checks a Go implementation in the same process: it drives an Adapter inside a testing/synctest
// bubble, so that time is virtual and "nothing more can happen" is a fact, not a guess.
//
// An implementer writes one Adapter: Compose translates layers given as data into the implementation's own,
// Apply puts them around the leaf, and a Caller makes calls. Whatever else an implementation offers (separate
// readiness, poll, shutdown, factories) is an optional interface.
//
// An implementation must keep to goroutines that it started inside the call it was given: the bubble sees no others.
// A panic on a goroutine that the implementation started itself ends the process, as it does in every Go program; check
// such an implementation out of process.
//
// What may not enter: specs, and anything of one implementation.
package inprocess
