// Package trace is what a failure becomes when it leaves the machine on which it was found: a script of commands, with the
// events that were expected and those that were observed, as JSON that people can read. A trace is replayed against any
// subject, in any language, and says whether the events are as expected now.
//
// trace.schema.json states the format for programs. The commands and events are those of the testee protocol.
//
// # What is compared
//
// Two conforming implementations may answer one script differently, so events are compared by what a requirement can ask for:
//
//   - the events of one command are compared together, each with its instant to the granule of a millisecond; the order of those of
//     one instant does not matter;
//   - in a trace for the machine's clock (clock) instants do not matter, as no two are the same there, but in the outcome of which command
//     an event comes;
//   - an exchange is known by its leaf, its request, and how many exchanges with that request came before it, not by its number:
//     calls that are let go at one instant may reach their leaf in any order;
//   - when and how often somebody is asked does not matter, and so asked, asked-abandoned, accept-asked and status are left out; a
//     trace that is about one of them says so (compares), and then it matters whether there was one in a step, not how many;
//   - functions that are applied when an operation is given up do not matter: where a call is dropped, it has no outcome;
//   - the context that a leaf sees in a call does not matter where the call was made without one: some make one for each call;
//   - the cause of an error that a layer makes of its own (overloaded, elapsed, closed, not-ready) does not matter;
//   - texts that are for people (of errors, panics and refusals) do not matter.
//
// What may not enter: anything of one implementation, and a second idea of what an event is.
package trace
