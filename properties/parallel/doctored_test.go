package parallel_test

import (
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
)

// TestAHistoryThatIsDoctoredIsSeen takes the history of a host, and shows that each model finds what has been changed in it.
func TestAHistoryThatIsDoctoredIsSeen(t *testing.T) {
	e := &embedder{module: parked(t), atATime: 3, inAll: 50}
	for inOrder(e.all) == nil { // nearly always the first will do
		e = &embedder{module: e.module, atATime: 3, inAll: 50}
		crowd(t, e, goroutines, 5)
	}
	is := func(verb string) func(dealing) bool { return func(d dealing) bool { return d.verb == verb } }
	taken := func(d dealing) bool { return d.verb == accept && !d.unasked }
	for name, c := range map[string]struct {
		finds  string // the model that does
		doctor func(history []porcupine.Operation) []porcupine.Operation
	}{
		"never handed over": {"requests", without(is(submit))},
		"lost": {"requests", func(history []porcupine.Operation) []porcupine.Operation {
			request := history[slices.IndexFunc(history, having(func(d dealing) bool { return d.how == answered }))].Input.(dealing).request
			return without(func(d dealing) bool { return d.verb == accept && d.request == request })(history)
		}},
		"accepted twice": {"requests", func(history []porcupine.Operation) []porcupine.Operation {
			return append(history, history[slices.IndexFunc(history, having(is(accept)))])
		}},
		"told to nobody":       {"requests", without(is(end))},
		"an answer is made up": {"requests", changed(func(d dealing) bool { return d.how == left && d.verb == end }, func(d *dealing) { d.how = expired })},
		"accepted without a yes": {"workers", func(history []porcupine.Operation) []porcupine.Operation {
			asked := answerTaken(history)
			d := history[asked].Input.(dealing)
			d.answer = "no"
			history[asked].Input = d
			return history
		}},
		"accepted unasked": {"workers", func(history []porcupine.Operation) []porcupine.Operation {
			worker := history[answerTaken(history)].Input.(dealing).worker
			return slices.DeleteFunc(history, having(func(d dealing) bool { return d.verb == ask && d.worker == worker }))
		}},
		"still in flight":         {"workers", without(is(finish))},
		"in flight without being": {"workers", without(taken)},
		"miscounted":              {"workers", changed(is(ask), func(d *dealing) { d.total++ })},
		"overtaken": {"order", func(history []porcupine.Operation) []porcupine.Operation {
			pair := inOrder(history)
			one, other := pair[2].ClientId, pair[3].ClientId
			for number, o := range history {
				switch o.ClientId {
				case one:
					history[number].Call, history[number].Return = pair[3].Call, pair[3].Return
				case other:
					history[number].Call, history[number].Return = pair[2].Call, pair[2].Return
				}
			}
			return history
		}},
	} {
		model := models(e.atATime, e.inAll)[c.finds]
		if !porcupine.CheckOperations(model, e.all) {
			t.Fatalf("%s: the history is wrong as it is", c.finds)
		}
		if porcupine.CheckOperations(model, c.doctor(slices.Clone(e.all))) {
			t.Errorf("%s: it passes", name)
		}
	}
}

// answerTaken is where a policy says yes by which a request is then accepted.
func answerTaken(history []porcupine.Operation) int {
	accepted := history[slices.IndexFunc(history, having(func(d dealing) bool { return d.verb == accept && !d.unasked }))]
	found := -1
	for number, o := range history {
		d := o.Input.(dealing)
		if d.verb == ask && d.worker == accepted.Input.(dealing).worker && o.Return < accepted.Call && (found < 0 || o.Return > history[found].Return) {
			found = number
		}
	}
	return found
}

// inOrder is two requests of which the first was accepted before the other, and had to be.
func inOrder(history []porcupine.Operation) []porcupine.Operation {
	for _, pair := range pairs(history) {
		if pair[2].Return < pair[3].Call { // the acceptances
			return pair
		}
	}
	return nil
}

func having(is func(dealing) bool) func(porcupine.Operation) bool {
	return func(o porcupine.Operation) bool { return is(o.Input.(dealing)) }
}

// without takes the first dealing of a kind out of a history.
func without(is func(dealing) bool) func([]porcupine.Operation) []porcupine.Operation {
	return func(history []porcupine.Operation) []porcupine.Operation {
		first := slices.IndexFunc(history, having(is))
		return slices.Delete(history, first, first+1)
	}
}

// changed changes the first dealing of a kind.
func changed(is func(dealing) bool, change func(*dealing)) func([]porcupine.Operation) []porcupine.Operation {
	return func(history []porcupine.Operation) []porcupine.Operation {
		first := slices.IndexFunc(history, having(is))
		d := history[first].Input.(dealing)
		change(&d)
		history[first].Input = d
		return history
	}
}
