package layer_test

import (
	gocontext "context"
	"runtime"
	"sync"
	"testing"

	"golang.org/x/sync/semaphore"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// The bare chain is the floor: what ten generic interface calls cost with
// Go's own context and no readiness.
type bareService[Req, Res any] interface {
	Call(gocontext.Context, Req) (Res, error)
}

type bareLayer[Req, Res any] struct{ inner bareService[Req, Res] }

func (l *bareLayer[Req, Res]) Call(ctx gocontext.Context, req Req) (Res, error) {
	return l.inner.Call(ctx, req)
}

type bareLeaf struct{}

func (bareLeaf) Call(_ gocontext.Context, req string) (string, error) { return req, nil }

func BenchmarkPassThrough10Bare(b *testing.B) {
	var s bareService[string, string] = bareLeaf{}
	for range 10 {
		s = &bareLayer[string, string]{s}
	}
	ctx := gocontext.Background()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Call(ctx, "r"); err != nil {
			b.Fatal(err)
		}
	}
}

// echoLeaf is the same leaf as a service, so that both chains end alike.
type echoLeaf struct{}

func (echoLeaf) Ready(context.Context[struct{}]) error { return nil }
func (echoLeaf) Call(_ context.Context[struct{}], req string) (string, error) {
	return req, nil
}
func (echoLeaf) Shutdown(context.Context[struct{}]) error { return nil }

type passThrough[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
}

func (l *passThrough[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	return l.Inner.Call(ctx, req)
}

func BenchmarkPassThrough10Pipeline(b *testing.B) {
	var s stringService = echoLeaf{}
	for range 10 {
		s = &passThrough[struct{}, string, string]{service.Forward[struct{}, string, string]{Inner: s}}
	}
	p, err := service.NewPipeline(s)
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.New(gocontext.Background(), struct{}{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Call(ctx, "r"); err != nil {
			b.Fatal(err)
		}
	}
}

type stringService = service.Service[struct{}, string, string]

func echo() stringService {
	f, err := service.NewFunc(func(_ context.Context[struct{}], req string) (string, error) { return req, nil })
	if err != nil {
		panic(err)
	}
	return f
}

func limited(tb testing.TB, max int, inner stringService) *service.Pipeline[struct{}, string, string] {
	tb.Helper()
	l, err := layer.NewConcurrencyLimit[struct{}, string, string](max)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := l.Layer(inner)
	if err != nil {
		tb.Fatal(err)
	}
	p, err := service.NewPipeline(s)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func BenchmarkSemaphoreUncontended(b *testing.B) {
	sem := semaphore.NewWeighted(4)
	ctx := gocontext.Background()
	b.ReportAllocs()
	for b.Loop() {
		if err := sem.Acquire(ctx, 1); err != nil {
			b.Fatal(err)
		}
		sem.Release(1)
	}
}

func BenchmarkConcurrencyLimitUncontended(b *testing.B) {
	p := limited(b, 4, echoLeaf{})
	ctx := context.New(gocontext.Background(), struct{}{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Call(ctx, "r"); err != nil {
			b.Fatal(err)
		}
	}
}

// contend runs op b.N times in all, on 64 goroutines that start together. Both
// operations yield while they hold their permit: otherwise a goroutine finishes
// its share before the next one runs, and there is no contention on two cores.
func contend(b *testing.B, op func() error) {
	const goroutines = 64
	b.ReportAllocs()
	var wait sync.WaitGroup
	start := make(chan struct{})
	for i := range goroutines {
		share := b.N / goroutines
		if i < b.N%goroutines {
			share++
		}
		wait.Go(func() {
			<-start
			for range share {
				if err := op(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	b.ResetTimer()
	close(start)
	wait.Wait()
}

func BenchmarkSemaphoreContended(b *testing.B) {
	sem := semaphore.NewWeighted(4)
	ctx := gocontext.Background()
	contend(b, func() error {
		if err := sem.Acquire(ctx, 1); err != nil {
			return err
		}
		runtime.Gosched()
		sem.Release(1)
		return nil
	})
}

// yieldLeaf yields in each call.
type yieldLeaf struct{ echoLeaf }

func (yieldLeaf) Call(_ context.Context[struct{}], req string) (string, error) {
	runtime.Gosched()
	return req, nil
}

func BenchmarkConcurrencyLimitContended(b *testing.B) {
	p := limited(b, 4, yieldLeaf{})
	ctx := context.New(gocontext.Background(), struct{}{})
	contend(b, func() error {
		_, err := p.Call(ctx, "r")
		return err
	})
}
