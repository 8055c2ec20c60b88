package layer_test

import (
	gocontext "context"
	"errors"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type (
	void         = struct{}
	voidContext  = context.Context[void]
	voidPipeline = service.Pipeline[void, string, string]
	voidLayer    = layer.Layer[stringService, stringService]
)

// double is a service whose parts are functions. A part that is nil answers at
// once, a call by its request.
type double struct {
	ready    func(voidContext) error
	call     func(voidContext, string) (string, error)
	shutdown func(voidContext) error
	poll     func(voidContext) error
}

func (d *double) Ready(ctx voidContext) error {
	if d.ready == nil {
		return nil
	}
	return d.ready(ctx)
}

func (d *double) Call(ctx voidContext, req string) (string, error) {
	if d.call == nil {
		return req, nil
	}
	return d.call(ctx, req)
}

func (d *double) Shutdown(ctx voidContext) error {
	if d.shutdown == nil {
		return nil
	}
	return d.shutdown(ctx)
}

func (d *double) Poll(ctx voidContext) error {
	if d.poll == nil {
		return nil
	}
	return d.poll(ctx)
}

// calling is a double that is always ready.
func calling(call func(voidContext, string) (string, error)) *double { return &double{call: call} }

// fresh is a context that names no caller yet.
func fresh() voidContext { return context.New(gocontext.Background(), void{}) }

// built unwraps what a constructor returned.
func built[T any](value T, err error) func(testing.TB) T {
	return func(tb testing.TB) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return value
	}
}

// stacked returns a pipeline to the service inside the layers, the first of
// which is outermost.
func stacked(tb testing.TB, inner stringService, layers ...voidLayer) *voidPipeline {
	tb.Helper()
	for i := len(layers) - 1; i >= 0; i-- {
		inner = built(layers[i].Layer(inner))(tb)
	}
	return built(service.NewPipeline(inner))(tb)
}

func answers(tb testing.TB, p *voidPipeline, req, want string) {
	tb.Helper()
	if got, err := p.Call(fresh(), req); got != want || err != nil {
		tb.Fatalf("call %q: got %q, %v, want %q", req, got, err, want)
	}
}

func fails(tb testing.TB, p *voidPipeline, req string, want error) {
	tb.Helper()
	if got, err := p.Call(fresh(), req); !errors.Is(err, want) {
		tb.Fatalf("call %q: got %q, %v, want the error %v", req, got, err, want)
	}
}

func refused(tb testing.TB, err error, name string) {
	tb.Helper()
	var refusal *parameter.Error
	if !errors.As(err, &refusal) || refusal.Parameter != name {
		tb.Errorf("got %v, want a refusal of %s", err, name)
	}
}

// panicking runs f and returns the value that it panics with.
func panicking(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
