package proxy_test

import (
	gocontext "context"
	"net/http"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/plumbline-spec/plumbline/guests"
	"github.com/plumbline-spec/plumbline/reference/proxy"
)

// bench is an embedder that adds as little as possible.
type bench struct {
	module *proxy.Module
	inline bool
}

func (b *bench) Instantiate(ctx gocontext.Context) (*proxy.Instance[none], error) {
	guest, err := b.module.Instantiate(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &proxy.Instance[none]{Guest: guest, State: b, Expiration: b, Inline: b.inline}, nil
}

func (*bench) ShouldAccept(concurrent, _ int) proxy.ShouldAccept { return answerIf(concurrent == 0) }
func (*bench) OnDrop(error)                                      {}

func (*bench) Deadline(status proxy.WorkerStatus, since time.Time) (never time.Time) {
	if status == proxy.Idle {
		return since.Add(time.Second)
	}
	return never
}

func (*bench) OnRequestStart(*proxy.Task, none) (deadline time.Time, err error) { return deadline, nil }

// raw is the guest empty over a host that does nothing: what wazero itself
// takes for the calls into the guest and out of it.
func raw(b *testing.B) (wazero.Runtime, wazero.CompiledModule) {
	b.Helper()
	ctx := gocontext.Background()
	r := wazero.NewRuntime(ctx)
	b.Cleanup(func() { r.Close(ctx) })
	i32 := api.ValueTypeI32
	must(r.NewHostModuleBuilder("plumbline").NewFunctionBuilder().
		WithGoFunction(api.GoFunc(func(gocontext.Context, []uint64) {}), []api.ValueType{i32, i32, i32, i32}, nil).
		Export("task_return").Instantiate(ctx))
	return r, must(r.CompileModule(ctx, must(guests.Module("empty"))))
}

func BenchmarkRawCall(b *testing.B) {
	ctx := gocontext.Background()
	r, compiled := raw(b)
	handle := must(r.InstantiateModule(ctx, compiled, wazero.NewModuleConfig())).ExportedFunction("handle")
	var stack [1]uint64
	b.ReportAllocs()
	for b.Loop() {
		stack[0] = 1
		if err := handle.CallWithStack(ctx, stack[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFreshInstance(b *testing.B) {
	ctx := gocontext.Background()
	r, compiled := raw(b)
	config := wazero.NewModuleConfig().WithName("")
	var stack [1]uint64
	b.ReportAllocs()
	for b.Loop() {
		instance, err := r.InstantiateModule(ctx, compiled, config)
		if err != nil {
			b.Fatal(err)
		}
		stack[0] = 1
		if err := instance.ExportedFunction("handle").CallWithStack(ctx, stack[:]); err != nil {
			b.Fatal(err)
		}
		if err := instance.Close(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// hosted is a handler, and a request that has been made before: what making one
// costs is not the handler's.
func hosted(b *testing.B, inline bool) (proxy.ProxyHandler[none], *http.Request) {
	b.Helper()
	h := must(proxy.New[none](&bench{module(b, "empty"), inline}))
	b.Cleanup(func() {
		if err := h.Shutdown(gocontext.Background()); err != nil {
			b.Error(err)
		}
	})
	return h, must(newRequest())
}

func BenchmarkHandle(b *testing.B)       { handle(b, false) }
func BenchmarkHandleInline(b *testing.B) { handle(b, true) }

func handle(b *testing.B, inline bool) {
	h, request := hosted(b, inline)
	ctx := gocontext.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Handle(ctx, none{}, request); err != nil {
			b.Fatal(err)
		}
	}
}

// The same with a runtime that can stop a guest that spins.
func BenchmarkHandleStoppable(b *testing.B) {
	ctx := gocontext.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(true))
	defer r.Close(ctx)
	h := must(proxy.New[none](&bench{module: must(proxy.Compile(ctx, r, must(guests.Module("empty"))))}))
	request := must(newRequest())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Handle(ctx, none{}, request); err != nil {
			b.Fatal(err)
		}
	}
	if err := h.Shutdown(ctx); err != nil {
		b.Error(err)
	}
}

// Each operation is one request; 64 callers make them.
func BenchmarkHandle64(b *testing.B)       { handle64(b, false) }
func BenchmarkHandle64Inline(b *testing.B) { handle64(b, true) }

func handle64(b *testing.B, inline bool) {
	h, request := hosted(b, inline)
	ctx := gocontext.Background()
	b.ReportAllocs()
	var left atomic.Int64
	left.Store(int64(b.N))
	var callers sync.WaitGroup
	b.ResetTimer()
	for range 64 {
		callers.Go(func() {
			for left.Add(-1) >= 0 {
				if _, err := h.Handle(ctx, none{}, request); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
}

// The metric is what an idle worker that has served one request keeps: its
// instance with its memory of 64 KiB and its stacks, and the worker itself with
// its goroutine.
func BenchmarkIdleWorker(b *testing.B) {
	const workers = 256
	m, request := module(b, "empty"), must(newRequest())
	var before, after goruntime.MemStats
	for b.Loop() {
		goruntime.GC()
		goruntime.ReadMemStats(&before)
		held := &hold{bench: bench{module: m}, release: make(chan struct{})}
		h := must(proxy.New[none](held))
		var callers sync.WaitGroup
		for range workers {
			callers.Go(func() { _, _ = h.Handle(gocontext.Background(), none{}, request) })
		}
		for held.started.Load() < workers {
			time.Sleep(time.Millisecond)
		}
		close(held.release)
		callers.Wait()
		goruntime.GC()
		goruntime.ReadMemStats(&after)
		if err := h.Shutdown(gocontext.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/workers, "B/worker")
	b.ReportMetric(0, "ns/op")
}

// hold has every worker wait before its first request, so that each request gets
// one of its own.
type hold struct {
	bench
	started atomic.Int64
	release chan struct{}
}

func (h *hold) Instantiate(ctx gocontext.Context) (*proxy.Instance[none], error) {
	instance, err := h.bench.Instantiate(ctx)
	h.started.Add(1)
	<-h.release
	return instance, err
}
