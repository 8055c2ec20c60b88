package parallel_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// What is done to a limit.
const (
	acquire = "acquire" // readiness, waiting for it
	try     = "try"     // readiness, without waiting
	release = "release" // the reservation is given back
	wait    = "wait"    // one that is given up begins to wait for readiness
	leave   = "leave"   // and ends to
)

// deed is one of these.
type deed struct {
	verb    string
	got     bool // of acquire and try: there was readiness
	waiting int  // of wait and leave: who, from 0 to 63
}

// permits are how many are taken, and who waits and will give up, as a set of bits.
type permits struct {
	taken   int
	leavers uint64
}

// semaphore is what a limit is: so many permits, of which each operation takes one, fails to, or gives one back. Only a try may fail, and
// only when all is taken; but somebody who is about to leave may be given a permit that comes free, and passes it on. Meanwhile nobody
// else has it.
func semaphore(limit int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return permits{} },
		Step: func(state, input, _ any) (bool, any) {
			p, d := state.(permits), input.(deed)
			bit := uint64(1) << d.waiting
			switch {
			case d.verb == wait:
				return p.leavers&bit == 0, permits{p.taken, p.leavers | bit}
			case d.verb == leave:
				return p.leavers&bit != 0, permits{p.taken, p.leavers &^ bit}
			case d.verb == release:
				return p.taken > 0, permits{p.taken - 1, p.leavers}
			case d.got:
				return p.taken < limit, permits{p.taken + 1, p.leavers}
			default:
				return d.verb == try && p.taken+bits.OnesCount64(p.leavers) >= limit, p
			}
		},
	}
}

// callers are some that use a limit at the same time.
type callers struct {
	recorder
	ctx     gocontext.Context                    // it ends when somebody has waited in vain
	waiting atomic.Pointer[gocontext.CancelFunc] // of somebody who waits, and may be made to leave
	left    atomic.Int64                         // how many have
}

// together has clients act at the same time, each so many times, for as long as nobody waits in vain.
func (c *callers) together(clients, each int, act func(client int, random *rand.Rand)) {
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(client), rand.Uint64()))
			for number := 0; number < each && c.ctx.Err() == nil; number++ {
				act(client, random)
			}
		})
	}
	all.Wait()
}

// disturb has somebody who waits leave, just before or while something else is done.
func (c *callers) disturb(random *rand.Rand) {
	cancel := c.waiting.Swap(nil)
	switch {
	case cancel == nil:
	case random.IntN(2) == 0:
		(*cancel)()
	default:
		go (*cancel)()
	}
}

// use takes a permit, or tries to, or waits for one and perhaps leaves, and gives it back.
func (c *callers) use(p *pipeline, client int, random *rand.Rand) {
	parent, cancel := gocontext.WithCancel(c.ctx)
	defer cancel()
	binding := p.Bind()
	ctx, verb := context.New(parent, struct{}{}), acquire
	switch random.IntN(3) {
	case 0:
		ctx, verb = ctx.Now(), try
	case 1:
		c.waiting.Store(&cancel)
	}
	begun := c.now()
	err := binding.Ready(ctx)
	over := c.now()
	if errors.Is(err, gocontext.Canceled) && verb == acquire {
		c.left.Add(1)
		c.note(deed{verb: wait, waiting: client}, begun, over)
		c.note(deed{verb: leave, waiting: client}, begun, over)
		binding.Close()
		return
	}
	c.note(deed{verb: verb, got: err == nil}, begun, over)
	if err != nil {
		binding.Close()
		return
	}
	for range random.IntN(4) {
		runtime.Gosched() // others come in the meantime
	}
	c.disturb(random)
	begun = c.now()
	binding.Close()
	c.note(deed{verb: release}, begun, c.now())
}

// history records what callers do to a limit, and at the end, when everything has been given back, what is there: every permit, and none more.
func history(t *testing.T, on []*pipeline, limit, clients, each int) *callers {
	t.Helper()
	ctx, cancel := gocontext.WithTimeout(t.Context(), forever)
	defer cancel()
	c := &callers{ctx: ctx}
	c.together(clients, each, func(client int, random *rand.Rand) { c.use(on[client%len(on)], client, random) })
	for range limit + 1 {
		binding := on[0].Bind()
		defer binding.Close()
		begun := c.now()
		err := binding.Ready(context.New(gocontext.Background(), struct{}{}).Now())
		c.note(deed{verb: try, got: err == nil}, begun, c.now())
	}
	return c
}

// limited are pipelines through the layers that hand out permits: one through each, or two that share a limit.
func limited(t *testing.T, limit int) map[string][]*pipeline {
	t.Helper()
	plain, err := layer.NewConcurrencyLimit[struct{}, string, string](limit)
	if err != nil {
		t.Fatal(err)
	}
	permits, err := layer.NewPermits(limit)
	if err != nil {
		t.Fatal(err)
	}
	global, err := layer.NewGlobalConcurrencyLimit[struct{}, string, string](permits)
	if err != nil {
		t.Fatal(err)
	}
	echo := func(_ ctx, request string) (string, error) { return request, nil }
	return map[string][]*pipeline{
		"concurrency-limit":        {piped(t, plain, echo)},
		"global-concurrency-limit": {piped(t, global, echo), piped(t, global, echo)},
	}
}

func piped(t *testing.T, l layer.Layer[svc, svc], leaf func(ctx, string) (string, error)) *pipeline {
	t.Helper()
	inner, err := service.NewFunc(leaf)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Layer(inner)
	if err != nil {
		t.Fatal(err)
	}
	p, err := service.NewPipeline(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLimitsAreLinearizable records histories of permits that are taken, tried for, waited for in vain and given back by several
// goroutines, and has porcupine look for an order in which a semaphore would have done the same.
func TestLimitsAreLinearizable(t *testing.T) {
	left := int64(0)
	for _, limit := range []int{1, 2, 3} {
		for range 10 {
			for name, on := range limited(t, limit) {
				if t.Failed() {
					return // the next would wait in vain too
				}
				t.Run(fmt.Sprint(name, " of ", limit), func(t *testing.T) {
					c := history(t, on, limit, 6, 20)
					if result := porcupine.CheckOperationsTimeout(semaphore(limit), c.all, patience); result != porcupine.Ok {
						t.Errorf("no semaphore of %d permits does what %d operations did: %s", limit, len(c.all), result)
					}
					left += c.left.Load()
				})
			}
		}
	}
	if left == 0 {
		t.Error("nobody has given up a wait, so that was not tried")
	}
	t.Log(left)
}

// TestALimitOfAnotherWidthIsSeen holds the histories of a limit against a semaphore with one permit more, and with one less.
func TestALimitOfAnotherWidthIsSeen(t *testing.T) {
	for _, other := range []int{1, 3} {
		for name, on := range limited(t, 2) {
			if porcupine.CheckOperations(semaphore(other), history(t, on, 2, 6, 20).all) {
				t.Errorf("%s: a limit of 2 passes for one of %d", name, other)
			}
		}
	}
}

// TestWhatNoSemaphoreAllowsIsSeen shows in which ways the check can fail, for a semaphore of one permit.
func TestWhatNoSemaphoreAllowsIsSeen(t *testing.T) {
	taken, tried, failed, back := deed{verb: acquire, got: true}, deed{verb: try, got: true}, deed{verb: try}, deed{verb: release}
	waits, leaves := deed{verb: wait, waiting: 1}, deed{verb: leave, waiting: 1}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		allowed bool
	}{
		"in their turn":                           {inTurn(taken, back, tried, failed, back), true},
		"one too many":                            {inTurn(taken, tried), false},
		"one too many, waited for":                {inTurn(taken, taken), false},
		"fails beside room":                       {inTurn(taken, back, failed), false},
		"given back by nobody":                    {inTurn(taken, back, back), false},
		"waited for in vain":                      {inTurn(taken, deed{verb: acquire}), false},
		"left":                                    {inTurn(taken, waits, leaves, back, tried), true},
		"passed on by one who leaves":             {inTurn(taken, waits, back, failed, leaves, tried), true},
		"lost with one who left":                  {inTurn(taken, waits, back, leaves, failed), false},
		"lost with one who left without having":   {inTurn(taken, waits, leaves, back, failed), false},
		"doubled by one who left":                 {inTurn(taken, waits, leaves, tried), false},
		"doubled by one who left it":              {inTurn(taken, waits, back, leaves, tried, taken), false},
		"two permits for one, while one leaves":   {inTurn(waits, taken, taken, leaves), false},
		"given back and taken at the same time":   {then(inTurn(taken), atOnce(taken, back, failed)), true},
		"one too many at the same time":           {then(inTurn(taken), atOnce(taken, taken, back)), false},
		"fails while one leaves, and room before": {then(atOnce(waits, leaves), inTurn(failed)), false},
	} {
		if porcupine.CheckOperations(semaphore(1), c.history) != c.allowed {
			t.Errorf("%s: allowed is %t", name, !c.allowed)
		}
	}
}
