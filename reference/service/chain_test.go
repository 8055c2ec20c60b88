package service_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// transparent checks that a wrapper adds nothing to a service.
func transparent(t *testing.T, wrap func(text) text) {
	t.Helper()
	var log journal
	d := &double[string]{name: "a", log: &log}
	inner := limit(1, text(d))
	pipeline := piped(wrap(inner))
	b := pipeline.Bind()
	defer b.Close()

	_, err := b.CallNow(background(), "r")
	expectError(t, err, service.ErrNotReady)
	log.expect(t)
	expectError(t, b.Ready(background()), nil)
	expectRoom(t, inner, 0)
	log.expect(t, "a asked")
	got, err := b.CallNow(background(), "r")
	expectAnswer(t, got, err, "r>a")
	log.expect(t, "a got r")
	expectRoom(t, inner, 1)
	log.entries = nil

	d.ready = func(nctx) error { return errBoom }
	if err := b.Ready(background()); err != errBoom {
		t.Errorf("readiness failed with %v, want the error itself", err)
	}
	d.ready = nil
	expectError(t, b.Ready(background()), nil) // asked anew
	d.call = fails[string](errBoom)
	if _, err := b.Call(background(), "r"); err != errBoom {
		t.Errorf("the call failed with %v, want the error itself", err)
	}
	log.entries = nil
	d.poll = errBoom
	expectError(t, pipeline.Poll(background()), errBoom)
	expectError(t, pipeline.Shutdown(background()), nil)
	log.expect(t, "a polled", "a shut down")
}

func TestBoxIsTransparent(t *testing.T) {
	transparent(t, func(s text) text { return must(service.NewBox(s)) })
}

func TestChainIsTransparent(t *testing.T) {
	transparent(t, func(s text) text { return must(service.NewChain(s).Service()) })
}

func TestChainSteps(t *testing.T) {
	var log journal
	a, b := &double[string]{name: "a", log: &log}, &double[string]{name: "b", log: &log}
	c := service.NewChain(text(a)).
		AndThen(b).
		Map(func(r string) string { return r + ">m" }).
		Apply(func(ctx nctx, req string, inner *handle) (string, error) { return inner.Call(ctx, req+">f") }).
		MapErr(func(err error) error { return errors.Join(errors.New("mapped"), err) }).
		Then(heir(&log))
	sized := service.Extend(c, func(s text) (service.Service[none, string, int], error) {
		return service.NewMap(s, func(r string) int { return len(r) })
	})
	limited := service.Extend(sized, must(layer.NewConcurrencyLimit[none, string, int](1)).Layer)

	got, err := must(c.Pipeline()).Call(background(), "r")
	expectAnswer(t, got, err, "r>f>a>b>m>b")
	n, err := must(limited.Pipeline()).Call(background(), "r")
	if want := len("r>f>a>b>m>b"); n != want || err != nil {
		t.Errorf("answer %v, %v, want %d", n, err, want)
	}
	b.call = fails[string](errBoom)
	got, err = must(c.Pipeline()).Call(background(), "r")
	expectAnswer(t, got, err, "error:mapped\nboom")
}

func TestChainIsAValue(t *testing.T) {
	c := service.NewChain(plain(t))
	one := c.Map(func(r string) string { return r + "1" })
	two := c.Map(func(r string) string { return r + "2" })
	for want, c := range map[string]service.Chain[none, string, string]{"r": c, "r1": one, "r2": two} {
		got, err := must(c.Pipeline()).Call(background(), "r")
		expectAnswer(t, got, err, want)
	}
}

func TestChainKeepsTheFirstRefusal(t *testing.T) {
	var chain service.Chain[none, string, string]
	_, err := chain.Map(nil).Service()
	expectRefused(t, err, "service")
	_, err = service.NewChain(plain(t)).Map(nil).AndThen(nil).Pipeline()
	expectRefused(t, err, "f")
	_, err = service.NewChain(plain(t)).AndThen(nil).Service()
	expectRefused(t, err, "second")
	_, err = service.NewChain(plain(t)).Then(nil).Service()
	expectRefused(t, err, "second")
	_, err = service.NewChain(plain(t)).MapErr(nil).Service()
	expectRefused(t, err, "f")
	_, err = service.NewChain(plain(t)).Apply(nil).Service()
	expectRefused(t, err, "f")
	_, err = service.Extend[none, string, string, string, string](service.NewChain(plain(t)), nil).Service()
	expectRefused(t, err, "wrap")
	_, err = service.Extend(service.NewChain(plain(t)), func(text) (text, error) { return nil, nil }).Service()
	expectError(t, err, service.ErrNoService)
	_, err = service.Extend(chain, func(text) (text, error) { t.Error("wrapped"); return nil, nil }).Service()
	expectRefused(t, err, "service")
}

func TestCombinatorsNameTheNilParameter(t *testing.T) {
	s, next := plain(t), ending(heir(new(journal)))
	same := func(r string) string { return r }
	sameErr := func(err error) error { return err }
	through := func(ctx nctx, req string, inner *handle) (string, error) { return inner.Call(ctx, req) }
	var nobody text
	tests := []struct {
		name string
		err  func() error
	}{
		{"service", func() error { _, err := service.NewMap(nobody, same); return err }},
		{"f", func() error { _, err := service.NewMap[none, string, string, string](s, nil); return err }},
		{"service", func() error { _, err := service.NewMapErr(nobody, sameErr); return err }},
		{"f", func() error { _, err := service.NewMapErr(s, nil); return err }},
		{"first", func() error { _, err := service.NewAndThen(nobody, s); return err }},
		{"second", func() error { _, err := service.NewAndThen(s, nobody); return err }},
		{"first", func() error { _, err := service.NewThen(nobody, next); return err }},
		{"second", func() error { _, err := service.NewThen(s, ending(nil)); return err }},
		{"service", func() error { _, err := service.NewApply(nobody, through); return err }},
		{"f", func() error { _, err := service.NewApply[none, string, string, string, string](s, nil); return err }},
		{"f", func() error { _, err := service.NewShutdownHook[none, string](nil); return err }},
		{"service", func() error { _, err := service.NewBox(nobody); return err }},
	}
	for i, test := range tests {
		t.Run(strconv.Itoa(i), func(t *testing.T) { expectRefused(t, test.err(), test.name) })
	}
}
