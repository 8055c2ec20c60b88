package properties_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// transforming draws a layer that changes requests, responses or errors, or passes everything on.
func transforming(rt *rapid.T, number int) script.Layer {
	name := rapid.SampledFrom([]string{
		"map-request", "map-response", "map-error", "map", "map-err", "layer-fn", "boxed", "chain", "option-layer",
	}).Draw(rt, "layer")
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

// TestRequestsGoInAndResponsesComeOut holds every stack of transforming layers against a pure model: the request passes from the
// outermost layer to the innermost, the outcome back.
func TestRequestsGoInAndResponsesComeOut(t *testing.T) {
	onEach(t, func(rt *rapid.T, r *run) {
		var stack stackModel
		for number := range rapid.IntRange(0, 12).Draw(rt, "depth") {
			stack = append(stack, transforming(rt, number))
		}
		r.open(stack...)
		operation, events := r.invoke("request")
		received := only(events, script.Received)
		if len(received) != 1 || received[0].Request != stack.request("request") {
			r.fatal("the leaf received %v, want %q", received, stack.request("request"))
		}
		if rapid.Bool().Draw(rt, "fails") {
			failed := only(r.answer(1, script.Outcome{Error: "boom"}), script.Failed)
			if len(failed) != 1 || failed[0].Operation != operation || !slices.Equal(failed[0].Kinds, stack.kinds("boom")) {
				r.fatal("the call ended with %v, want %v", failed, stack.kinds("boom"))
			}
			return
		}
		responses := only(r.answer(1, script.Outcome{Response: new("response")}), script.Response)
		if len(responses) != 1 || responses[0].Operation != operation || responses[0].Text != stack.response("response") {
			r.fatal("the call ended with %v, want %q", responses, stack.response("response"))
		}
	})
}
