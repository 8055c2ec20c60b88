package proxy_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// The compiled guests: compiling is dear, and a module holds nothing of a
// bubble.
var (
	modulesMu     sync.Mutex
	modules       = map[string]*proxy.Module{}
	sharedRuntime = sync.OnceValue(func() wazero.Runtime {
		ctx := gocontext.Background()
		r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithMemoryLimitPages(1024))
		must(0, exportActor(ctx, r))
		return r
	})
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func module(t testing.TB, name string) *proxy.Module {
	t.Helper()
	modulesMu.Lock()
	defer modulesMu.Unlock()
	m, is := modules[name]
	if !is {
		binary, err := guests.Module(name)
		if err != nil {
			t.Fatal(err)
		}
		if m, err = proxy.Compile(gocontext.Background(), sharedRuntime(), binary); err != nil {
			t.Fatal(err)
		}
		modules[name] = m
	}
	return m
}

// exportActor is what the actor imports of its embedder. The gates of a world
// are found by the task's request, which carries them.
func exportActor(ctx gocontext.Context, r wazero.Runtime) error {
	text := func(m api.Module, a []uint64) string {
		data, _ := m.Memory().Read(uint32(a[0]), uint32(a[1]))
		return string(data)
	}
	b := r.NewHostModuleBuilder("actor")
	function := func(name string, params, results int, f api.GoModuleFunc) {
		i32 := []api.ValueType{api.ValueTypeI32, api.ValueTypeI32}
		b.NewFunctionBuilder().WithGoModuleFunction(f, i32[:params], i32[:results]).Export(name)
	}
	function("enter", 2, 0, func(ctx gocontext.Context, m api.Module, a []uint64) {
		task, _ := proxy.TaskOf(ctx)
		if w := task.Request().Context().Value(worldKey{}).(*world); w.enter != nil {
			w.enter(task, text(m, a))
		}
	})
	function("pressure", 1, 0, func(gocontext.Context, api.Module, []uint64) {})
	function("turn", 0, 0, func(gocontext.Context, api.Module, []uint64) { time.Sleep(time.Millisecond) })
	function("panic", 0, 0, func(gocontext.Context, api.Module, []uint64) { panic(errHost) })
	function("wait", 2, 1, func(ctx gocontext.Context, m api.Module, a []uint64) {
		task, _ := proxy.TaskOf(ctx)
		w := task.Request().Context().Value(worldKey{}).(*world)
		gate := w.gate(text(m, a))
		select {
		case <-gate.opened:
			a[0] = 1
			return
		default:
		}
		if w.guest == "actor-sync" {
			select {
			case <-gate.opened:
			case <-ctx.Done():
			}
			a[0] = 1
			return
		}
		a[0] = 0
		gate.wait(task)
	})
	_, err := b.Instantiate(ctx)
	return err
}

var errHost = errors.New("the host's own")

type worldKey struct{}

type gate struct {
	mu     sync.Mutex
	opened chan struct{}
	tasks  []*proxy.Task
}

func (g *gate) wait(t *proxy.Task) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tasks = append(g.tasks, t)
}

// world is an embedder, and everything that it is told.
type world struct {
	t       testing.TB
	guest   string
	own     *proxy.Module // in place of the guest of that name
	handler proxy.ProxyHandler[string]
	inline  bool

	mu        sync.Mutex
	log       []string
	gates     map[string]*gate
	workers   int
	dropped   []error
	callers   sync.WaitGroup
	instances int
	task      *proxy.Task // the last that started

	// The embedder's behaviour.
	accept      func(worker, concurrent, total int) proxy.ShouldAccept
	deadline    func(status proxy.WorkerStatus, since time.Time) time.Time
	expires     time.Duration
	instantiate func(worker int) error
	start       func(worker int, data string) error
	drop        func(worker int)
	enter       func(task *proxy.Task, text string)
}

func newWorld(t testing.TB, guest string) *world {
	w := &world{t: t, guest: guest, gates: map[string]*gate{}}
	module(t, guest)
	w.handler = must(proxy.New[string](w))
	return w
}

// in runs a test in a bubble, and then ends the handler: a worker that does not
// end keeps the bubble from ending.
func in(t *testing.T, guest string, test func(t *testing.T, w *world)) {
	t.Helper()
	module(t, guest)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, guest)
		test(t, w)
		w.openAll()
		w.callers.Wait()
		ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Hour)
		defer cancel()
		if err := w.handler.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if w.instances != len(w.dropped) {
			t.Errorf("%d instances, %d drops", w.instances, len(w.dropped))
		}
	})
}

func (w *world) gate(name string) *gate {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gates[name] == nil {
		w.gates[name] = &gate{opened: make(chan struct{})}
	}
	return w.gates[name]
}

func (w *world) open(name string) {
	w.openReal(name)
	synctest.Wait()
}

// openReal opens a gate outside of a bubble.
func (w *world) openReal(name string) {
	g := w.gate(name)
	g.mu.Lock()
	tasks := g.tasks
	g.tasks = nil
	close(g.opened)
	g.mu.Unlock()
	for _, t := range tasks {
		t.Deliver(0)
	}
}

func (w *world) openAll() {
	w.mu.Lock()
	var closed []string
	for name, g := range w.gates {
		select {
		case <-g.opened:
		default:
			closed = append(closed, name)
		}
	}
	w.mu.Unlock()
	for _, name := range closed {
		w.open(name)
	}
}

func (w *world) say(format string, arguments ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf(format, arguments...))
}

// said is what was told since the last time.
func (w *world) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := strings.Join(w.log, ", ")
	w.log = nil
	return text
}

func (w *world) expect(want string) {
	w.t.Helper()
	if got := w.said(); got != want {
		w.t.Errorf("got  %s\nwant %s", got, want)
	}
}

func (w *world) Instantiate(ctx gocontext.Context) (*proxy.Instance[string], error) {
	w.mu.Lock()
	w.workers++
	number := w.workers
	w.mu.Unlock()
	if w.instantiate != nil {
		if err := w.instantiate(number); err != nil {
			return nil, err
		}
	}
	m := w.own
	if m == nil {
		m = module(w.t, w.guest)
	}
	guest, err := m.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.instances++
	w.mu.Unlock()
	return &proxy.Instance[string]{Guest: guest, State: &hooks{w, number}, Expiration: w, Inline: w.inline}, nil
}

func (w *world) Deadline(status proxy.WorkerStatus, since time.Time) time.Time {
	if w.deadline == nil {
		return time.Time{}
	}
	return w.deadline(status, since)
}

type hooks struct {
	world  *world
	number int
}

func (h *hooks) ShouldAccept(concurrent, total int) proxy.ShouldAccept {
	if h.world.accept == nil {
		return proxy.Yes
	}
	return h.world.accept(h.number, concurrent, total)
}

func (h *hooks) OnRequestStart(task *proxy.Task, data string) (time.Time, error) {
	w := h.world
	w.say("%d.%d starts %s", h.number, task.ID(), data)
	w.mu.Lock()
	w.task = task
	w.mu.Unlock()
	if w.start != nil {
		if err := w.start(h.number, data); err != nil {
			return time.Time{}, err
		}
	}
	if w.expires > 0 {
		return time.Now().Add(w.expires), nil
	}
	return time.Time{}, nil
}

func (h *hooks) OnDrop(err error) {
	w := h.world
	w.say("%d dropped %v", h.number, err)
	if w.drop != nil {
		w.drop(h.number)
	}
	w.mu.Lock()
	w.dropped = append(w.dropped, err)
	w.mu.Unlock()
}

func (w *world) request(program string) *http.Request {
	ctx := gocontext.WithValue(gocontext.Background(), worldKey{}, w)
	r := must(http.NewRequestWithContext(ctx, http.MethodGet, "http://guest/", nil))
	r.Header.Set("Program", program)
	return r
}

// handle handles a request and returns the text of its response.
func (w *world) handle(data, program string) (string, error) {
	return w.handleIn(gocontext.Background(), data, program)
}

func (w *world) handleIn(ctx gocontext.Context, data, program string) (string, error) {
	response, err := w.handler.Handle(ctx, data, w.request(program))
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// start handles a request on the side, says how it ended, and waits until all is
// at rest.
func (w *world) begin(data, program string) {
	w.callers.Go(func() {
		text, err := w.handle(data, program)
		if err != nil {
			w.say("%s: %v", data, err)
			return
		}
		w.say("%s = %s", data, text)
	})
	synctest.Wait()
}
