package vocabulary

import (
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

func span(d time.Duration) *script.Duration { s := script.Duration(d); return &s }

// Layer is a layer without parameters, by its name.
func Layer(name string) script.Layer { return script.Layer{Name: name} }

// ConcurrencyLimit lets limit calls be in flight.
func ConcurrencyLimit(limit int) script.Layer {
	return script.Layer{Name: "concurrency-limit", Limit: &limit}
}

// GlobalConcurrencyLimit lets limit calls be in flight in all services of one group together.
func GlobalConcurrencyLimit(limit int, group string) script.Layer {
	return script.Layer{Name: "global-concurrency-limit", Limit: &limit, Group: group}
}

// InFlightLimit is the limit of ntex: readiness waits for room, the call takes it.
func InFlightLimit(limit int) script.Layer {
	return script.Layer{Name: "in-flight-limit", Limit: &limit}
}

// Buffer queues up to bound requests for one dispatcher.
func Buffer(bound int) script.Layer { return script.Layer{Name: "buffer", Bound: &bound} }

// LoadShed answers overloaded instead of waiting.
func LoadShed() script.Layer { return Layer("load-shed") }

// RateLimit lets limit calls begin in each window.
func RateLimit(limit int, per time.Duration) script.Layer {
	return script.Layer{Name: "rate-limit", Limit: &limit, Per: span(per)}
}

// Timeout answers elapsed when a call takes longer.
func Timeout(after time.Duration) script.Layer {
	return script.Layer{Name: "timeout", Timeout: span(after)}
}

// KeepAlive fails readiness when the service rested for so long.
func KeepAlive(idle time.Duration) script.Layer {
	return script.Layer{Name: "keep-alive", Idle: span(idle)}
}

// SpawnReady drives the inner service's readiness on the side.
func SpawnReady() script.Layer { return Layer("spawn-ready") }

// Function is a layer that is made of one function of the vocabulary: map-request, map-response, map-error, map-result,
// map-future, then, and-then, filter, filter-async, map, map-err, apply, shutdown-hook, map-init-error.
func Function(layer, function string) script.Layer {
	return script.Layer{Name: layer, Function: function}
}

// LayerFunction is a layer made by layer_fn: it reports tag when it is applied and appends it to requests.
func LayerFunction(tag string) script.Layer { return script.Layer{Name: "layer-fn", Tag: tag} }

// Middleware is a middleware: it reports tag when it is applied and appends it to requests.
func Middleware(tag string) script.Layer { return script.Layer{Name: "middleware", Tag: tag} }

// Option is option_layer: the layer, or none.
func Option(layers ...script.Layer) script.Layer {
	return script.Layer{Name: "option-layer", Layers: layers}
}

// Composed is layers that were composed into one layer. Without any it is an empty list.
func Composed(layers ...script.Layer) script.Layer {
	return script.Layer{Name: "layers", Layers: layers}
}

// Boxed hides the type of what is inside.
func Boxed() script.Layer { return Layer("boxed") }

// AndThenService calls what is inside, then a second service with the response.
func AndThenService(leaf string, layers ...script.Layer) script.Layer {
	return script.Layer{Name: "service-and-then", Service: &script.Stack{Layers: layers, Leaf: leaf}}
}

// ThenService calls what is inside, then a second service with the result, whether good or bad.
func ThenService(leaf string, layers ...script.Layer) script.Layer {
	return script.Layer{Name: "service-then", Service: &script.Stack{Layers: layers, Leaf: leaf}}
}

// AddExtension inserts an extension into the context of each call.
func AddExtension(typ, value string) script.Layer {
	return script.Layer{Name: "add-extension", Type: typ, Value: value}
}

// GetExtension shows an extension of the context of each call to a function.
func GetExtension(typ, function string) script.Layer {
	return script.Layer{Name: "get-extension", Type: typ, Function: function}
}
