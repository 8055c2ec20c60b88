// Package service holds the contract of a service, what calls one, and what
// makes one of functions or of other services.
//
// A service answers three questions for the caller that the context names:
// Ready, may I send a request? Call, what is the response? Shutdown, let go of
// what you hold (ntex-service Service, tower Service). A [Pipeline] is how a
// service is called; it makes the caller, readies, calls and gives back what
// was not spent. A [Binding] does the same for those who separate readiness
// from the call.
//
// Here too live the services that are made of a function ([NewFunc],
// [NewShutdownHook]), the combinators of ntex-service ([NewMap], [NewMapErr],
// [NewApply], [NewAndThen], [NewThen], [NewBox], and [Chain], which writes them
// one after another), and the same for a [Factory].
//
// A type with hidden fields is made by its constructor, and a zero value of it
// cannot be used; only a zero [Chain] can, and is refused as one that was
// started with nil.
//
// What limits, queues, times or repeats calls is a layer, and lives in package
// layer. Of layers this package knows only the interface, [Middleware], which
// factories need.
package service
