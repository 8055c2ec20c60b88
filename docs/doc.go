// Package docs is the documentation beside the specification, and the tests that run it: every command of a page is run as it
// stands. What may not enter: requirements, which are in CONFORMANCE.md, and anything that is true of one implementation only.
package docs
