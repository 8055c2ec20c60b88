// Package context holds what travels with a request: Go's own context for
// cancellation, a typed state, extensions keyed by type, a guard for graceful
// shutdown, and the caller on whose behalf services reserve capacity.
//
// A [Context] is passed by value, so that what a service inserts reaches the
// services inside it and never the one that called it (rama Context). State is
// for what is always there; what may be absent is an extension, and whoever asks
// for one has an answer for its absence.
//
// Where a method would need a type parameter of its own there is a function:
// [Get], [Insert], [MapState].
//
// Readiness belongs to a [Caller]. A service that answers Ready with success
// may set capacity aside for the caller that the context names (tower
// Service::poll_ready); Call spends it; what is not spent is given back when
// the caller is finished. That is why a service value has no per-caller
// state, and may be shared by goroutines.
//
// The package knows no service and no layer.
package context
