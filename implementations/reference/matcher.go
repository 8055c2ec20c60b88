package reference

import (
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/matcher"
)

// matches is a matcher of the reference.
type matches = matcher.Matcher[state, string]

// Match implements inprocess.Matching.
func (c *carried) Match(described script.Matcher) bool {
	return matcher.Match(translated(described), &c.ctx, "")
}

// translated is the matcher that is described.
func translated(described script.Matcher) matches {
	var of []matches
	for _, one := range described.Of {
		of = append(of, translated(one))
	}
	switch described.Matcher {
	case "and":
		return matcher.And(of...)
	case "or":
		return matcher.Or(of...)
	case "not":
		return matcher.Not(of[0])
	case "none":
		return nil
	default: // match, miss
		return matcher.Func[state, string](func(c ctx, _ string) (ctx, bool) {
			if described.Type != "" {
				types[described.Type].insert(&c, described.Value)
			}
			return c, described.Matcher == "match"
		})
	}
}
