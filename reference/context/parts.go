package context

import "context"

// Parts is what a context consists of, to be taken apart and put together
// again (rama Context::into_parts).
type Parts[S any] struct {
	// Go is the Go context underneath; nil means context.Background().
	Go context.Context
	// State is the state.
	State S
	// Extensions are the extensions, without the rest.
	Extensions Extensions
	// Guard is the guard; nil if there is none.
	Guard *Guard
	// Caller is the caller; the zero Caller if there is none.
	Caller Caller
}

// Parts returns the parts of c. For a Now context they are those of the
// context that Now was made from (rama Context::into_parts).
func (c Context[S]) Parts() Parts[S] {
	parts := Parts[S]{Go: c.Go(), State: c.State(), Guard: c.Guard(), Caller: c.Caller()}
	if held := c.table(); held != nil {
		parts.Extensions = Extensions{frame: &frame[struct{}]{parent: context.Background(), extensions: held}}
	}
	return parts
}

// FromParts returns the context that consists of these parts. Of
// parts.Extensions it takes the extensions and nothing else, and leaves them
// there (rama Context::from_parts).
func FromParts[S any](parts Parts[S]) Context[S] {
	f := &frame[S]{
		parent:     orBackground(parts.Go),
		guard:      parts.Guard,
		state:      parts.State,
		extensions: parts.Extensions.table(),
	}
	return Context[S]{frame: f}.WithCaller(parts.Caller)
}
