// Package conformance is the suite: the specs of every requirement in CONFORMANCE.md, and Run, which checks an
// implementation against them.
//
// Each file service_*.go, layer_*.go, context_*.go and proxy_*.go holds the specs of a section or a few of the specification and nothing else. What the
// specs stand on lives in the packages below: script (commands and events), subject (what is driven), inprocess (how a Go
// value is driven), vocabulary (the words specs are written in), trace (what a failure becomes when it travels), requirement,
// statement and report.
//
// What may not enter: anything that favours one implementation, a sleep, a goroutine, a clock.
package conformance
