package reference

import (
	"strconv"
	"strings"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// workshop builds what a script describes.
type workshop struct {
	env *inprocess.Environment
}

// compose stacks layers, the first being outermost.
func (w *workshop) compose(layers []script.Layer) (wrapper, error) {
	var composed wrapper = layer.Identity[svc]{}
	for _, description := range layers {
		inner, err := w.layer(description)
		if err != nil {
			return nil, err
		}
		if composed, err = layer.NewStack[svc, svc, svc](inner, composed); err != nil {
			return nil, err
		}
	}
	return composed, nil
}

// layer builds one layer.
func (w *workshop) layer(l script.Layer) (wrapper, error) {
	switch l.Name {
	case "concurrency-limit":
		return layer.NewConcurrencyLimit[state, string, string](value(l.Limit))
	case "global-concurrency-limit":
		permits, err := w.env.Shared(l.Group, func() (any, error) { return layer.NewPermits(value(l.Limit)) })
		if err != nil {
			return nil, err
		}
		return layer.NewGlobalConcurrencyLimit[state, string, string](permits.(*layer.Permits))
	case "in-flight-limit":
		return layer.NewInFlightLimit[state, string, string](value(l.Limit))
	case "buffer":
		return layer.NewBuffer[state, string, string](value(l.Bound))
	case "load-shed":
		return layer.NewLoadShed[state, string, string]()
	case "rate-limit":
		return layer.NewRateLimit[state, string, string](value(l.Limit), span(l.Per))
	case "retry":
		return w.retry(l.Policy)
	case "timeout":
		return layer.NewTimeout[state, string, string](span(l.Timeout))
	case "keep-alive":
		return layer.NewKeepAlive[state, string, string](span(l.Idle))
	case "spawn-ready":
		return layer.NewSpawnReady[state, string, string]()
	case "boxed":
		return layer.Boxed[state, string, string]{}, nil
	case "layers":
		return w.compose(l.Layers)
	case "option-layer":
		return w.option(l)
	case "layer-fn", "middleware":
		return w.tagged(l.Tag)
	default:
		return w.functional(l)
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

func (w *workshop) option(l script.Layer) (wrapper, error) {
	if len(l.Layers) == 0 {
		return layer.OptionLayer[svc](nil), nil
	}
	inner, err := w.compose(l.Layers)
	if err != nil {
		return nil, err
	}
	return layer.OptionLayer(inner), nil
}

// tagged is the layer that tells when it is applied and leaves its mark on requests.
func (w *workshop) tagged(tag string) (wrapper, error) {
	mark, err := layer.NewMapRequest[state, string, string, string](func(request string) string { return request + ">" + tag })
	if err != nil {
		return nil, err
	}
	return layer.NewFunc(func(inner svc) (svc, error) {
		w.env.Built(tag)
		return mark.Layer(inner)
	})
}

// functional builds the layers and combinators that are made of one function, or of a second service.
func (w *workshop) functional(l script.Layer) (wrapper, error) {
	switch l.Name {
	case "service-and-then", "service-then":
		return w.row(l)
	case "chain":
		return layer.NewFunc(func(inner svc) (svc, error) { return service.NewChain(inner).Service() })
	case "apply":
		return w.apply(l.Function)
	case "map-request", "map-response", "map":
		f, err := w.env.Map(l.Function)
		if err != nil {
			return nil, err
		}
		return mapper(l.Name, f)
	case "map-error", "map-err":
		f, err := w.env.MapError(l.Function)
		if err != nil {
			return nil, err
		}
		return errorMapper(l.Name, f)
	case "map-future":
		f, err := w.env.MapCall(l.Function)
		if err != nil {
			return nil, err
		}
		if f == nil {
			return nil, parameter.Nil("f")
		}
		return layer.NewMapFuture[state, string](func(_ ctx, call func() (string, error)) (string, error) { return f(call) })
	case "map-result", "then", "shutdown-hook":
		f, err := w.env.Result(l.Function)
		if err != nil {
			return nil, err
		}
		return outcomeMapper(l.Name, f)
	case "and-then", "filter", "filter-async", "function-service":
		f, err := w.env.Fallible(l.Function)
		if err != nil {
			return nil, err
		}
		return requestStep(l.Name, f)
	default:
		return nil, inprocess.Unsupported(l.Name)
	}
}

func mapper(name string, f func(string) string) (wrapper, error) {
	switch name {
	case "map-request":
		return layer.NewMapRequest[state, string, string, string](f)
	case "map-response":
		return layer.NewMapResponse[state, string, string, string](f)
	default:
		return refuseNil(f == nil, func(inner svc) (svc, error) { return service.NewMap(inner, f) })
	}
}

func errorMapper(name string, f func(error) error) (wrapper, error) {
	if name == "map-error" {
		return layer.NewMapErr[state, string, string](f)
	}
	return refuseNil(f == nil, func(inner svc) (svc, error) { return service.NewMapErr(inner, f) })
}

func outcomeMapper(name string, f func(string, error) (string, error)) (wrapper, error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	switch name {
	case "map-result":
		return layer.NewMapResult[state, string](f)
	case "then":
		return layer.NewThen[state, string](func(_ ctx, response string, err error) (string, error) { return f(response, err) })
	default: // shutdown-hook: in the reference it is a service of its own, in front of the one it watches
		return layer.NewFunc(func(inner svc) (svc, error) {
			hook, err := service.NewShutdownHook[state, string](func(ctx) error { _, err := f("", nil); return err })
			if err != nil {
				return nil, err
			}
			return service.NewAndThen[state, string, string, string](hook, inner)
		})
	}
}

func requestStep(name string, f func(string) (string, error)) (wrapper, error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	withContext := func(_ ctx, value string) (string, error) { return f(value) }
	switch name {
	case "and-then":
		return layer.NewAndThen[state, string](withContext)
	case "filter":
		return layer.NewFilter[state, string, string, string](f)
	case "filter-async":
		return layer.NewFilterAsync[state, string, string, string](withContext)
	default: // function-service: it stands where the leaf would
		return layer.NewFunc(func(svc) (svc, error) { return service.NewFunc(withContext) })
	}
}

func refuseNil(missing bool, wrap func(svc) (svc, error)) (wrapper, error) {
	if missing {
		return nil, parameter.Nil("f")
	}
	return layer.NewFunc(wrap)
}

func (w *workshop) apply(function string) (wrapper, error) {
	times, err := w.env.Times(function)
	if err != nil {
		return nil, err
	}
	return layer.NewFunc(func(inner svc) (svc, error) {
		return service.NewApply(inner, func(c ctx, request string, handle *service.Handle[state, string, string]) (string, error) {
			w.env.Applied("call:"+strconv.Itoa(times), request)
			var responses []string
			for range times {
				response, err := handle.Call(c, request)
				if err != nil {
					return "", err
				}
				responses = append(responses, response)
			}
			return strings.Join(responses, "+"), nil
		})
	})
}

// row is the layer that puts a second service behind the one it is applied to.
func (w *workshop) row(l script.Layer) (wrapper, error) {
	if l.Service == nil {
		return nil, inprocess.Refused("service", parameter.Nil("second"))
	}
	layers, err := w.compose(l.Service.Layers)
	if err != nil {
		return nil, err
	}
	return layer.NewFunc(func(first svc) (svc, error) {
		second, err := layers.Layer(leaf{w.env.Leaf(l.Service.Leaf)})
		if err != nil {
			return nil, err
		}
		if l.Name == "service-and-then" {
			return service.NewAndThen(first, second)
		}
		taking, err := w.takingOutcomes(second)
		if err != nil {
			return nil, err
		}
		return service.NewThen(first, taking)
	})
}

type outcome = service.Outcome[string]

// takingOutcomes lets a service of texts take outcomes: an error is written as error:KIND<CAUSE.
func (w *workshop) takingOutcomes(s svc) (service.Service[state, outcome, string], error) {
	write, err := layer.NewMapRequest[state, outcome, string, string](func(o outcome) string {
		if o.Err != nil {
			return "error:" + strings.Join(w.env.Kinds(o.Err), "<")
		}
		return o.Response
	})
	if err != nil {
		return nil, err
	}
	return write.Layer(s)
}
