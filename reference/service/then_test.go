package service_test

import (
	gocontext "context"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// heir is a second service that tells what it was given.
func heir(log *journal) *double[service.Outcome[string]] {
	return &double[service.Outcome[string]]{name: "b", log: log, call: func(_ nctx, o service.Outcome[string]) (string, error) {
		if o.Err != nil {
			return "error:" + o.Err.Error(), nil
		}
		return o.Response + ">b", nil
	}}
}

func TestThenHandsOverOutcome(t *testing.T) {
	var log journal
	a := &double[string]{name: "a", log: &log}
	first := limit(1, text(a))
	pipeline := piped(must(service.NewThen(first, ending(heir(&log)))))
	got, err := pipeline.Call(background(), "r")
	expectAnswer(t, got, err, "r>a>b")
	a.call = fails[string](errBoom)
	got, err = pipeline.Call(background(), "r")
	expectAnswer(t, got, err, "error:boom")
	expectRoom(t, first, 1)
}

func TestThenSecondDecides(t *testing.T) {
	var log journal
	a, b := &double[string]{name: "a", log: &log}, heir(&log)
	b.call = fails[service.Outcome[string]](errBoom)
	_, err := piped(must(service.NewThen(text(a), ending(b)))).Call(background(), "r")
	expectError(t, err, errBoom)
}

func TestThenReadinessErrorIsNoOutcome(t *testing.T) {
	var log journal
	a := &double[string]{name: "a", log: &log, ready: func(nctx) error { return errBoom }}
	_, err := piped(must(service.NewThen(text(a), ending(heir(&log))))).Call(background(), "r")
	expectError(t, err, errBoom)
	log.expect(t, "a asked")
}

func TestThenEndedContextIsNoOutcome(t *testing.T) {
	for name, answer := range map[string]error{"response": nil, "error": gocontext.Canceled} {
		t.Run(name, func(t *testing.T) {
			var log journal
			ctx, cancel := gocontext.WithCancel(gocontext.Background())
			a := &double[string]{name: "a", log: &log, call: func(nctx, string) (string, error) {
				cancel()
				return "late", answer
			}}
			_, err := piped(must(service.NewThen(text(a), ending(heir(&log))))).Call(background().With(ctx), "r")
			expectError(t, err, gocontext.Canceled)
			log.expect(t, "a asked", "b asked", "a got r")
		})
	}
}

func TestThenNeedsReadiness(t *testing.T) {
	var log journal
	a := &double[string]{name: "a", log: &log}
	b := piped(must(service.NewThen(text(a), ending(heir(&log))))).Bind()
	defer b.Close()
	_, err := b.CallNow(background(), "r")
	expectError(t, err, service.ErrNotReady)
	log.expect(t)
}

func TestThenPanicGivesBack(t *testing.T) {
	var log journal
	a := &double[string]{name: "a", log: &log, call: func(nctx, string) (string, error) { panic("boom") }}
	first, second := limit(1, text(a)), limit(1, ending(heir(&log)))
	joined := must(service.NewThen(first, second))
	if v := panicOf(func() { _, _ = piped(joined).Call(background(), "r") }); v != "boom" {
		t.Errorf("panic %v, want boom", v)
	}
	expectRoom(t, first, 1)
	expectRoom(t, second, 1)
}

func TestThenReadinessIsOfBoth(t *testing.T) {
	var log journal
	b := heir(&log)
	b.ready = make(gate).wait
	binding := piped(must(service.NewThen(text(&double[string]{name: "a", log: &log}), ending(b)))).Bind()
	defer binding.Close()
	expectError(t, binding.Ready(background().Now()), context.ErrWouldWait)
}
