package inprocess

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// runner carries out commands, inside a bubble or not. Only one goroutine touches it, but for what has a lock.
type runner struct {
	adapter    Adapter
	env        *Environment
	underWay   sync.WaitGroup // operations that have not ended
	mu         sync.Mutex
	services   map[int]Service  // guarded by mu: a factory adds to it when it has made one
	composed   map[int]Composed // by the service that it was first applied for
	factories  map[int]Factory
	callers    map[int]Caller
	operations map[int]*operation
	contexts   map[int]Context
	hosts      map[int]openHost
	overHost   map[int]bool // services over a host
	programmed map[int]bool // callers of such services
	servers    map[int]*serving
}

// operation is one ready, call, invoke, poll, shutdown or create under way or ended.
type operation struct {
	cancel    context.CancelFunc
	cancelled atomic.Bool // the caller gave up
}

func newRunner(adapter Adapter) *runner {
	env := newEnvironment(adapter.Kind)
	if contexts, has := adapter.(ContextAdapter); has {
		env.types = contexts.Types()
	}
	return &runner{
		adapter: adapter, env: env,
		services: map[int]Service{}, composed: map[int]Composed{}, factories: map[int]Factory{},
		callers: map[int]Caller{}, operations: map[int]*operation{}, contexts: map[int]Context{}, hosts: map[int]openHost{},
		overHost: map[int]bool{}, programmed: map[int]bool{}, servers: map[int]*serving{},
	}
}

// do starts what the command asks for; what it causes may go on after do returns.
func (r *runner) do(command script.Command) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &subject.PanicError{Command: command, Value: value, Stack: string(debug.Stack())}
		}
	}()
	refuse := func(reason string, args ...any) error {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf(reason, args...)}
	}
	switch command.Do {
	case script.Open:
		return r.built(command, command.Service, r.open(command))
	case script.OpenFactory:
		return r.built(command, command.Factory, r.openFactory(command))
	case script.NewCaller:
		service := r.service(command.Service)
		if service == nil {
			return refuse("there is no service %d", command.Service)
		}
		r.callers[command.Caller] = service.Caller()
		r.programmed[command.Caller] = r.overHost[command.Service]
		return nil
	case script.Close:
		closer, is := r.service(command.Service).(Closer)
		if !is {
			return r.unsupported("close")
		}
		return closer.Close()
	case script.SetLeaf:
		r.env.Leaf(command.Leaf.Name).set(*command.Leaf)
		return nil
	case script.Answer:
		exchange := r.env.exchange(command.Exchange)
		if exchange == nil {
			return refuse("there is no exchange %d", command.Exchange)
		}
		select {
		case exchange.answer <- command:
			return nil
		default:
			return refuse("exchange %d has its answer", command.Exchange)
		}
	case script.Advance:
		time.Sleep(time.Duration(*command.Duration)) // the bubble's clock: this returns when all else is at rest
		return nil
	case script.Cancel:
		op := r.operations[command.Operation]
		if op == nil {
			return refuse("there is no operation %d", command.Operation)
		}
		if op.cancelled.CompareAndSwap(false, true) {
			op.cancel()
		}
		return nil
	case script.OnContext:
		return r.onContext(command)
	case script.OnHost:
		return r.onHost(command)
	case script.OnServer:
		return r.onServer(command)
	case script.Create:
		factory := r.factories[command.Factory]
		if factory == nil {
			return refuse("there is no factory %d", command.Factory)
		}
		r.start(command, func(ctx context.Context) (script.Event, error) {
			service, err := factory.Create(ctx, command.Config)
			if err == nil {
				r.keep(command.Service, service)
			}
			return script.Event{Event: script.Done}, err
		})
		return nil
	default:
		return r.byCaller(command, refuse)
	}
}

// byCaller carries out the commands that go through a caller.
func (r *runner) byCaller(command script.Command, refuse func(string, ...any) error) error {
	caller := r.callers[command.Caller]
	if caller == nil {
		return refuse("there is no caller %d", command.Caller)
	}
	readyCaller, separate := caller.(ReadyCaller)
	request := r.request(command)
	switch command.Do {
	case script.Leave:
		if separate {
			readyCaller.Leave()
		}
		delete(r.callers, command.Caller)
	case script.Invoke:
		if command.Context != 0 {
			return r.invokeIn(command, caller)
		}
		r.start(command, func(ctx context.Context) (script.Event, error) {
			response, err := caller.Invoke(ctx, request)
			return script.Event{Event: script.Response, Text: response}, err
		})
	case script.Ready, script.Call:
		if !separate {
			return r.unsupported("readiness")
		}
		r.start(command, func(ctx context.Context) (script.Event, error) {
			if command.Do == script.Ready {
				return script.Event{Event: script.IsReady}, readyCaller.Ready(ctx)
			}
			response, err := readyCaller.Call(ctx, request)
			return script.Event{Event: script.Response, Text: response}, err
		})
	case script.Poll:
		poller, is := caller.(Poller)
		if !is {
			return r.unsupported("poll")
		}
		r.start(command, func(ctx context.Context) (script.Event, error) {
			return script.Event{Event: script.Done}, poller.Poll(ctx)
		})
	case script.Shutdown:
		shutdowner, is := caller.(Shutdowner)
		if !is {
			return r.unsupported("shutdown")
		}
		r.start(command, func(ctx context.Context) (script.Event, error) {
			return script.Event{Event: script.Done}, shutdowner.Shutdown(ctx)
		})
	default:
		return refuse("unknown command")
	}
	return nil
}

func (r *runner) open(command script.Command) error {
	if command.Host != 0 {
		return r.openOverHost(command)
	}
	composed := r.composed[command.Reuse]
	if command.Reuse == 0 {
		var err error
		if composed, err = r.adapter.Compose(r.env, command.Stack.Layers); err != nil {
			return err
		}
		if composed == nil {
			return errors.New("the adapter's Compose returned neither layers nor an error")
		}
		r.composed[command.Service] = composed
	}
	if composed == nil {
		return &subject.ScriptError{Command: command, Reason: "there is no such service to take the layers of"}
	}
	service, err := composed.Apply(r.env.Leaf(command.Stack.Leaf))
	if err != nil {
		return err
	}
	if service == nil {
		return errors.New("the adapter's Apply returned neither a service nor an error")
	}
	r.keep(command.Service, service)
	return nil
}

func (r *runner) service(number int) Service {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.services[number]
}

func (r *runner) keep(number int, service Service) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.services[number] = service
}

func (r *runner) openFactory(command script.Command) error {
	adapter, is := r.adapter.(FactoryAdapter)
	if !is {
		return Unsupported("factory")
	}
	factory, err := adapter.Factory(r.env, *command.Stack)
	if err != nil {
		return err
	}
	r.factories[command.Factory] = factory
	return nil
}

// built reports how a construction ended.
func (r *runner) built(command script.Command, service int, err error) error {
	var unsupported *UnsupportedError
	var refused *RefusedError
	switch {
	case err == nil:
		r.env.log(script.Event{Event: script.Opened, Service: service})
	case errors.As(err, &unsupported):
		return r.unsupported(unsupported.What)
	case errors.As(err, &refused):
		r.env.log(script.Event{Event: script.Refused, Service: service, Parameter: refused.Parameter, Text: err.Error()})
	default:
		return &subject.BuildError{Command: command, Cause: err}
	}
	return nil
}

func (r *runner) unsupported(what string) error {
	r.env.log(script.Event{Event: script.Unsupported, What: what})
	return nil
}

// start runs one operation on a goroutine of its own and reports how it ended.
func (r *runner) start(command script.Command, run func(context.Context) (script.Event, error)) {
	ctx, cancel := context.WithCancel(context.Background())
	op := &operation{cancel: cancel}
	r.operations[command.Operation] = op
	r.underWay.Go(func() {
		growStack()
		// The context does not end with the operation: that would abandon, on behalf of an implementation which
		// forgets to, what it has left running.
		event, err := protect(ctx, run)
		if err != nil {
			event = r.failure(err)
		}
		if op.cancelled.Load() {
			event = script.Event{Event: script.Cancelled}
		}
		event.Operation = command.Operation
		var unsupported *UnsupportedError
		if errors.As(err, &unsupported) {
			event = script.Event{Event: script.Unsupported, What: unsupported.What}
		}
		r.env.log(event)
	})
}

// growStack makes room on the goroutine's stack while nothing is on it. An operation that goes through a few layers needs more than
// a goroutine begins with, and a stack that grows step by step is copied each time, with all that is on it: that took a ninth of the
// time of random scripts.
func growStack() {
	var room [8 << 10]byte
	onStack(&room)
}

//go:noinline
func onStack(*[8 << 10]byte) {}

// panicked carries a panic out of an operation.
type panicked struct {
	value any
	stack string // empty where the script has asked for the panic, so that nobody looks for where it came from
}

func (p *panicked) Error() string {
	if p.stack == "" {
		return fmt.Sprint(p.value)
	}
	return fmt.Sprintf("%v\n%s", p.value, p.stack)
}

func protect(ctx context.Context, run func(context.Context) (script.Event, error)) (event script.Event, err error) {
	defer func() {
		if value := recover(); value != nil {
			p := &panicked{value: value}
			if !toldTo(value) {
				p.stack = string(debug.Stack())
			}
			err = p
		}
	}()
	return run(ctx)
}

// toldTo tells whether the script has asked for a panic. To write down a stack takes longer than all else in a usual operation.
func toldTo(value any) bool {
	switch value := value.(type) {
	case *toldToPanic:
		return true
	case error:
		return errors.Is(value, errPanicked)
	default:
		return false
	}
}

func (r *runner) failure(err error) script.Event {
	if p, is := err.(*panicked); is { //nolint:errorlint // made by protect, never wrapped
		return script.Event{Event: script.Panicked, Text: p.Error()}
	}
	return script.Event{Event: script.Failed, Kinds: r.env.Kinds(err), Text: err.Error()}
}

// end lets go of everything that the script holds: callers, operations, exchanges. A panic of the adapter on the way is an error.
func (r *runner) end() (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &subject.PanicError{Command: script.Command{Do: "end"}, Value: value, Stack: string(debug.Stack())}
		}
	}()
	close(r.env.ended)
	for _, op := range r.operations {
		op.cancel()
	}
	for _, caller := range r.callers {
		if readyCaller, separate := caller.(ReadyCaller); separate {
			readyCaller.Leave()
		}
	}
	r.mu.Lock()
	services := slices.Collect(maps.Values(r.services))
	r.mu.Unlock()
	for _, service := range services {
		if closer, is := service.(Closer); is {
			_ = closer.Close()
		}
	}
	r.env.hosting.end()
	for _, host := range r.hosts {
		host.handle.Drop()
	}
	for _, s := range r.servers {
		s.close()
	}
	return nil
}
