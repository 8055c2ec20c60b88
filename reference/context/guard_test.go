package context_test

import (
	gocontext "context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
)

func ended() gocontext.Context {
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	cancel()
	return ctx
}

func begun(g *context.Guard) bool {
	select {
	case <-g.Done():
		return true
	default:
		return false
	}
}

func TestAShutdownWaitsForWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guard, started := context.NewGuard(), time.Now()
		ctx := context.New(gocontext.Background(), "s").WithGuard(guard)
		context.Insert(&ctx, 1.5)
		ctx.Spawn(func(c context.Context[string]) {
			has(t, c, 1.5, true)
			<-c.Guard().Done()
			time.Sleep(3 * time.Second)
			// Work that is under way may start more.
			if !c.Spawn(func(context.Context[string]) { time.Sleep(4 * time.Second) }) {
				t.Error("refused while work is under way")
			}
		})
		time.Sleep(time.Second)
		if begun(guard) {
			t.Fatal("the shutdown has begun")
		}
		errs := make(chan error)
		for range 2 {
			go func() { errs <- guard.Shutdown(gocontext.Background()) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(started); took != 8*time.Second {
			t.Errorf("it took %v", took)
		}
		refused := func(context.Context[string]) { t.Error("ran after the shutdown") }
		if ctx.Spawn(refused) || guard.Do(func() { refused(ctx) }) || guard.Go(func() { refused(ctx) }) {
			t.Error("work was taken after the shutdown")
		}
		for range 20 { // both are true, that it is complete and that ctx has ended
			if err := guard.Shutdown(ended()); err != nil {
				t.Fatalf("a shutdown that is complete: %v", err)
			}
		}
	})
}

func TestAShutdownMayStopWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guard := context.NewGuard()
		guard.Go(func() { time.Sleep(time.Minute) })
		if err := guard.Shutdown(ended()); !errors.Is(err, gocontext.Canceled) || !begun(guard) {
			t.Errorf("it is begun: %v; error %v", begun(guard), err)
		}
		wait, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		if err := guard.Shutdown(wait); !errors.Is(err, gocontext.DeadlineExceeded) {
			t.Error(err)
		}
		if err := guard.Shutdown(gocontext.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestWorkThatPanicsIsOver(t *testing.T) {
	guard := context.NewGuard()
	if !panics(func() { guard.Do(func() { panic("boom") }) }) {
		t.Error("the panic is lost")
	}
	if err := guard.Shutdown(ended()); err != nil {
		t.Error("it is still counted")
	}
}

// Spawned work outlives the call that started it, and so must its caller.
func TestSpawnedWorkHasACallerOfItsOwn(t *testing.T) {
	for what, guard := range map[string]*context.Guard{"plain": nil, "graceful": context.NewGuard()} {
		caller := context.NewCaller()
		ctx := context.New(gocontext.Background(), 0).WithGuard(guard).WithCaller(caller)
		finished, errs := make(chan struct{}), make(chan error)
		ctx.Spawn(func(c context.Context[int]) {
			<-finished
			errs <- c.Reserve(new(releaser))
		})
		caller.Finish()
		close(finished)
		if err := <-errs; err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

type releaser struct{ _ int }

func (*releaser) Release() {}
