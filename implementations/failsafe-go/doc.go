// Package failsafego puts failsafe-go under check: the adapter that translates scripts into its policies, and its statement.
//
// What may not enter: behaviour. What a trace shows is the library's own.
package failsafego
