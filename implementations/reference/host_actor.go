package reference

import (
	gocontext "context"
	"errors"
	"strconv"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// The compiled actors, in the two forms of guests. Compiling takes longer than most specs, and what is compiled holds
// nothing of any subject.
var (
	actorsCompiled   = sync.OnceValues(compileActors)
	errNoTask        = errors.New("the actor calls its embedder without a task")
	errStillSpinning = errors.New("the guest spins still, and the subject is over")
	errAsTold        = errors.New("the script has a function of the host panic")
)

func actor(synchronous bool) (*proxy.Module, error) {
	actors, err := actorsCompiled()
	return actors[synchronous], err
}

func compileActors() (map[bool]*proxy.Module, error) {
	ctx := gocontext.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(true)) // to stop the step spin
	if err := exportStage(ctx, runtime); err != nil {
		return nil, err
	}
	actors := map[bool]*proxy.Module{}
	for synchronous, name := range map[bool]string{false: "actor", true: "actor-sync"} {
		binary, err := guests.Module(name)
		if err != nil {
			return nil, err
		}
		if actors[synchronous], err = proxy.Compile(ctx, runtime, binary); err != nil {
			return nil, err
		}
	}
	return actors, nil
}

// exportStage puts into the runtime what the actor calls of its embedder (guests/src/actor.c).
func exportStage(ctx gocontext.Context, runtime wazero.Runtime) error {
	stage := runtime.NewHostModuleBuilder("actor")
	two := []api.ValueType{api.ValueTypeI32, api.ValueTypeI32}
	export := func(name string, params, results int, f api.GoModuleFunc) {
		stage.NewFunctionBuilder().WithGoModuleFunction(f, two[:params], two[:results]).Export(name)
	}
	export("enter", 2, 0, enter)
	export("wait", 2, 1, wait)
	export("pressure", 1, 0, func(ctx gocontext.Context, _ api.Module, stack []uint64) {
		_, d := onStage(ctx)
		d.host.env.Pressure(d.worker, stack[0] != 0)
	})
	export("turn", 0, 0, func(ctx gocontext.Context, _ api.Module, _ []uint64) {
		if _, d := onStage(ctx); !d.host.env.Spin() {
			panic(errStillSpinning)
		}
	})
	export("panic", 0, 0, func(gocontext.Context, api.Module, []uint64) { panic(errAsTold) })
	_, err := stage.Instantiate(ctx)
	return err
}

func enter(ctx gocontext.Context, module api.Module, stack []uint64) {
	task, d := onStage(ctx)
	operation, err := strconv.Atoi(text(module, stack))
	if err != nil {
		panic(err)
	}
	d.host.env.Entered(d.worker, int(task.ID()), operation)
}

// wait waits at a gate: inside, for a synchronous actor; by an event when the gate is open, for another.
func wait(ctx gocontext.Context, module api.Module, stack []uint64) {
	task, d := onStage(ctx)
	opened := d.host.env.Waiting(d.worker, int(task.ID()), text(module, stack))
	stack[0] = 1
	select {
	case <-opened:
		return
	default:
	}
	if d.host.synchronous {
		select {
		case <-opened:
		case <-ctx.Done():
		}
		return
	}
	stack[0] = 0
	go func() {
		<-opened
		task.Deliver(0)
	}()
}

// onStage is the task that calls, and what came with its request.
func onStage(ctx gocontext.Context) (*proxy.Task, *delivery) {
	task, is := proxy.TaskOf(ctx)
	if !is {
		panic(errNoTask)
	}
	return task, task.Request().Context().Value(deliveryKey{}).(*delivery)
}

// text is what the first two arguments point to.
func text(module api.Module, stack []uint64) string {
	data, _ := module.Memory().Read(uint32(stack[0]), uint32(stack[1]))
	return string(data)
}
