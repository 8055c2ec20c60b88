package reference

import (
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/layer"
)

// workshop builds what a script describes.
type workshop struct {
	env *inprocess.Environment
}

// compose puts layers into a builder, the first being outermost. What the reference itself refuses is told when the
// builder is asked for its layers or applied.
func (w *workshop) compose(layers []script.Layer) (builder, error) {
	b := layer.NewBuilder[state, string, string]()
	for _, described := range layers {
		var err error
		if b, err = w.add(b, described); err != nil {
			return b, err
		}
	}
	return b, nil
}

// layer builds one layer.
func (w *workshop) layer(l script.Layer) (wrapper, error) { return w.layers([]script.Layer{l}) }

// layers builds several layers as one.
func (w *workshop) layers(described []script.Layer) (wrapper, error) {
	b, err := w.compose(described)
	if err != nil {
		return nil, err
	}
	return b.IntoInner()
}

// add puts one layer inside those that the builder has.
func (w *workshop) add(b builder, l script.Layer) (builder, error) {
	switch l.Name {
	case "concurrency-limit":
		return b.ConcurrencyLimit(value(l.Limit)), nil
	case "buffer":
		return b.Buffer(value(l.Bound)), nil
	case "load-shed":
		return b.LoadShed(), nil
	case "rate-limit":
		return b.RateLimit(value(l.Limit), span(l.Per)), nil
	case "retry":
		p, err := w.plan(l.Policy)
		return b.Retry(p.begin), err
	case "timeout":
		return b.Timeout(span(l.Timeout)), nil
	case "boxed":
		return b.Boxed(), nil
	case "layer-fn":
		return b.LayerFunc(w.tagging(l.Tag)), nil
	case "option-layer":
		if len(l.Layers) == 0 {
			return b.OptionLayer(nil), nil
		}
		inner, err := w.layers(l.Layers)
		return b.OptionLayer(inner), err
	case "add-extension", "get-extension", "map-state":
		inner, err := w.contextual(l.Name, l.Type, l.Value, l.Function)
		return b.Add(inner), err
	case "global-concurrency-limit", "in-flight-limit", "keep-alive", "spawn-ready", "layers", "middleware":
		inner, err := w.added(l)
		return b.Add(inner), err
	default:
		return w.addFunctional(b, l)
	}
}

// added builds a layer for which the builder has no method.
func (w *workshop) added(l script.Layer) (wrapper, error) {
	switch l.Name {
	case "global-concurrency-limit":
		permits, err := w.env.Shared(l.Group, func() (any, error) { return layer.NewPermits(value(l.Limit)) })
		if err != nil {
			return nil, err
		}
		return layer.NewGlobalConcurrencyLimit[state, string, string](permits.(*layer.Permits))
	case "in-flight-limit":
		return layer.NewInFlightLimit[state, string, string](value(l.Limit))
	case "keep-alive":
		return layer.NewKeepAlive[state, string, string](span(l.Idle))
	case "spawn-ready":
		return layer.NewSpawnReady[state, string, string]()
	case "layers":
		return w.layers(l.Layers)
	default: // middleware
		return layer.NewFunc(w.tagging(l.Tag))
	}
}

func value(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func span(d *script.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return time.Duration(*d)
}

// tagging tells when it is applied, and leaves its mark on requests.
func (w *workshop) tagging(tag string) func(svc) (svc, error) {
	return func(inner svc) (svc, error) {
		w.env.Built(tag)
		mark, err := layer.NewMapRequest[state, string, string, string](func(request string) string { return request + ">" + tag })
		if err != nil {
			return nil, err
		}
		return mark.Layer(inner)
	}
}
