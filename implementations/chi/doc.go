// Package chi puts the middlewares Throttle and Timeout of go-chi under check: the adapter that translates scripts into
// handlers of net/http, and its statement.
//
// What may not enter: behaviour. What a trace shows is the library's own.
package chi
