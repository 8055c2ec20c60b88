package parallel_test

import (
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
)

// What happens to the requests of a host and to its workers.
const (
	submit = "submit" // a request is handed over
	accept = "accept" // a worker takes it
	end    = "end"    // its caller is told how it ended, or leaves
	last   = "last"   // nothing more can happen to it
	ask    = "ask"    // a worker's policy is asked
	finish = "finish" // a request is no longer in flight in its worker
	drop   = "drop"   // a worker ends
)

// How a request ends for its caller.
const (
	answered = "answered"
	expired  = "expired"
	left     = "left"    // the caller gave up
	inVain   = "in vain" // the caller would have waited for ever
	strange  = "strange" // with an error that it cannot have
)

// dealing is one of those happenings.
type dealing struct {
	verb            string
	request, worker int
	how             string // the end of a request
	due             bool   // a request is accepted whose deadline has passed, so that it has to expire
	unasked         bool   // a worker's first request is accepted, and its policy was not asked
	flying, total   int    // what a policy is told
	answer          string // what it answers
	failed          bool   // a worker ends with an error
}

// fate is what has become of one request.
type fate struct {
	submitted, accepted, due bool
	ended                    string
}

// requests is what a host is for each request: one that was handed over is accepted once, and ends once, as it has to; none that
// nobody has handed over is accepted, and none is forgotten. What becomes of one in the queue whose caller has left is not said
// anywhere, but it is accepted once at most. Requests are independent of one another, so that a history is linearizable if that of
// each request is.
func requests() porcupine.Model {
	among := verbs(submit, accept, end, last)
	return porcupine.Model{
		Partition: parts(func(d dealing) int { return d.request }, func(d dealing) bool { return among(d.verb) }),
		Init:      func() any { return fate{} },
		Step: func(state, input, _ any) (bool, any) {
			f, d := state.(fate), input.(dealing)
			switch d.verb {
			case submit:
				return !f.submitted, fate{submitted: true}
			case accept:
				return f.submitted && !f.accepted, fate{true, true, d.due, f.ended}
			case last:
				return f.ended != "" && (f.accepted || f.ended == left), f
			}
			may := f.submitted && f.ended == ""
			switch d.how {
			case answered:
				may = may && f.accepted && !f.due
			case expired:
				may = may && f.accepted && f.due
			case inVain, strange:
				may = false
			}
			f.ended = d.how
			return may, f
		},
	}
}

// bench is what a worker has: so many requests in flight, so many in all, and the last answer of its policy, which holds for one
// request. A worker's first needs none.
type bench struct {
	flying, total int
	answer        string
	closed, gone  bool // a request has expired; the worker has ended
}

// spent is an answer after which a request was accepted.
const spent = "spent"

// workers is what each worker of a host is under a policy of so many requests at a time and so many in all: it accepts by an answer of
// its policy, which is told how many it has in flight and how many it has had, and is not asked once it said never; it accepts none once a
// request has expired, and ends without an error when all its requests have ended. Workers are independent of one another.
func workers(atATime, inAll int) porcupine.Model {
	among := verbs(ask, accept, finish, drop)
	return porcupine.Model{
		Partition: parts(func(d dealing) int { return d.worker }, func(d dealing) bool { return among(d.verb) }),
		Init:      func() any { return bench{} },
		Step: func(state, input, _ any) (bool, any) {
			b, d := state.(bench), input.(dealing)
			switch d.verb {
			case ask:
				may := !b.gone && b.answer != "never" && d.flying == b.flying && d.total == b.total
				b.answer = d.answer
				return may, b
			case accept:
				may := !b.gone && !b.closed && (b.answer == "yes" || b.answer == "" && d.unasked) && b.flying < atATime && b.total < inAll
				return may, bench{b.flying + 1, b.total + 1, spent, b.closed, b.gone}
			case finish:
				return b.flying > 0, bench{b.flying - 1, b.total, b.answer, b.closed || d.how == expired, b.gone}
			default:
				may := !b.gone && b.flying == 0 && !d.failed
				b.gone = true
				return may, b
			}
		},
	}
}

// order is what the queue of a host is: who came first is accepted first. It is about the requests that were in the queue for
// certain: those which a worker took after its policy was asked. A new worker's first may have been passed to it directly.
func order() porcupine.Model {
	return porcupine.Model{
		Partition: pairs,
		Init:      func() any { return "" },
		Step: func(state, input, _ any) (bool, any) {
			// The queue is a string, as states are to be comparable, with a rune for each request.
			queue, d := state.(string), input.(dealing)
			if d.verb == submit {
				return true, queue + string(rune(d.request))
			}
			rest, first := strings.CutPrefix(queue, string(rune(d.request)))
			return first, rest
		},
	}
}

// pairs parts the history of a queue in pairs of requests of which one was handed over after the other, and before that was accepted;
// of any other two either may be first. If everything that came to a queue is taken once, the history is linearizable if that of each two
// is (Henzinger, Sezgin and Vafeiadis, Aspect-Oriented Linearizability Proofs, 2013), and the search for an order of them all at once
// took more than seconds where many came at the same time.
func pairs(history []porcupine.Operation) [][]porcupine.Operation {
	submitted, accepted := map[int]porcupine.Operation{}, map[int]porcupine.Operation{}
	for _, o := range queued(history) {
		if d := o.Input.(dealing); d.verb == submit {
			submitted[d.request] = o
		} else {
			accepted[d.request] = o
		}
	}
	var all [][]porcupine.Operation
	for one := range submitted {
		for other := range submitted {
			if submitted[one].Return < submitted[other].Call && submitted[other].Return < accepted[one].Call {
				all = append(all, []porcupine.Operation{submitted[one], submitted[other], accepted[one], accepted[other]})
			}
		}
	}
	return all
}

// queued keeps when the requests that were in the queue for certain were handed over and accepted.
func queued(history []porcupine.Operation) []porcupine.Operation {
	certain := map[int]bool{}
	for _, o := range history {
		if d := o.Input.(dealing); d.verb == accept && !d.unasked {
			certain[d.request] = true
		}
	}
	var kept []porcupine.Operation
	for _, o := range history {
		if d := o.Input.(dealing); certain[d.request] && (d.verb == submit || d.verb == accept) {
			kept = append(kept, o)
		}
	}
	return kept
}

// TestWhatNoHostAllowsIsSeen shows that each check can fail, and in which ways.
func TestWhatNoHostAllowsIsSeen(t *testing.T) {
	submitted := func(request int) dealing { return dealing{verb: submit, request: request} }
	direct := func(request, worker int) dealing {
		return dealing{verb: accept, request: request, worker: worker, unasked: true}
	}
	accepted := func(request, worker int) dealing { return dealing{verb: accept, request: request, worker: worker} }
	ended := func(request int, how string) dealing { return dealing{verb: end, request: request, how: how} }
	gone := func(request int) dealing { return dealing{verb: last, request: request} }
	asked := func(answer string, flying, total int) dealing {
		return dealing{verb: ask, worker: 1, answer: answer, flying: flying, total: total}
	}
	finished := func(request int, how string) dealing {
		return dealing{verb: finish, request: request, worker: 1, how: how}
	}
	dropped := dealing{verb: drop, worker: 1}
	due := dealing{verb: accept, request: 1, worker: 1, due: true}

	for name, c := range map[string]struct {
		model   porcupine.Model
		history []porcupine.Operation
		allowed bool
	}{
		"answered":                          {requests(), inTurn(submitted(1), accepted(1, 1), ended(1, answered), gone(1)), true},
		"handed over while it is accepted":  {requests(), then(atOnce(accepted(1, 1), submitted(1)), inTurn(ended(1, answered), gone(1))), true},
		"accepted twice":                    {requests(), inTurn(submitted(1), accepted(1, 1), accepted(1, 2)), false},
		"accepted before it is handed over": {requests(), inTurn(accepted(1, 1), submitted(1)), false},
		"accepted and never handed over":    {requests(), inTurn(submitted(2), accepted(2, 1), accepted(1, 1)), false},
		"lost":                              {requests(), inTurn(submitted(1), gone(1)), false},
		"lost, and waited for in vain":      {requests(), inTurn(submitted(1), ended(1, inVain)), false},
		"accepted and never answered":       {requests(), inTurn(submitted(1), accepted(1, 1), gone(1)), false},
		"answered by nobody":                {requests(), inTurn(submitted(1), ended(1, answered)), false},
		"answered before it is accepted":    {requests(), inTurn(submitted(1), ended(1, answered), accepted(1, 1)), false},
		"answered twice":                    {requests(), inTurn(submitted(1), accepted(1, 1), ended(1, answered), ended(1, answered)), false},
		"answered after the caller left":    {requests(), inTurn(submitted(1), accepted(1, 1), ended(1, left), ended(1, answered)), false},
		"answered, and it had to expire":    {requests(), inTurn(submitted(1), due, ended(1, answered)), false},
		"expired":                           {requests(), inTurn(submitted(1), due, ended(1, expired), gone(1)), true},
		"expired without a deadline":        {requests(), inTurn(submitted(1), accepted(1, 1), ended(1, expired)), false},
		"ended by an error that is not its": {requests(), inTurn(submitted(1), accepted(1, 1), ended(1, strange)), false},
		"left while it is queued":           {requests(), inTurn(submitted(1), ended(1, left), gone(1)), true},
		"accepted after its caller left":    {requests(), inTurn(submitted(1), ended(1, left), accepted(1, 1), gone(1)), true},
		"twice after its caller left":       {requests(), inTurn(submitted(1), ended(1, left), accepted(1, 1), accepted(1, 1)), false},

		"in its turn": {workers(1, 2), inTurn(direct(1, 1), asked("no", 1, 1), finished(1, answered), asked("yes", 0, 1), accepted(2, 1),
			finished(2, answered), asked("never", 0, 2), dropped), true},
		"answered while the policy is asked": {workers(2, 2), then(inTurn(direct(1, 1)), atOnce(asked("yes", 0, 1), finished(1, answered)), inTurn(accepted(2, 1))), true},
		"accepted after no":                  {workers(2, 2), inTurn(direct(1, 1), asked("no", 1, 1), accepted(2, 1)), false},
		"accepted after never":               {workers(2, 2), inTurn(direct(1, 1), asked("never", 1, 1), accepted(2, 1)), false},
		"accepted by a yes before that no":   {workers(2, 2), inTurn(direct(1, 1), asked("yes", 1, 1), asked("no", 1, 1), accepted(2, 1)), false},
		"two accepted by one yes":            {workers(3, 3), inTurn(direct(1, 1), asked("yes", 1, 1), accepted(2, 1), accepted(3, 1)), false},
		"accepted without an answer":         {workers(2, 2), inTurn(direct(1, 1), accepted(2, 1)), false},
		"one too many at a time":             {workers(1, 3), inTurn(direct(1, 1), asked("yes", 1, 1), accepted(2, 1)), false},
		"one too many in all":                {workers(1, 1), inTurn(direct(1, 1), finished(1, answered), asked("yes", 0, 1), accepted(2, 1)), false},
		"asked after never":                  {workers(1, 3), inTurn(direct(1, 1), asked("never", 1, 1), asked("no", 1, 1)), false},
		"told too few in flight":             {workers(3, 3), inTurn(direct(1, 1), asked("yes", 0, 1)), false},
		"told too many in flight":            {workers(3, 3), inTurn(direct(1, 1), finished(1, left), asked("yes", 1, 1)), false},
		"told too few in all":                {workers(3, 3), inTurn(direct(1, 1), asked("yes", 1, 0)), false},
		"accepted after a request expired":   {workers(3, 3), inTurn(direct(1, 1), finished(1, expired), asked("yes", 0, 1), accepted(2, 1)), false},
		"accepted by a yes from before that": {workers(3, 3), inTurn(direct(1, 1), asked("yes", 1, 1), finished(1, expired), accepted(2, 1)), false},
		"ended with requests in flight":      {workers(3, 3), inTurn(direct(1, 1), dropped, finished(1, answered)), false},
		"accepted after its end":             {workers(3, 3), inTurn(dropped, direct(1, 1)), false},
		"ended twice":                        {workers(3, 3), inTurn(dropped, dropped), false},
		"ended with an error":                {workers(3, 3), inTurn(dealing{verb: drop, worker: 1, failed: true}), false},

		"in their order":                {order(), inTurn(submitted(1), submitted(2), accepted(1, 1), accepted(2, 1)), true},
		"overtaken":                     {order(), inTurn(submitted(1), submitted(2), accepted(2, 1), accepted(1, 1)), false},
		"overtaken in another worker":   {order(), inTurn(submitted(1), submitted(2), accepted(2, 2), accepted(1, 1)), false},
		"came at once":                  {order(), then(atOnce(submitted(1), submitted(2)), inTurn(accepted(2, 1), accepted(1, 1))), true},
		"accepted at once":              {order(), then(inTurn(submitted(1), submitted(2)), atOnce(accepted(2, 1), accepted(1, 2))), true},
		"passed to a new worker":        {order(), inTurn(submitted(1), submitted(2), direct(2, 2), accepted(1, 1)), true},
		"overtaken beside a direct one": {order(), inTurn(submitted(1), submitted(2), direct(4, 2), submitted(3), accepted(1, 1), accepted(3, 1), accepted(2, 1)), false},
	} {
		if porcupine.CheckOperations(c.model, c.history) != c.allowed {
			t.Errorf("%s: allowed is %t", name, !c.allowed)
		}
	}
}
