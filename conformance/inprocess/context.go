package inprocess

import (
	"context"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// ContextAdapter is an Adapter whose calls carry a context (feature context). The callers of its services are
// ContextCallers, and its leaves are called by Leaf.CallIn.
type ContextAdapter interface {
	// NewContext returns a context with that state, or with the state's default, which has an empty text and a new
	// handle, where state is nil. It is graceful, and so has a guard, only if that is asked for (feature guard).
	NewContext(env *Environment, state *State, graceful bool) (Context, error)
	// Types lists the types of the vocabulary of which it can carry values.
	Types() []string
}

// ContextCaller is a Caller whose calls carry a context.
type ContextCaller interface {
	Caller
	// InvokeIn is Invoke with a context that the adapter has made. The call is given the context by value, as the
	// implementation does that: c stays the caller's own. It may be in use by several calls at once.
	InvokeIn(ctx context.Context, c Context, request string) (string, error)
}

// Context is one context of the implementation. It is changed by one goroutine at a time; clones may be used by others.
//
// Values of extensions are passed in their text forms. An adapter gives each type of the vocabulary a static type of its
// own language; Forms gives them in Go.
type Context interface {
	// Clone returns a clone, by the implementation's own means.
	Clone() Context
	// State returns a copy of the state.
	State() State
	// WriteState writes to the text of the state that this context holds, and leaves the state's handle as it is.
	WriteState(text string)

	// Insert inserts a value and returns the one that it replaces.
	Insert(typ, value string) (previous string, replaced bool)
	// MaybeInsert inserts the value, or the absent value where value is nil.
	MaybeInsert(typ string, value *string) (previous string, replaced bool)
	// Get returns the value of a type.
	Get(typ string) (value string, present bool)
	// Mutable returns a handle by which the value of a type is changed in this context, or false where there is none.
	Mutable(typ string) (Handle, bool)
	// Remove removes the value of a type and returns it.
	Remove(typ string) (value string, removed bool)
	// Clear removes all extensions.
	Clear()
}

// Handle refers to a value in a context. For the type counter, Write changes what the value refers to.
type Handle interface {
	Read() string
	Write(value string)
}

// Extender is a Context that takes the extensions of another (feature extensions-extend).
type Extender interface {
	// Extend moves the extensions of other, which is a context of the same adapter, into this one. What other shows from
	// then on is for the implementation to say: it shows none.
	Extend(other Context)
}

// GetterOrInserter is a Context that inserts what is missing (feature extensions-get-or-insert). A function is handed to
// the implementation as it is: it may panic.
type GetterOrInserter interface {
	GetOrInsert(typ, value string) Handle
	GetOrInsertWith(typ string, make func() string) Handle
	// GetOrInsertFrom gives the function a context in which it can read.
	GetOrInsertFrom(typ string, make func(Context) string) Handle
	GetOrInsertDefault(typ string) Handle
	TryGetOrInsertWith(typ string, make func() (string, error)) (Handle, error)
}

// StateMapper is a Context whose state can be replaced by another, perhaps of another type (feature context-state-map).
type StateMapper interface {
	// MapState consumes the context.
	MapState(func(State) State) Context
	// SwapState consumes the context, and returns the old state as well.
	SwapState(State) (Context, State)
	CloneWithState(State) Context
	CloneMapState(func(State) State) Context
}

// Dismantler is a Context that can be taken apart (feature context-parts).
type Dismantler interface {
	// TakeApart takes the context apart and puts the parts together again.
	TakeApart() Context
}

// Guarded is a Context that may have a guard for graceful shutdown (feature guard).
type Guarded interface {
	Guarded() bool
}

// Spawner is a Context that has work done beside the call that it belongs to (feature spawn).
type Spawner interface {
	// Spawn gives work to the executor of the context and does not wait for it. ctx is for the implementation to choose: it
	// ends when the implementation wants the work to end.
	Spawn(work func(ctx context.Context))
}

// Matching is a Context on which matchers run (feature matchers).
type Matching interface {
	// Match builds the matcher out of the implementation's, with leaves of the adapter's own that insert and then
	// answer as they are told, and runs it on the context.
	Match(matcher script.Matcher) bool
}
