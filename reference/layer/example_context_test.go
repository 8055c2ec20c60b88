package layer_test

import (
	gocontext "context"
	"fmt"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// The service inside works with a state of its own; what is outside does not know it.
func ExampleMapState() {
	type account struct{ owner string }
	inside, _ := service.NewFunc(func(ctx context.Context[account], req string) (string, error) {
		return req + " for " + ctx.State().owner, nil
	})
	accounts, err := layer.NewMapState[string, string](func(user string) account { return account{owner: user} })
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := accounts.Layer(inside)
	pipeline, _ := service.NewPipeline(s)
	fmt.Println(pipeline.Call(context.New(gocontext.Background(), "Ada"), "tea"))
	// Output: tea for Ada <nil>
}

func ExampleAddExtension() {
	type language string
	german := layer.NewAddExtension[struct{}, string, string](language("de"))
	inside, _ := service.NewFunc(func(ctx context.Context[struct{}], name string) (string, error) {
		if l, present := context.Get[language](ctx); present && l == "de" {
			return "hallo " + name, nil
		}
		return "hello " + name, nil
	})
	s, _ := german.Layer(inside)
	pipeline, _ := service.NewPipeline(s)
	fmt.Println(pipeline.Call(context.New(gocontext.Background(), struct{}{}), "Ada"))
	// Output: hallo Ada <nil>
}

func ExampleGetExtension() {
	type trace string
	tracing, err := layer.NewGetExtension[string, string](func(_ context.Context[struct{}], id trace) { fmt.Println("trace", id) })
	if err != nil {
		fmt.Println(err)
		return
	}
	s, _ := tracing.Layer(greeter())
	pipeline, _ := service.NewPipeline(s)
	ctx := context.New(gocontext.Background(), struct{}{})
	fmt.Println(pipeline.Call(ctx, "Ada")) // no trace, and no harm
	context.Insert(&ctx, trace("17"))
	fmt.Println(pipeline.Call(ctx, "Ada"))
	// Output:
	// hello Ada <nil>
	// trace 17
	// hello Ada <nil>
}
