package service_test

import (
	gocontext "context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/service"
)

func TestShutdownHookAnswersTheRequest(t *testing.T) {
	hook := must(service.NewShutdownHook[none, string](func(nctx) error { t.Error("the hook ran"); return nil }))
	got, err := piped(hook).Call(background(), "r")
	expectAnswer(t, got, err, "r")
}

func TestShutdownHookRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		hook := must(service.NewShutdownHook[none, string](func(nctx) error {
			log.add("ran")
			time.Sleep(time.Minute)
			return errBoom
		}))
		const times = 3
		errs := make(chan error, times)
		for range times {
			go func() { errs <- hook.Shutdown(background()) }()
		}
		synctest.Wait()
		ctx, cancel := gocontext.WithTimeout(gocontext.Background(), time.Second)
		defer cancel()
		expectError(t, hook.Shutdown(background().With(ctx)), gocontext.DeadlineExceeded)
		for range times {
			expectError(t, <-errs, errBoom)
		}
		// What is over is known without waiting.
		expectError(t, hook.Shutdown(background().Now()), errBoom)
		log.expect(t, "ran")
	})
}

func TestShutdownHookPanics(t *testing.T) {
	hook := must(service.NewShutdownHook[none, string](func(nctx) error { panic(errBoom) }))
	if v := panicOf(func() { _ = hook.Shutdown(background()) }); v != errBoom {
		t.Errorf("panic %v, want boom", v)
	}
	err := hook.Shutdown(background())
	if _, ok := errors.AsType[*service.PanicError](err); !ok || !errors.Is(err, errBoom) {
		t.Errorf("error %v, want the panic's", err)
	}
}
