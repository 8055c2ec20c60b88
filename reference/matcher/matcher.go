package matcher

import "github.com/plumbline-spec/plumbline/reference/context"

// Matcher says whether requests match (rama Matcher). It is used by several
// goroutines at once.
type Matcher[S, Req any] interface {
	// Match reports whether the request matches, and returns the context with the
	// metadata that it has found inserted. It changes nothing else of the context.
	// Where the request does not match, the context that it returns is not used
	// (rama Matcher::matches).
	Match(ctx context.Context[S], req Req) (context.Context[S], bool)
}

// Func is a matcher that is a function (rama match_fn). A nil Func is not an
// absent matcher, and panics when it is asked.
type Func[S, Req any] func(ctx context.Context[S], req Req) (context.Context[S], bool)

// Match calls the function.
func (f Func[S, Req]) Match(ctx context.Context[S], req Req) (context.Context[S], bool) {
	return f(ctx, req)
}

// Match reports whether m matches the request in the context that ctx refers to,
// and if so leaves there what m has found. Otherwise the context stays as it is.
// A nil m does not match (rama Matcher for Option).
func Match[S, Req any](m Matcher[S, Req], ctx *context.Context[S], req Req) bool {
	found, matches := ask(m, *ctx, req)
	if matches {
		*ctx = found
	}
	return matches
}

func ask[S, Req any](m Matcher[S, Req], ctx context.Context[S], req Req) (context.Context[S], bool) {
	if m == nil {
		return ctx, false
	}
	return m.Match(ctx, req)
}
