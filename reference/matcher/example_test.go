package matcher_test

import (
	gocontext "context"
	"fmt"
	"strings"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/matcher"
)

// A route is matched by parts of a path, and what they stand for is found on the way.
func Example() {
	type (
		none = struct{}
		user string
	)
	users := matcher.Func[none, string](func(ctx context.Context[none], path string) (context.Context[none], bool) {
		name, is := strings.CutPrefix(path, "/users/")
		context.Insert(&ctx, user(name))
		return ctx, is
	})
	hidden := matcher.Func[none, string](func(ctx context.Context[none], path string) (context.Context[none], bool) {
		return ctx, strings.Contains(path, "/.")
	})
	route := matcher.And(users, matcher.Not(hidden))
	for _, path := range []string{"/users/ada", "/users/.ada", "/groups"} {
		ctx := context.New(gocontext.Background(), none{})
		matches := matcher.Match(route, &ctx, path)
		name, found := context.Get[user](ctx)
		fmt.Println(path, matches, name, found)
	}
	// Output:
	// /users/ada true ada true
	// /users/.ada false  false
	// /groups false  false
}
