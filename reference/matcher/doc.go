// Package matcher says whether a request in its context is one that somebody is
// looking for, and keeps what was found on the way, its metadata, among the
// extensions (rama Matcher).
//
// A [Matcher] is given the context by value and returns it, with its metadata
// inserted. So every matcher works on a copy, and whoever asked decides whether
// to go on with it: [And] drops what was found if one of its matchers does not
// match, [Or] what an alternative found that does not, [Not] whatever was found
// inside. [Match] asks a matcher about a context that is to keep the metadata.
//
// An absent matcher is nil. It matches nothing.
//
// The package knows contexts and no service. What is done with a request that
// matches is the business of whoever asked.
package matcher
