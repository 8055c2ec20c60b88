package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// transformers are the features of the layers that change requests, responses or errors, or pass everything on.
var transformers = []string{"map-request", "map-response", "map-error", "map", "map-err", "layer-fn", "boxed", "chain", "option-layer"}

// transforming draws one of those layers.
func transforming(rt *rapid.T, declared []string, number int) script.Layer {
	name := rapid.SampledFrom(declared).Draw(rt, "layer")
	switch name {
	case "map-error", "map-err":
		return script.Layer{Name: name, Function: fmt.Sprintf("wrap:w%d", number)}
	case "layer-fn":
		return script.Layer{Name: name, Tag: fmt.Sprintf("t%d", number)}
	case "boxed", "chain", "option-layer":
		return script.Layer{Name: name}
	default:
		return script.Layer{Name: name, Function: fmt.Sprintf("append:a%d", number)}
	}
}

// stackModel says what becomes of a request, a response and an error in a stack of transforming layers.
type stackModel []script.Layer

func (m stackModel) request(text string) string {
	for _, layer := range m {
		switch layer.Name {
		case "map-request":
			text += ">" + layer.Function[len("append:"):]
		case "layer-fn":
			text += ">" + layer.Tag
		}
	}
	return text
}

func (m stackModel) response(text string) string {
	for _, layer := range slices.Backward(m) {
		if layer.Name == "map-response" || layer.Name == "map" {
			text += ">" + layer.Function[len("append:"):]
		}
	}
	return text
}

func (m stackModel) kinds(kind string) []string {
	kinds := []string{kind}
	for _, layer := range slices.Backward(m) {
		if layer.Name == "map-error" || layer.Name == "map-err" {
			kinds = slices.Insert(kinds, 0, layer.Function[len("wrap:"):])
		}
	}
	return kinds
}

// Ordering is the property of every stack of transforming layers, held against a pure model: the request passes from the
// outermost layer to the innermost, the outcome back.
var Ordering = Property{
	Name: "requests go in and outcomes come out in the order of the layers",
	Check: func(rt *rapid.T, r *Run) {
		var stack stackModel
		declared := r.declares.of(transformers...)
		for number := range rapid.IntRange(0, 12).Draw(rt, "depth") {
			if len(declared) > 0 {
				stack = append(stack, transforming(rt, declared, number))
			}
		}
		r.Open(stack...)
		operation, events := r.Invoke("request")
		received := only(events, script.Received)
		if len(received) != 1 || received[0].Request != stack.request("request") {
			r.Fail("the leaf did not receive %q", stack.request("request"))
		}
		if rapid.Bool().Draw(rt, "fails") {
			failed := only(r.Answer(1, script.Outcome{Error: "boom"}), script.Failed)
			if len(failed) != 1 || failed[0].Operation != operation || !slices.Equal(failed[0].Kinds, stack.kinds("boom")) {
				r.Fail("the call did not end with %v", stack.kinds("boom"))
			}
			return
		}
		responses := only(r.Answer(1, script.Outcome{Response: new("response")}), script.Response)
		if len(responses) != 1 || responses[0].Operation != operation || responses[0].Text != stack.response("response") {
			r.Fail("the call did not end with %q", stack.response("response"))
		}
	},
}

// handing draws a layer through which errors pass unchanged, or with one more link.
func handing(rt *rapid.T) script.Layer {
	return one(rt,
		layer("boxed"), script.Layer{Name: "timeout", Timeout: new(span(100_000))}, script.Layer{Name: "concurrency-limit", Limit: new(2)},
		script.Layer{Name: "retry", Policy: &script.Policy{On: "never"}}, function("filter", "accept"), function("filter-async", "accept"), layer("load-shed"),
		layer("spawn-ready"), function("map-request", "append:a"), function("map-response", "append:b"), function("map-error", "wrap:w"), function("map-err", "wrap:e"),
		layer("chain"), layer("option-layer"), script.Layer{Name: "in-flight-limit", Limit: new(2)}, function("shutdown-hook", "append:h"))
}

// Errors is the property of every stack: a kind that went in comes out, and its cause with it.
var Errors = Property{
	Name:  "an error that went in comes out with its causes",
	Check: func(rt *rapid.T, r *Run) { keepsCauses(rt, r, upTo(rt, 6, handing)) },
}

// queueing draws a layer of the same kind in which calls may wait for one another, or which holds others.
func queueing(rt *rapid.T) script.Layer {
	return one(rt,
		script.Layer{Name: "buffer", Bound: new(2)}, script.Layer{Name: "rate-limit", Limit: new(2), Per: new(span(20))},
		script.Layer{Name: "service-and-then", Service: &script.Stack{Leaf: "second"}}, script.Layer{Name: "add-extension", Type: script.Number, Value: "7"},
		script.Layer{Name: "layers", Layers: []script.Layer{function("map-error", "wrap:x"), function("map-error", "wrap:y")}}, function("map-error", "wrap:w"), layer("boxed"))
}

// QueueingErrors is the same of layers in which calls may wait for one another, or which hold others.
var QueueingErrors = Property{
	Name:     "an error that went in comes out of queues, rows and lists with its causes",
	Requires: []string{"layers"},
	Check:    func(rt *rapid.T, r *Run) { keepsCauses(rt, r, upTo(rt, 4, queueing)) },
}

// mapped is what becomes of a chain of kinds in a stack.
func mapped(layers []script.Layer, chain []string) []string {
	for _, l := range slices.Backward(layers) {
		switch l.Name {
		case "map-error", "map-err":
			chain = slices.Insert(slices.Clone(chain), 0, l.Function[len("wrap:"):])
		case "layers":
			chain = mapped(l.Layers, chain)
		}
	}
	return chain
}

// keepsCauses sees with what chain of kinds an error comes out of a stack, be it the error of a call or of a check.
func keepsCauses(rt *rapid.T, r *Run, layers []script.Layer) {
	layers = r.declares.layers(layers)
	r.Open(layers...)
	chain := rapid.SliceOfN(rapid.SampledFrom([]string{"boom", "outer", "inner"}), 1, 4).Draw(rt, "chain")
	want := mapped(layers, chain)
	var events []script.Event
	ofReadiness := rapid.Bool().Draw(rt, "of readiness") && r.declares("readiness")
	if ofReadiness {
		r.Leaf(script.Leaf{Ready: "error:" + script.Chain(chain)})
		_, events = r.Invoke("request")
		if len(only(events, script.Received)) > 0 {
			r.Fail("the call was made although the service was not ready")
		}
	} else {
		r.Invoke("request")
		events = r.Answer(1, script.Outcome{Error: script.Chain(chain)})
	}
	failed := only(events, script.Failed)
	if len(failed) != 1 {
		r.Fail("the call did not fail with %v", want)
	}
	got := slices.DeleteFunc(slices.Clone(failed[0].Kinds), func(kind string) bool {
		return ofReadiness && kind == "buffer-failed" // a link that a buffer adds, where its own service has failed
	})
	if !slices.Equal(got, want) {
		r.Fail("the call did not fail with %v", want)
	}
}
