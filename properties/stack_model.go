package properties

import (
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// stackModel says what becomes of a request and of an outcome in a stack of layers.
type stackModel []script.Layer

// request is a request at the end of its way in.
func (m stackModel) request(text string) string {
	for _, l := range m {
		switch l.Name {
		case "map-request":
			text += ">" + l.Function[len("append:"):]
		case "layer-fn", "middleware":
			text += ">" + l.Tag
		case "layers", "option-layer":
			text = stackModel(l.Layers).request(text)
		}
	}
	return text
}

// The layers whose function sees what comes out of calls, and those among them whose function sees what comes of checks of readiness.
var (
	outcomeMaps   = []string{"map-response", "map", "map-error", "map-err", "map-result", "then", "and-then", "map-future"}
	readinessMaps = []string{"map-error", "map-err"}
)

// outcome is what becomes of an outcome on its way out, if those are the layers whose function sees it.
func (m stackModel) outcome(o outcome, maps []string) outcome {
	for _, l := range slices.Backward(m) {
		if slices.Contains(maps, l.Name) {
			o = o.through(l.Function)
		}
		o = stackModel(l.Layers).outcome(o, maps)
	}
	return o
}

// outcome is a response, or an error of these kinds.
type outcome struct {
	response string
	kinds    []string
}

// through is what a function of the vocabulary makes of an outcome.
func (o outcome) through(function string) outcome {
	does, argument, _ := strings.Cut(function, ":")
	if len(o.kinds) == 0 {
		switch does {
		case "append":
			o.response += ">" + argument
		case "fail":
			return outcome{kinds: []string{argument}}
		}
		return o
	}
	switch does {
	case "wrap":
		o.kinds = slices.Insert(slices.Clone(o.kinds), 0, argument)
	case "recover":
		return outcome{response: argument}
	}
	return o
}
