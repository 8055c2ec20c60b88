// Package plumbline carries the text of the specification, so that every program of this module reads
// the same requirements wherever it runs. The requirements themselves are parsed by conformance/requirement.
package plumbline

import _ "embed"

// Specification is CONFORMANCE.md as it was when this program was built.
//
//go:embed CONFORMANCE.md
var Specification string
