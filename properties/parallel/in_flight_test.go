package parallel_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
)

// What happens at an in-flight limit, beside acquire and try, which are readiness here too, but take nothing.
const (
	enter = "enter" // a call gets inside
	exit  = "exit"  // it is over
	stuck = "stuck" // one that nobody gave up has waited for ever
)

// inFlight is what a limit of calls in flight is: so many places, which only calls take. There is readiness as long as one is free, and
// only a try fails for want of it.
func inFlight(limit int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return 0 },
		Step: func(state, input, _ any) (bool, any) {
			inside, d := state.(int), input.(deed)
			switch {
			case d.verb == enter:
				return inside < limit, inside + 1
			case d.verb == exit:
				return inside > 0, inside - 1
			case d.verb == stuck:
				return false, inside
			case d.got:
				return inside < limit, inside
			default:
				return d.verb == try && inside == limit, inside
			}
		},
	}
}

// visit is one call, for the service inside to record when it was there.
type visit struct {
	entered, left int64
	stay          func(gocontext.Context) error // how long it stays, and how it ends
}

// visits are calls through an in-flight limit.
type visits struct {
	callers
	binding func() visitor
	turned  atomic.Int64 // calls that were given up before they got inside
	cut     atomic.Int64 // calls that were given up inside
}

// visitor is what a binding does.
type visitor interface {
	Ready(ctx) error
	Call(ctx, string) (string, error)
	CallNow(ctx, string) (string, error)
	Close()
}

type visitKey struct{}

// inside is the service that is limited.
func (v *visits) inside(c ctx, request string) (string, error) {
	here := c.Value(visitKey{}).(*visit)
	here.entered = v.now()
	err := here.stay(c.Go())
	here.left = v.now()
	return request, err
}

// throughInFlight makes a limit around that service.
func throughInFlight(t *testing.T, limit int) *visits {
	t.Helper()
	l, err := layer.NewInFlightLimit[struct{}, string, string](limit)
	if err != nil {
		t.Fatal(err)
	}
	var v visits
	p := piped(t, l, v.inside)
	v.binding = func() visitor { return p.Bind() }
	return &v
}

var errVisit = errors.New("the call was told to fail")

// visit makes one call, with or without a check of readiness before it, and records when it was inside.
func (v *visits) visit(parent gocontext.Context, checked bool, stay func(gocontext.Context) error) {
	binding := v.binding()
	defer binding.Close()
	here := &visit{stay: stay}
	call := binding.CallNow
	if checked {
		call = binding.Call
	}
	begun := v.now()
	_, err := call(context.New(gocontext.WithValue(parent, visitKey{}, here), struct{}{}), "q")
	over := v.now()
	switch {
	case here.entered > 0:
		v.note(deed{verb: enter}, begun, here.entered)
		v.note(deed{verb: exit}, here.left, over)
		if errors.Is(err, gocontext.Canceled) {
			v.cut.Add(1)
		}
	case errors.Is(err, gocontext.Canceled):
		v.turned.Add(1)
	default: // it would have waited for ever, or was refused
		v.note(deed{verb: stuck}, begun, over)
	}
}

// look asks for readiness.
func (v *visits) look(parent gocontext.Context, verb string) {
	binding := v.binding()
	defer binding.Close()
	c := context.New(parent, struct{}{})
	if verb == try {
		c = c.Now()
	}
	begun := v.now()
	err := binding.Ready(c)
	over := v.now()
	if verb == acquire && errors.Is(err, gocontext.Canceled) {
		v.callers.left.Add(1) // it may, whatever there is
		return
	}
	v.note(deed{verb: verb, got: err == nil}, begun, over)
}

// act does one thing at random.
func (v *visits) act(random *rand.Rand) {
	parent, cancel := gocontext.WithCancel(v.ctx)
	defer cancel()
	leaving := random.IntN(2) == 0
	if leaving {
		v.waiting.Store(&cancel)
	}
	pause := random.IntN(4)
	stay := func(c gocontext.Context) error {
		for range pause {
			runtime.Gosched() // others come in the meantime
		}
		if leaving && pause == 0 {
			cancel() // the caller leaves while it is inside
			<-c.Done()
			return c.Err()
		}
		v.disturb(random)
		if pause == 1 {
			return errVisit
		}
		return nil
	}
	switch random.IntN(5) {
	case 0:
		v.look(parent, try)
	case 1:
		v.look(parent, acquire)
	default:
		v.visit(parent, random.IntN(2) == 0, stay)
	}
}

// full has as many calls as the limit inside at once, and sees whether there is readiness then, and when they are over.
func (v *visits) full(limit int) {
	var all sync.WaitGroup
	inside, over := make(chan struct{}, limit), make(chan struct{})
	for range limit {
		all.Go(func() {
			v.visit(v.ctx, false, func(gocontext.Context) error {
				inside <- struct{}{}
				<-over
				return nil
			})
		})
	}
	for range limit {
		select {
		case <-inside:
		case <-v.ctx.Done():
		}
	}
	v.look(v.ctx, try)
	close(over)
	all.Wait()
	v.look(v.ctx, try)
}

// throng records what callers do at the same time, and at the end what room there is.
func (v *visits) throng(limit, clients, each int) {
	var cancel gocontext.CancelFunc
	v.ctx, cancel = gocontext.WithTimeout(gocontext.Background(), forever)
	defer cancel()
	v.together(clients, each, func(_ int, random *rand.Rand) { v.act(random) })
	v.full(limit)
}

// TestTheInFlightLimitIsLinearizable records calls that get inside, fail, are given up before that and after, and readiness beside them, and
// has porcupine look for an order in which so many places would have been enough.
func TestTheInFlightLimitIsLinearizable(t *testing.T) {
	var left, turned, cut int64
	for _, limit := range []int{1, 2, 3} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			for range 10 {
				v := throughInFlight(t, limit)
				v.throng(limit, 6, 20)
				if result := porcupine.CheckOperationsTimeout(inFlight(limit), v.all, patience); result != porcupine.Ok {
					t.Fatalf("%d places do not allow what %d operations did: %s", limit, len(v.all), result)
				}
				left, turned, cut = left+v.callers.left.Load(), turned+v.turned.Load(), cut+v.cut.Load()
			}
		})
	}
	if left == 0 || turned == 0 || cut == 0 {
		t.Errorf("given up: %d waits for readiness, %d calls that waited, %d calls inside; so not everything was tried", left, turned, cut)
	}
	t.Log(left, turned, cut)
}

// TestAnInFlightLimitOfAnotherWidthIsSeen holds the histories of a limit against one that is wider, and one that is narrower.
func TestAnInFlightLimitOfAnotherWidthIsSeen(t *testing.T) {
	for _, other := range []int{1, 3} {
		v := throughInFlight(t, 2)
		v.throng(2, 6, 20)
		if porcupine.CheckOperations(inFlight(other), v.all) {
			t.Errorf("a limit of 2 passes for one of %d", other)
		}
	}
}

// TestWhatNoInFlightLimitAllowsIsSeen shows in which ways the check can fail, for a limit of one.
func TestWhatNoInFlightLimitAllowsIsSeen(t *testing.T) {
	in, out, ready, full, waited := deed{verb: enter}, deed{verb: exit}, deed{verb: try, got: true}, deed{verb: try}, deed{verb: acquire, got: true}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		allowed bool
	}{
		"in their turn":                  {inTurn(ready, waited, in, full, out, ready, in, out), true},
		"readiness takes nothing":        {inTurn(ready, waited, in), true},
		"one too many":                   {inTurn(in, in), false},
		"ready without room":             {inTurn(in, ready), false},
		"waited, and ready without room": {inTurn(in, waited), false},
		"not ready beside room":          {inTurn(in, out, full), false},
		"out twice":                      {inTurn(in, out, out), false},
		"never let in":                   {inTurn(in, out, deed{verb: stuck}), false},
		"never ready":                    {inTurn(in, out, deed{verb: acquire}), false},
		"in as another leaves":           {then(inTurn(in), atOnce(in, out, ready)), true},
		"in before another leaves":       {then(inTurn(in), atOnce(in, ready), inTurn(out)), false},
	} {
		if porcupine.CheckOperations(inFlight(1), c.history) != c.allowed {
			t.Errorf("%s: allowed is %t", name, !c.allowed)
		}
	}
}
