package inprocess

import (
	"cmp"
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// DefaultSettle is how long nothing must happen until a subject on the machine's clock is taken to be at rest. To hand
// something over, between goroutines or through the loopback device, takes some 50 us; a timer of Go is good to 1 ms.
const DefaultSettle = time.Millisecond

// restless is how many times as long as that a subject may go on before its reply is sent all the same. It is a subject that
// never rests; what it does later is in later replies.
const restless = 50

// LiveHost returns a subject.Host that drives the adapter on the machine's clock and outside of any bubble, for
// implementations that cannot live in one: because they keep goroutines of their own, say, or wait for the network.
//
// Durations last scale times as long as the script says. That nothing more can happen without another command is a guess there: no
// event for the time of settle (0 means DefaultSettle), and no goroutine that runs or could. What an implementation leaves
// behind is found only where it is an operation of the script that does not end.
func LiveHost(adapter Adapter, scale float64, settle time.Duration) subject.Host {
	return func() (subject.Subject, error) {
		r := newRunner(adapter)
		r.env.scale = scale
		return &live{runner: r, scale: scale, settle: cmp.Or(settle, DefaultSettle)}, nil
	}
}

// live is a subject on the machine's clock.
type live struct {
	runner *runner
	scale  float64
	settle time.Duration
	at     script.Duration // where the script's time stands
}

var _ subject.Timed = (*live)(nil)

// Do implements subject.Subject.
func (l *live) Do(command script.Command) ([]script.Event, error) {
	var err error
	if command.Do == script.Advance {
		l.advance(*command.Duration)
	} else {
		err = l.runner.do(command.Scaled(l.scale))
	}
	l.rest()
	return l.runner.env.take(), err
}

// advance sleeps until the script's time is there. The time that commands have taken since it last moved is part of it, so
// that they do not add up.
func (l *live) advance(by script.Duration) {
	l.at += by
	target := l.runner.env.start.Add(time.Duration(float64(l.at) * l.scale))
	time.Sleep(time.Until(target))
}

// Now implements subject.Timed.
func (l *live) Now() script.Duration { return l.runner.env.now() }

// rest returns when nothing has happened for a while.
func (l *live) rest() {
	for limit := time.Now().Add(restless * l.settle); time.Now().Before(limit); {
		before := l.runner.env.activity()
		time.Sleep(l.settle)
		if l.runner.env.activity() == before && idle() {
			return
		}
	}
}

// idle tells whether no goroutine but the caller's runs or could run.
func idle() bool {
	goroutines := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}, {Name: "/sched/goroutines/running:goroutines"}}
	metrics.Read(goroutines)
	return goroutines[0].Value.Uint64() == 0 && goroutines[1].Value.Uint64() <= 1
}

// farewell is how long the operations of a subject may take to end. A runner waits five seconds for any reply.
const farewell = 2 * time.Second

// Close implements subject.Subject.
func (l *live) Close() error {
	l.runner.end()
	ended := make(chan struct{})
	go func() { l.runner.underWay.Wait(); close(ended) }()
	select {
	case <-ended:
		return nil
	case <-time.After(farewell):
		return &subject.LeakError{Stacks: fmt.Sprintf("%v after it was given up, an operation has not ended", farewell)}
	}
}
