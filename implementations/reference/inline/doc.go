// Package inline puts the reference's hosts under check once more, with
// instances that callers run on their own goroutines (proxy.Instance, Inline):
// what a host promises does not depend on who runs its guests.
package inline
