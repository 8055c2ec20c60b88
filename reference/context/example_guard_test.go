package context_test

import (
	gocontext "context"
	"fmt"

	"github.com/plumbline-spec/plumbline/reference/context"
)

func ExampleGuard() {
	guard := context.NewGuard()
	ctx := context.New(gocontext.Background(), "job").WithGuard(guard)

	ctx.Spawn(func(ctx context.Context[string]) {
		<-ctx.Guard().Done() // the shutdown begins
		fmt.Println(ctx.State(), "is put away")
	})
	fmt.Println(guard.Shutdown(gocontext.Background())) // and waits for the job
	fmt.Println(ctx.Spawn(func(context.Context[string]) {}))
	// Output:
	// job is put away
	// <nil>
	// false
}
