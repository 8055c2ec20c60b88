package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// A call that takes too long is answered, and told to stop.
func ExampleTimeout() {
	stopped := make(chan error, 1)
	work, _ := service.NewFunc(func(ctx context.Context[struct{}], _ string) (string, error) {
		<-ctx.Done() // work that would never end
		stopped <- gocontext.Cause(ctx.Go())
		return "", ctx.Err()
	})
	timeout, err := layer.NewTimeout[struct{}, string, string](time.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	limited, _ := timeout.Layer(work)
	pipeline, _ := service.NewPipeline(limited)

	_, err = pipeline.Call(context.New(gocontext.Background(), struct{}{}), "request")
	fmt.Println(err, errors.Is(err, layer.ErrElapsed))
	fmt.Println("the work:", <-stopped)
	// Output:
	// layer: timeout elapsed true
	// the work: layer: timeout elapsed
}
