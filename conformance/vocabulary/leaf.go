package vocabulary

import (
	"fmt"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Leaf is the innermost service, which the spec controls. It begins ready, and parks every call until it is answered.
type Leaf struct {
	session *session
	name    string
}

// String names the leaf in failure messages.
func (l *Leaf) String() string {
	if l.name == mainLeaf {
		return "the leaf"
	}
	return "leaf " + l.name
}

func (l *Leaf) set(does script.Leaf) {
	ginkgo.GinkgoHelper()
	does.Name = l.name
	l.session.do(script.Command{Do: script.SetLeaf, Leaf: &does})
}

// BecomeReady has readiness checks succeed from now on, those that wait included.
func (l *Leaf) BecomeReady() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Ready: "ok"}) }

// BecomeBusy has readiness checks wait from now on.
func (l *Leaf) BecomeBusy() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Ready: "wait"}) }

// BecomeUnready has readiness checks fail from now on, those that wait included, with an error of that chain of kinds,
// outermost first.
func (l *Leaf) BecomeUnready(kinds ...string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Ready: "error:" + script.Chain(kinds)})
}

// AnswerByHand parks every call until it is answered.
func (l *Leaf) AnswerByHand() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Answers: "manual"}) }

// Echo answers every call at once with its own request.
func (l *Leaf) Echo() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Answers: "echo"}) }

// FailEvery answers every call at once with an error of that kind.
func (l *Leaf) FailEvery(kind string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Answers: "error:" + kind})
}

// PanicOnEvery panics at once in every call.
func (l *Leaf) PanicOnEvery() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Answers: "panic"}) }

// IgnoreCancellation has calls that are cancelled go on until they are answered.
func (l *Leaf) IgnoreCancellation() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Cancel: "ignore"}) }

// HoldShutdown has shutdown wait until ReleaseShutdown.
func (l *Leaf) HoldShutdown() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Shutdown: "wait"}) }

// ReleaseShutdown has shutdown complete.
func (l *Leaf) ReleaseShutdown() { ginkgo.GinkgoHelper(); l.set(script.Leaf{Shutdown: "done"}) }

// FailPoll has polls fail from now on.
func (l *Leaf) FailPoll(kind string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Poll: "error:" + kind})
}

// FailCreation has the leaf's factory fail from now on.
func (l *Leaf) FailCreation(kind string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Create: "error:" + kind})
}

// Inserts has every call insert a value into the context that it received.
func (l *Leaf) Inserts(typ, value string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Context: []script.ContextStep{{Op: script.Insert, Type: typ, Value: &value}}})
}

// Writes has every call write through a handle on a value in the context that it received.
func (l *Leaf) Writes(typ, value string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Context: []script.ContextStep{{Op: script.Update, Type: typ, Value: &value}}})
}

// WritesState has every call write to the state's text in the context that it received.
func (l *Leaf) WritesState(text string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Context: []script.ContextStep{{Op: script.WriteState, Value: &text}}})
}

// Counts has every call add one to what a handle of that type, in the context that it received, refers to.
func (l *Leaf) Counts(typ string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Context: []script.ContextStep{{Op: script.Count, Type: typ}}})
}

// Spawns has every call give work to the executor of the context that it received: a call of the leaf of that name.
func (l *Leaf) Spawns(worker string) {
	ginkgo.GinkgoHelper()
	l.set(script.Leaf{Context: []script.ContextStep{{Op: script.Spawn, Value: &worker}}})
}

// Requests lists the requests that the leaf received so far, in order.
func (l *Leaf) Requests() []string {
	requests := []string{}
	for _, event := range l.received() {
		requests = append(requests, event.Request)
	}
	return requests
}

// RequestTimes lists the virtual times at which the leaf received its requests.
func (l *Leaf) RequestTimes() []time.Duration {
	times := []time.Duration{}
	for _, event := range l.received() {
		times = append(times, time.Duration(event.At))
	}
	return times
}

// Intervals lists the virtual time between each request that the leaf received and the one before it.
func (l *Leaf) Intervals() []time.Duration {
	intervals := []time.Duration{}
	times := l.RequestTimes()
	for index := 1; index < len(times); index++ {
		intervals = append(intervals, times[index]-times[index-1])
	}
	return intervals
}

// Exchange is the leaf's nth exchange, counted from 1. The spec fails if the leaf has not received as many requests.
func (l *Leaf) Exchange(n int) *Exchange {
	ginkgo.GinkgoHelper()
	received := l.received()
	if len(received) < n {
		FailSpec(fmt.Sprintf("Expected %s to have received %d requests by now, but it received %d.", l, n, len(received)))
	}
	event := received[n-1]
	return &Exchange{session: l.session, number: event.Exchange, request: event.Request, seen: event.Seen}
}

// ExchangeOf is the leaf's first exchange with that request, for calls that reach it in no particular order. The spec fails
// if the leaf has not received the request.
func (l *Leaf) ExchangeOf(request string) *Exchange {
	ginkgo.GinkgoHelper()
	for index, event := range l.received() {
		if event.Request == request {
			return l.Exchange(index + 1)
		}
	}
	FailSpec(fmt.Sprintf("Expected %s to have received %q by now, but it received %s.", l, request, quoted(l.Requests())))
	return nil
}

func (l *Leaf) received() []script.Event { return l.happened(script.Received) }

// Asked is how many readiness checks of the leaf were started.
func (l *Leaf) Asked() int { return len(l.happened(script.Asked)) }

// ChecksGivenUp is how many readiness checks that waited were given up.
func (l *Leaf) ChecksGivenUp() int { return len(l.happened(script.AskedAbandoned)) }

// Polls is how many times the leaf was polled.
func (l *Leaf) Polls() int { return len(l.happened(script.Polled)) }

// Shutdowns is how many times the leaf began to shut down.
func (l *Leaf) Shutdowns() int { return len(l.happened(script.LeafShutdown)) }

func (l *Leaf) happened(what script.Happening) []script.Event {
	return l.session.find(func(e script.Event) bool { return e.Event == what && e.Leaf == l.name })
}

// Exchange is one call that a leaf received.
type Exchange struct {
	session *session
	number  int
	request string
	seen    *script.Seen
}

// Request is what the leaf received.
func (x *Exchange) Request() string { return x.request }

// Answer completes the call with a response.
func (x *Exchange) Answer(response string) {
	ginkgo.GinkgoHelper()
	x.complete(script.Outcome{Response: &response}, nil)
}

// AnswerAfter completes the call with a response when that much virtual time has passed.
func (x *Exchange) AnswerAfter(delay time.Duration, response string) {
	ginkgo.GinkgoHelper()
	after := script.Duration(delay)
	x.complete(script.Outcome{Response: &response}, &after)
}

// Fail completes the call with an error of that chain of kinds, outermost first.
func (x *Exchange) Fail(kinds ...string) {
	ginkgo.GinkgoHelper()
	x.complete(script.Outcome{Error: script.Chain(kinds)}, nil)
}

// Panic has the leaf panic in the call.
func (x *Exchange) Panic() {
	ginkgo.GinkgoHelper()
	x.complete(script.Outcome{Panic: true}, nil)
}

func (x *Exchange) complete(outcome script.Outcome, after *script.Duration) {
	ginkgo.GinkgoHelper()
	x.session.do(script.Command{Do: script.Answer, Exchange: x.number, Outcome: &outcome, After: after})
}

func (x *Exchange) abandoned() bool {
	return len(x.session.find(func(e script.Event) bool {
		return e.Event == script.Abandoned && e.Exchange == x.number
	})) > 0
}

// String names the exchange in failure messages.
func (x *Exchange) String() string {
	return fmt.Sprintf("exchange %d (request %q)", x.number, x.request)
}
