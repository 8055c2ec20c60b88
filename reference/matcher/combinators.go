package matcher

import (
	"slices"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// And returns a matcher that matches if all matchers do, and so without any. They
// are asked in order, until one does not match; each sees the metadata of those
// before it, and replaces it where it finds a value of the same type
// (rama matcher::And).
func And[S, Req any](matchers ...Matcher[S, Req]) Matcher[S, Req] {
	return and[S, Req](slices.Clone(matchers))
}

type and[S, Req any] []Matcher[S, Req]

// Match implements Matcher.
func (a and[S, Req]) Match(ctx context.Context[S], req Req) (context.Context[S], bool) {
	found := ctx
	for _, m := range a {
		var matches bool
		if found, matches = ask(m, found, req); !matches {
			return ctx, false
		}
	}
	return found, true
}

// Or returns a matcher that matches if one of the matchers does, and also if
// there are none. They are asked in order, until one matches, and the metadata is
// that of this one alone (rama matcher::Or, IteratorMatcherExt::matches_or).
func Or[S, Req any](matchers ...Matcher[S, Req]) Matcher[S, Req] {
	return or[S, Req](slices.Clone(matchers))
}

type or[S, Req any] []Matcher[S, Req]

// Match implements Matcher.
func (o or[S, Req]) Match(ctx context.Context[S], req Req) (context.Context[S], bool) {
	for _, m := range o {
		if found, matches := ask(m, ctx, req); matches {
			return found, true
		}
	}
	return ctx, len(o) == 0
}

// Not returns a matcher that matches if m does not. It finds nothing: what m has
// found describes a request that this one is said not to be (rama matcher::Not,
// which keeps it).
func Not[S, Req any](m Matcher[S, Req]) Matcher[S, Req] { return not[S, Req]{m} }

type not[S, Req any] struct{ inner Matcher[S, Req] }

// Match implements Matcher.
func (n not[S, Req]) Match(ctx context.Context[S], req Req) (context.Context[S], bool) {
	_, matches := ask(n.inner, ctx, req)
	return ctx, !matches
}
