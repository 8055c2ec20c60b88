package service_test

import (
	gocontext "context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/reference/service"
)

// pair is two services in a row and the limits around them.
type pair struct {
	log          journal
	a, b         double[string]
	first, other text // one call at a time each
	joined       text
}

func newPair() *pair {
	p := new(pair)
	p.a = double[string]{name: "a", log: &p.log}
	p.b = double[string]{name: "b", log: &p.log}
	p.first, p.other = limit(1, text(&p.a)), limit(1, text(&p.b))
	p.joined = must(service.NewAndThen(p.first, p.other))
	return p
}

// expectFree finds out whether anything is still reserved.
func (p *pair) expectFree(t *testing.T) {
	t.Helper()
	p.a.ready, p.b.ready = nil, nil
	expectRoom(t, p.first, 1)
	expectRoom(t, p.other, 1)
}

func TestAndThenFeedsSecond(t *testing.T) {
	p := newPair()
	got, err := piped(p.joined).Call(background(), "r")
	expectAnswer(t, got, err, "r>a>b")
	// Second is checked again after first has answered.
	p.log.expect(t, "a asked", "b asked", "a got r", "b asked", "b got r>a")
	p.expectFree(t)
}

func TestAndThenErrorSkipsSecond(t *testing.T) {
	p := newPair()
	p.a.call = fails[string](errBoom)
	_, err := piped(p.joined).Call(background(), "r")
	expectError(t, err, errBoom)
	if p.log.count("b got r>a") != 0 {
		t.Error("second was called")
	}
	p.expectFree(t)
}

func TestAndThenSecondNotReadyAfterFirst(t *testing.T) {
	p := newPair()
	p.a.call = func(_ nctx, req string) (string, error) {
		p.b.ready = func(nctx) error { return errBoom }
		return req, nil
	}
	_, err := piped(p.joined).Call(background(), "r")
	expectError(t, err, errBoom)
	if p.log.count("b got r") != 0 {
		t.Error("second was called")
	}
	p.expectFree(t)
}

func TestAndThenEndedContextSkipsSecond(t *testing.T) {
	p := newPair()
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	p.a.call = func(_ nctx, req string) (string, error) {
		cancel() // and answers all the same
		return req, nil
	}
	_, err := piped(p.joined).Call(background().With(ctx), "r")
	expectError(t, err, gocontext.Canceled)
	p.log.expect(t, "a asked", "b asked", "a got r")
	p.expectFree(t)
}

func TestAndThenFirstHoldsNothingWhileSecondWorks(t *testing.T) {
	p := newPair()
	// It answers without spending what is reserved further inside.
	shy := must(service.NewApply(p.first, func(_ nctx, req string, _ *service.Handle[none, string, string]) (string, error) {
		return req, nil
	}))
	joined := must(service.NewAndThen(shy, p.other))
	p.b.call = func(nctx, string) (string, error) {
		expectRoom(t, p.first, 1)
		return "done", nil
	}
	got, err := piped(joined).Call(background(), "r")
	expectAnswer(t, got, err, "done")
}

func TestAndThenNested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, q := newPair(), newPair()
		joined := must(service.NewAndThen(p.joined, q.joined))
		g := make(gate)
		p.b.ready, q.a.ready = g.wait, g.wait
		time.AfterFunc(time.Second, func() { close(g) })
		got, err := piped(joined).Call(background(), "r")
		expectAnswer(t, got, err, "r>a>b>a>b")
		p.expectFree(t)
		q.expectFree(t)
	})
}

func TestAndThenPoll(t *testing.T) {
	p := newPair()
	pipeline := piped(p.joined)
	expectError(t, pipeline.Poll(background()), nil)
	p.log.expect(t, "a polled", "b polled")
	p.b.poll = errBoom
	expectError(t, pipeline.Poll(background()), errBoom)
	p.log.expect(t, "a polled", "b polled")
	p.a.poll, p.b.poll = errBoom, nil
	expectError(t, pipeline.Poll(background()), errBoom)
	p.log.expect(t, "a polled")
}

func TestAndThenAllocatesNothing(t *testing.T) {
	p := must(service.NewPipeline(must(service.NewAndThen(plain(t), plain(t)))))
	ctx := background()
	allocs := testing.AllocsPerRun(1000, func() {
		if _, err := p.Call(ctx, "r"); err != nil {
			t.Fatal(err)
		}
	})
	if allocs >= 1 {
		t.Errorf("%v allocations a call, want none", allocs)
	}
}

// plain is a service that answers with the request.
func plain(t *testing.T) text {
	t.Helper()
	return must(service.NewFunc(func(_ nctx, req string) (string, error) { return req, nil }))
}
