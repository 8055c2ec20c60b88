// Package context holds what travels with a request: Go's own context for
// cancellation, a typed state, extensions keyed by type, and the caller on
// whose behalf services reserve capacity.
//
// A [Context] is passed by value, so that what a service inserts reaches the
// services inside it and never the one that called it (rama Context).
//
// Readiness belongs to a [Caller]. A service that answers Ready with success
// may set capacity aside for the caller that the context names (tower
// Service::poll_ready); Call spends it; what is not spent is given back when
// the caller is finished. That is why a service value has no per-caller
// state, and may be shared by goroutines.
//
// The package knows no service and no layer.
package context
