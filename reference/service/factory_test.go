package service_test

import (
	gocontext "context"
	"fmt"
	"strconv"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type (
	factory = service.Factory[none, string, string, string]
	wrapper = service.Middleware[text, text]
)

// source is a factory of doubles; with an error it makes none.
func source(name string, log *journal, err error) factory {
	return must(service.NewFuncFactory(func(_ nctx, config string) (text, error) {
		log.add("%s created with %s", name, config)
		if err != nil {
			return nil, err
		}
		return &double[string]{name: name, log: log}, nil
	}))
}

func expectCreated(t *testing.T, f factory, want string) {
	t.Helper()
	pipeline, err := service.CreatePipeline(background(), f, "cfg")
	if err != nil {
		t.Fatal(err)
	}
	got, err := pipeline.Call(background(), "r")
	expectAnswer(t, got, err, want)
}

func expectNotCreated(t *testing.T, f factory, want error) {
	t.Helper()
	s, err := f.Create(background(), "cfg")
	expectError(t, err, want)
	if s != nil {
		t.Errorf("a service beside the error: %v", s)
	}
}

func TestFactoryMakesFreshServices(t *testing.T) {
	var log journal
	f := source("a", &log, nil)
	f = must(service.NewMiddlewareFactory(must(layer.NewConcurrencyLimit[none, string, string](1)), f))
	one, two := must(f.Create(background(), "1")), must(f.Create(background(), "2"))
	b := piped(one).Bind()
	defer b.Close()
	expectError(t, b.Ready(background()), nil)
	expectRoom(t, one, 0)
	expectRoom(t, two, 1)
}

func TestFactoryThatReturnsNothing(t *testing.T) {
	nothing := factory(must(service.NewFuncFactory(func(nctx, string) (text, error) { return nil, nil })))
	expectNotCreated(t, nothing, service.ErrNoService)
	careless := carelessFactory{}
	expectNotCreated(t, must(service.NewBoxFactory[none, string, string, string](careless)), service.ErrNoService)
	expectNotCreated(t, must(service.NewAndThenFactory[none, string, string, string, string](careless, careless)), service.ErrNoService)
	_, err := service.CreatePipeline[none, string, string, string](background(), careless, "cfg")
	expectError(t, err, service.ErrNoService)
}

type carelessFactory struct{}

func (carelessFactory) Create(nctx, string) (text, error) { return nil, nil }

func TestFactoryCombinators(t *testing.T) {
	var log journal
	a, b := source("a", &log, nil), source("b", &log, nil)
	expectCreated(t, must(service.NewAndThenFactory(a, b)), "r>a>b")
	log.expect(t, "a created with cfg", "b created with cfg", "a asked", "b asked", "a got r", "b asked", "b got r>a")

	then := must(service.NewFuncFactory(func(nctx, string) (ending, error) { return heir(&log), nil }))
	expectCreated(t, must(service.NewThenFactory(a, then)), "r>a>b")
	expectCreated(t, must(service.NewMapFactory(a, func(r string) string { return r + ">m" })), "r>a>m")
	expectCreated(t, must(service.NewBoxFactory(a)), "r>a")
	applied := must(service.NewApplyFactory(a, func(ctx nctx, req string, inner *handle) (string, error) {
		return inner.Call(ctx, req+">f")
	}))
	expectCreated(t, applied, "r>f>a")

	log.entries = nil
	sized := must(service.NewMapConfig(a, strconv.Itoa))
	must(sized.Create(background(), 7))
	log.expect(t, "a created with 7")
}

func TestFactoryOfTwoStopsAtTheFirstError(t *testing.T) {
	var log journal
	a, b := source("a", &log, nil), source("b", &log, nil)
	noA, noB := source("a", &log, errBoom), source("b", &log, errBoom)
	expectNotCreated(t, must(service.NewAndThenFactory(noA, b)), errBoom)
	log.expect(t, "a created with cfg")
	expectNotCreated(t, must(service.NewAndThenFactory(a, noB)), errBoom)
	// What was made is not shut down.
	log.expect(t, "a created with cfg", "b created with cfg")
}

func TestFactoryErrorMaps(t *testing.T) {
	var log journal
	outer := func(err error) error {
		log.add("mapped")
		return fmt.Errorf("outer: %w", err)
	}
	creation := must(service.NewMapInitErr(source("a", &log, errBoom), outer))
	expectNotCreated(t, creation, errBoom)
	log.expect(t, "a created with cfg", "mapped")

	fine := must(service.NewMapInitErr(must(service.NewFuncFactory(func(nctx, string) (text, error) {
		return &double[string]{name: "a", log: &log, call: fails[string](errBoom)}, nil
	})), outer))
	_, err := must(service.CreatePipeline(background(), fine, "cfg")).Call(background(), "r")
	expectError(t, err, errBoom)
	log.expect(t, "a asked", "a got r")

	// The other map, the other way round.
	calls := must(service.NewMapErrFactory(source("a", &log, errBoom), outer))
	expectNotCreated(t, calls, errBoom)
	log.expect(t, "a created with cfg")
	calls = must(service.NewMapErrFactory(fine, outer))
	_, err = must(service.CreatePipeline(background(), calls, "cfg")).Call(background(), "r")
	if err == nil || err.Error() != "outer: boom" {
		t.Errorf("error %v, want it mapped once", err)
	}
}

func TestFactoryGivenUp(t *testing.T) {
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	cancel()
	waits := must(service.NewFuncFactory(func(ctx nctx, _ string) (text, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}))
	mapped := must(service.NewMapInitErr(waits, func(error) error { return errBoom }))
	_, err := mapped.Create(background().With(ctx), "cfg")
	expectError(t, err, gocontext.Canceled)
}

// tag is a middleware that reports itself and marks the requests.
type tag struct {
	name string
	log  *journal
	err  error
}

func (m tag) Layer(inner text) (text, error) {
	m.log.add("%s applied", m.name)
	if m.err != nil {
		return nil, m.err
	}
	return service.NewApply(inner, func(ctx nctx, req string, inner *handle) (string, error) {
		return inner.Call(ctx, req+">"+m.name)
	})
}

func TestMiddlewareFactory(t *testing.T) {
	var log journal
	m := tag{name: "m", log: &log}
	expectCreated(t, must(service.NewMiddlewareFactory(wrapper(m), source("a", &log, nil))), "r>m>a")
	log.expect(t, "a created with cfg", "m applied", "a asked", "a asked", "a got r>m")

	expectNotCreated(t, must(service.NewMiddlewareFactory(wrapper(m), source("a", &log, errBoom))), errBoom)
	log.expect(t, "a created with cfg")

	m.err = errBoom
	expectNotCreated(t, must(service.NewMiddlewareFactory(wrapper(m), source("a", &log, nil))), errBoom)
}

func TestFactoriesNameTheNilParameter(t *testing.T) {
	var log journal
	a := source("a", &log, nil)
	var nowhere factory
	m := wrapper(tag{name: "m", log: &log})
	same := func(r string) string { return r }
	sameErr := func(err error) error { return err }
	through := func(ctx nctx, req string, inner *handle) (string, error) { return inner.Call(ctx, req) }
	tests := []struct {
		name string
		err  func() error
	}{
		{"f", func() error { _, err := service.NewFuncFactory[none, string, string, string](nil); return err }},
		{"factory", func() error { _, err := service.CreatePipeline(background(), nowhere, "cfg"); return err }},
		{"factory", func() error { _, err := service.NewMapFactory(nowhere, same); return err }},
		{"f", func() error {
			_, err := service.NewMapFactory[none, string, string, string, string](a, nil)
			return err
		}},
		{"factory", func() error { _, err := service.NewMapErrFactory(nowhere, sameErr); return err }},
		{"f", func() error { _, err := service.NewMapErrFactory(a, nil); return err }},
		{"factory", func() error { _, err := service.NewApplyFactory(nowhere, through); return err }},
		{"f", func() error {
			_, err := service.NewApplyFactory[none, string, string, string, string, string](a, nil)
			return err
		}},
		{"factory", func() error { _, err := service.NewBoxFactory(nowhere); return err }},
		{"first", func() error { _, err := service.NewAndThenFactory(nowhere, a); return err }},
		{"second", func() error { _, err := service.NewAndThenFactory(a, nowhere); return err }},
		{"factory", func() error { _, err := service.NewMapConfig(nowhere, same); return err }},
		{"f", func() error {
			_, err := service.NewMapConfig[none, string, string, string, string](a, nil)
			return err
		}},
		{"factory", func() error { _, err := service.NewMapInitErr(nowhere, sameErr); return err }},
		{"f", func() error { _, err := service.NewMapInitErr(a, nil); return err }},
		{"factory", func() error { _, err := service.NewMiddlewareFactory(m, nowhere); return err }},
		{"middleware", func() error { _, err := service.NewMiddlewareFactory(wrapper(nil), a); return err }},
	}
	for i, test := range tests {
		t.Run(strconv.Itoa(i), func(t *testing.T) { expectRefused(t, test.err(), test.name) })
	}
}
