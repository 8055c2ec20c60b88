package httpwasm

import (
	"context"
	_ "embed" // for the actor
	"errors"
	"strconv"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
)

//go:embed guest/actor.wasm
var actor []byte

// compiled is shared by all runtimes: compiling takes longer than most specs.
var compiled = wazero.NewCompilationCache()

var errAsTold = errors.New("the script has a function of the host panic")

// stage is what the instances of one handler call of their embedder (guest/actor.c).
type stage struct {
	env *inprocess.HostEnvironment

	mu      sync.Mutex
	workers map[string]*worker // by the name of the instance
}

// worker is an instance, and how many tasks it has had.
type worker struct{ number, tasks int }

// runtime is the handler's, with the stage in it.
func (s *stage) runtime(ctx context.Context) (wazero.Runtime, error) {
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(compiled))
	builder := runtime.NewHostModuleBuilder("actor")
	two := []api.ValueType{api.ValueTypeI32, api.ValueTypeI32}
	for name, function := range map[string]struct {
		params int
		do     api.GoModuleFunc
	}{
		"start": {0, s.start},
		"enter": {2, s.enter},
		"wait":  {2, s.wait},
		"panic": {0, func(context.Context, api.Module, []uint64) { panic(errAsTold) }},
	} {
		builder.NewFunctionBuilder().WithGoModuleFunction(function.do, two[:function.params], nil).Export(name)
	}
	if _, err := builder.Instantiate(ctx); err != nil {
		return nil, errors.Join(err, runtime.Close(ctx))
	}
	return runtime, nil
}

// start is an instance's beginning, and fails as the script says.
func (s *stage) start(ctx context.Context, module api.Module, _ []uint64) {
	number, err := s.env.Instantiate(ctx)
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	s.workers[module.Name()] = &worker{number: number}
	s.mu.Unlock()
	s.env.Instantiated(number)
}

// of is the instance that calls.
func (s *stage) of(module api.Module, tasks int) worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workers[module.Name()]
	w.tasks += tasks
	return *w
}

func (s *stage) enter(_ context.Context, module api.Module, stack []uint64) {
	operation, err := strconv.Atoi(text(module, stack))
	if err != nil {
		panic(err)
	}
	w := s.of(module, 1)
	s.env.Entered(w.number, w.tasks, operation)
}

func (s *stage) wait(_ context.Context, module api.Module, stack []uint64) {
	w := s.of(module, 0)
	<-s.env.Waiting(w.number, w.tasks, text(module, stack))
}

// text is what the first two arguments point to.
func text(module api.Module, stack []uint64) string {
	data, _ := module.Memory().Read(uint32(stack[0]), uint32(stack[1]))
	return string(data)
}
