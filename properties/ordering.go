package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// transformers are the features of the layers that change requests, responses or errors, or pass everything on.
var transformers = slices.Concat([]string{"map-request", "layer-fn", "middleware", "boxed", "chain", "option-layer", "layers", "map-state"}, outcomeMaps)

// transforming draws one of those layers. Each has a mark of its own, by which it is told from the others in what comes out.
func transforming(rt *rapid.T, declared []string, mark string) script.Layer {
	name := rapid.SampledFrom(declared).Draw(rt, "layer")
	switch name {
	case "layer-fn", "middleware":
		return script.Layer{Name: name, Tag: mark}
	case "boxed", "chain":
		return layer(name)
	case "option-layer", "layers":
		most := 3
		if name == "option-layer" {
			most = 1
		}
		flat := slices.DeleteFunc(slices.Clone(declared), func(name string) bool { return name == "option-layer" || name == "layers" })
		return script.Layer{Name: name, Layers: transformed(rt, most, flat, mark+".")}
	case "map-error", "map-err":
		return function(name, "wrap:"+mark)
	case "and-then":
		return function(name, one(rt, "append:", "fail:")+mark)
	case "map-result", "then", "map-future":
		return function(name, one(rt, "append:", "wrap:", "recover:", "fail:")+mark)
	default:
		return function(name, "append:"+mark)
	}
}

// transformed draws up to so many of those layers.
func transformed(rt *rapid.T, most int, declared []string, mark string) []script.Layer {
	var stack []script.Layer
	for number := range rapid.IntRange(0, most).Draw(rt, "depth") {
		if len(declared) > 0 {
			stack = append(stack, transforming(rt, declared, fmt.Sprintf("%s%d", mark, number)))
		}
	}
	return stack
}

// Ordering is the property of every stack of transforming layers, held against a pure model: the request passes from the
// outermost layer to the innermost, the outcome back.
var Ordering = Property{
	Name: "requests go in and outcomes come out in the order of the layers",
	Check: func(rt *rapid.T, r *Run) {
		stack := stackModel(transformed(rt, 12, r.declares.of(transformers...), "l"))
		r.Open(stack...)
		operation, events := r.Invoke("request")
		received := only(events, script.Received)
		if len(received) != 1 || received[0].Request != stack.request("request") {
			r.Fail("the leaf did not receive %q", stack.request("request"))
		}
		answer, answered := script.Outcome{Response: new("response")}, outcome{response: "response"}
		if rapid.Bool().Draw(rt, "fails") {
			answer, answered = script.Outcome{Error: "boom"}, outcome{kinds: []string{"boom"}}
		}
		events = r.Answer(1, answer)
		want := stack.outcome(answered, outcomeMaps)
		if len(want.kinds) > 0 {
			failed := only(events, script.Failed)
			if len(failed) != 1 || failed[0].Operation != operation || !slices.Equal(failed[0].Kinds, want.kinds) {
				r.Fail("the call did not end with %v", want.kinds)
			}
			return
		}
		responses := only(events, script.Response)
		if len(responses) != 1 || responses[0].Operation != operation || responses[0].Text != want.response {
			r.Fail("the call did not end with %q", want.response)
		}
	},
}

// handing draws a layer through which errors pass unchanged, or with one more link.
func handing(rt *rapid.T) script.Layer {
	return one(rt,
		layer("boxed"), script.Layer{Name: "timeout", Timeout: new(span(100_000))}, script.Layer{Name: "concurrency-limit", Limit: new(2)},
		script.Layer{Name: "retry", Policy: &script.Policy{On: "never"}}, function("filter", "accept"), function("filter-async", "accept"),
		layer("spawn-ready"), function("map-request", "append:a"), function("map-response", "append:b"), function("map-error", "wrap:w"), function("map-err", "wrap:e"),
		layer("chain"), layer("option-layer"), script.Layer{Name: "in-flight-limit", Limit: new(2)}, function("shutdown-hook", "append:h"),
		script.Layer{Name: "global-concurrency-limit", Limit: new(roomy), Group: "g"}, script.Layer{Name: "keep-alive", Idle: new(span(100_000))},
		script.Layer{Name: "layer-fn", Tag: "l"}, script.Layer{Name: "middleware", Tag: "m"}, function("map-state", "append:s"),
		script.Layer{Name: "get-extension", Type: script.Number, Function: "see:g"},
		function("map-result", one(rt, "append:r", "wrap:r")), function("then", one(rt, "append:t", "wrap:t")), function("and-then", one(rt, "append:u", "fail:u")),
		function("map-future", one(rt, "append:f", "wrap:f")), script.Layer{Name: "service-then", Service: &script.Stack{Leaf: "second"}})
}

// shedding puts load-shedders around the limits that are left of a drawn stack. Some implementations have them there and nowhere else.
func shedding(rt *rapid.T, drawn []script.Layer) []script.Layer {
	var layers []script.Layer
	for _, l := range drawn {
		if l.Name == "concurrency-limit" && rapid.Bool().Draw(rt, "shed") {
			layers = append(layers, layer("load-shed"))
		}
		layers = append(layers, l)
	}
	return layers
}

// roomy is a limit that a single call does not come to, however often the layers of one group let it in.
const roomy = 10

// Errors is the property of every stack: a kind that went in comes out, and its cause with it.
var Errors = Property{
	Name:  "an error that went in comes out with its causes",
	Check: func(rt *rapid.T, r *Run) { keepsCauses(rt, r, shedding(rt, r.declares.layers(upTo(rt, 6, handing)))) },
}

// queueing draws a layer of the same kind in which calls may wait for one another, or which holds others. What sees the outcome of calls and
// no error of readiness is not among them: behind a buffer an error of readiness is the outcome of a call.
func queueing(rt *rapid.T) script.Layer {
	return one(rt,
		script.Layer{Name: "buffer", Bound: new(2)}, script.Layer{Name: "rate-limit", Limit: new(2), Per: new(span(20))},
		script.Layer{Name: "service-and-then", Service: &script.Stack{Leaf: "second"}},
		script.Layer{Name: "add-extension", Type: script.Number, Value: "7"}, script.Layer{Name: "get-extension", Type: script.Number, Function: "see:g"},
		script.Layer{Name: "layers", Layers: []script.Layer{function("map-error", "wrap:x"), function("map-error", "wrap:y")}}, function("map-error", "wrap:w"), layer("boxed"),
		script.Layer{Name: "global-concurrency-limit", Limit: new(roomy), Group: "g"}, script.Layer{Name: "keep-alive", Idle: new(span(100_000))},
		script.Layer{Name: "layer-fn", Tag: "l"}, script.Layer{Name: "middleware", Tag: "m"})
}

// QueueingErrors is the same of layers in which calls may wait for one another, or which hold others.
var QueueingErrors = Property{
	Name:  "an error that went in comes out of queues, rows and lists with its causes",
	Check: func(rt *rapid.T, r *Run) { keepsCauses(rt, r, upTo(rt, 4, queueing)) },
}

// keepsCauses sees with what chain of kinds an error comes out of a stack, be it the error of a call or of a check.
func keepsCauses(rt *rapid.T, r *Run, layers stackModel) {
	layers = r.declares.layers(layers)
	r.Open(layers...)
	went := outcome{kinds: rapid.SliceOfN(rapid.SampledFrom([]string{"boom", "outer", "inner"}), 1, 4).Draw(rt, "chain")}
	chain := script.Chain(went.kinds)
	if rapid.Bool().Draw(rt, "of readiness") && r.declares("readiness") {
		r.Leaf(script.Leaf{Ready: "error:" + chain})
		_, events := r.Invoke("request")
		if len(only(events, script.Received)) > 0 {
			r.Fail("the call was made although the service was not ready")
		}
		r.failsWith(events, layers.outcome(went, readinessMaps).kinds, "buffer-failed") // a link that a buffer adds, where its own service has failed
		return
	}
	r.Invoke("request")
	events := r.Answer(1, script.Outcome{Error: chain})
	outside := layers
	for at := range slices.Backward(layers) {
		if layers[at].Name != "service-then" {
			continue
		}
		// The second service is given the error, and answers with the same that the first did.
		handed := "error:" + script.Chain(outside[at+1:].outcome(went, outcomeMaps).kinds)
		received := only(events, script.Received)
		if len(received) != 1 || received[0].Request != handed {
			r.Fail("the second service did not receive %q", handed)
		}
		events = r.Answer(received[0].Exchange, script.Outcome{Error: chain})
		outside = outside[:at]
	}
	r.failsWith(events, outside.outcome(went, outcomeMaps).kinds)
}

// failsWith sees that a call has failed with that chain of kinds, but for the links that may be among them.
func (r *Run) failsWith(events []script.Event, want []string, maybe ...string) {
	failed := only(events, script.Failed)
	if len(failed) != 1 || !slices.Equal(slices.DeleteFunc(slices.Clone(failed[0].Kinds), func(kind string) bool { return slices.Contains(maybe, kind) }), want) {
		r.Fail("the call did not fail with %v", want)
	}
}
