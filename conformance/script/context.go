package script

import (
	"fmt"
	"slices"
	"strings"
)

// Op names what a ContextStep does to a context. Each step is answered with one ContextAnswer.
type Op string

// The steps on a context. Where an answer is not described, it has no value.
const (
	NewContext     Op = "new"              // makes the context, with the state Value, or with its default where Value is left out; Graceful gives it a guard
	CloneContext   Op = "clone"            // makes the context as a clone of Other
	Look           Op = "look"             // answers with everything that can be seen in it
	ReadState      Op = "state"            // answers with the state's text
	WriteState     Op = "write-state"      // writes Value to the state's text
	WriteShared    Op = "write-shared"     // writes Value to what the state's handle refers to
	MapState       Op = "map-state"        // maps the state by Function; the context is consumed, and its number goes on to mean the outcome
	SwapState      Op = "swap-state"       // puts the state Value in place; answers with the text of the old state
	CloneWithState Op = "clone-with-state" // makes the context as a clone of Other with the state Value
	CloneMapState  Op = "clone-map-state"  // makes the context as a clone of Other with its state mapped by Function
	Parts          Op = "parts"            // takes the context apart and puts it together again
	Insert         Op = "insert"           // inserts Value; answers with the value that it replaces
	MaybeInsert    Op = "maybe-insert"     // inserts Value or, where Value is left out, the absent value; answers like Insert
	Get            Op = "get"              // answers with the value of Type
	Update         Op = "update"           // writes Value through a handle on the value of Type; answers with Value, or with nothing where there is none
	GetOrInsert    Op = "get-or-insert"    // answers with the value of Type, made as Make says where there is none; then Write is written through the handle
	Remove         Op = "remove"           // answers with the value that it removes
	Extend         Op = "extend"           // moves the extensions of Other into the context; Other shows none from then on
	Clear          Op = "clear"            // removes all extensions
	Count          Op = "count"            // adds one to what a handle refers to, that of Type or, without Type, the state's; answers with the new number
	Spawn          Op = "spawn"            // only of a leaf: hands work to the executor of the context, which is a call of the leaf Value with the request "spawned"
	Match          Op = "match"            // runs Matcher on the context; answers with true or false
)

// ContextStep is one step on a context. Which fields count depends on Op.
type ContextStep struct {
	Op       Op       `json:"op"`
	Other    int      `json:"other,omitempty"`
	Type     string   `json:"type,omitempty"`     // a type of the vocabulary
	Value    *string  `json:"value,omitempty"`    // the text form of a value, or the text of a state
	Function string   `json:"function,omitempty"` // append:X or panic, for states
	Make     string   `json:"make,omitempty"`     // GetOrInsert: a form of making
	Write    *string  `json:"write,omitempty"`    // GetOrInsert
	Graceful bool     `json:"graceful,omitempty"` // NewContext
	Matcher  *Matcher `json:"matcher,omitempty"`  // Match
}

// The types of extensions. A type stands for whatever type of the implementation's language corresponds to it; they are
// different types, also where their values look alike.
const (
	Number       = "number"        // an integer, in decimal
	Text         = "text"          // a text
	Name         = "name"          // a type of its own made of a text
	Flag         = "flag"          // true or false
	Marker       = "marker"        // a type with a single value, written "marker"
	OptionalText = "optional-text" // "some:TEXT" or "none"
	Counter      = "counter"       // a handle on an integer that all copies of the handle share; in decimal
	HiddenText   = "hidden-text"   // a text behind an interface: the static type is the interface. "nil" is the interface with nothing in it
)

// Types lists the types of extensions.
func Types() []string {
	return []string{Number, Text, Name, Flag, Marker, OptionalText, Counter, HiddenText}
}

// The forms of making a value, for GetOrInsert. All but the first and MakeDefault are functions; each run of one is reported as Applied.
const (
	MakeValue    = "value:"  // value:X: the value X itself
	MakeFunction = "make:"   // make:X: a function that returns X
	MakeContext  = "from:"   // from:TYPE: a function of the context that returns the state's text, ">", and the text form of the value of TYPE
	MakeDefault  = "default" // the type's default
	MakeTry      = "try:"    // try:X: a function that may fail, and returns X
	MakeFail     = "fail:"   // fail:KIND: a function that may fail, and does, with an error of that kind
	MakePanic    = "panic"   // a function that panics
)

// Matcher is a matcher as data. A leaf inserts its extension and then says whether it matches.
type Matcher struct {
	Matcher string    `json:"matcher"`         // "match", "miss", "and", "or", "not" or "none": an option without a matcher
	Type    string    `json:"type,omitempty"`  // match, miss: what is inserted; left out: nothing
	Value   string    `json:"value,omitempty"` // match, miss
	Of      []Matcher `json:"of,omitempty"`    // and, or: any number; not: one
}

// Seen is everything that can be seen in a context.
type Seen struct {
	State      string            `json:"state"`                // the state's text
	Shared     string            `json:"shared"`               // what the state's handle refers to
	Guarded    bool              `json:"guarded,omitempty"`    // there is a guard
	Extensions map[string]string `json:"extensions,omitempty"` // by type
}

// String lists what is seen.
func (s *Seen) String() string {
	parts := []string{fmt.Sprintf("state %q shared %q", s.State, s.Shared)}
	if s.Guarded {
		parts = append(parts, "guarded")
	}
	var types []string
	for name := range s.Extensions {
		types = append(types, name)
	}
	slices.Sort(types)
	for _, name := range types {
		parts = append(parts, fmt.Sprintf("%s=%q", name, s.Extensions[name]))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// String is the step in words.
func (s *ContextStep) String() string {
	if s == nil {
		return "nothing"
	}
	parts := []string{string(s.Op)}
	if s.Other != 0 {
		parts = append(parts, fmt.Sprintf("context %d", s.Other))
	}
	for _, text := range []string{s.Type, s.Function, s.Make} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if s.Value != nil {
		parts = append(parts, fmt.Sprintf("%q", *s.Value))
	}
	if s.Write != nil {
		parts = append(parts, fmt.Sprintf("and write %q", *s.Write))
	}
	if s.Graceful {
		parts = append(parts, "graceful")
	}
	if s.Matcher != nil {
		parts = append(parts, s.Matcher.String())
	}
	return strings.Join(parts, " ")
}

// String is the matcher as an expression.
func (m Matcher) String() string {
	switch {
	case m.Type != "":
		return fmt.Sprintf("%s(%s %q)", m.Matcher, m.Type, m.Value)
	case len(m.Of) > 0:
		return fmt.Sprintf("%s%v", m.Matcher, m.Of)
	default:
		return m.Matcher
	}
}
