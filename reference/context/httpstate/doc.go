// Package httpstate gives each connection of a net/http server a context, and
// each request a copy of its connection's: what one request inserts is seen by
// no other, over keep-alive and for concurrent streams of HTTP/2 alike (rama
// state wraps).
//
// The state wraps go from the listener to the connection to the request. The
// listener's context is what [Attach] is given; the connection's is made of a
// copy of it, once, when the connection is accepted; the request's is a copy of
// the connection's. A handle in the state, such as a counter, is shared by all
// copies that it is in.
//
// The package knows net/http and contexts, and no service.
package httpstate
