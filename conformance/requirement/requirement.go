// Package requirement reads the requirements out of CONFORMANCE.md: the only list of them that there is.
//
// What may not enter: anything about specs or implementations.
package requirement

import (
	"sync"

	"github.com/plumbline-spec/plumbline"
)

// Level is how strongly a requirement binds (RFC 2119).
type Level string

// The levels.
const (
	Must      Level = "MUST"
	MustNot   Level = "MUST NOT"
	Should    Level = "SHOULD"
	ShouldNot Level = "SHOULD NOT"
	May       Level = "MAY"
)

// Binding folds a level with its negation: MUST, SHOULD or MAY.
func (l Level) Binding() Level {
	switch l {
	case MustNot:
		return Must
	case ShouldNot:
		return Should
	default:
		return l
	}
}

// Requirement is one sentence of the specification.
type Requirement struct {
	ID       string   // <topic>.<slug>, stable
	Chapter  string   // the title of its chapter
	Section  string   // the title of its section
	Level    Level    // read from the sentence
	Sentence string   // the requirement itself
	Features []string // what an implementation must declare for it to apply; empty: it always applies
	Sources  []string // where it comes from
	Intent   string   // why, where the sentence does not explain itself
	Decision string   // what was decided where sources conflict
	Line     int      // in CONFORMANCE.md
}

// Feature is something that an implementation may declare to have.
type Feature struct {
	Name  string
	Means string
}

// Specification is the whole of CONFORMANCE.md, parsed.
type Specification struct {
	Version      string
	Features     []Feature
	Chapters     []string // in order
	Requirements []Requirement

	byID map[string]int
}

// Lookup returns the requirement of that ID.
func (s *Specification) Lookup(id string) (Requirement, bool) {
	index, found := s.byID[id]
	if !found {
		return Requirement{}, false
	}
	return s.Requirements[index], true
}

// HasFeature tells whether the specification names that feature.
func (s *Specification) HasFeature(name string) bool {
	for _, feature := range s.Features {
		if feature.Name == name {
			return true
		}
	}
	return false
}

// Current returns the specification that this program was built with. It panics if CONFORMANCE.md is malformed, which
// the tests of this package exclude.
var Current = sync.OnceValue(func() *Specification {
	specification, err := Parse(plumbline.Specification)
	if err != nil {
		panic(err)
	}
	return specification
})
