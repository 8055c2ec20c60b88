package reference

import (
	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// addFunctional puts a layer or combinator inside those that the builder has which is made of one function, or of a
// second service.
func (w *workshop) addFunctional(b builder, l script.Layer) (builder, error) {
	switch l.Name {
	case "service-and-then", "service-then":
		wrap, err := w.row(l)
		return b.LayerFunc(wrap), err
	case "chain":
		return b.LayerFunc(chained(func(c chain) chain { return c })), nil
	case "apply":
		f, err := w.repeating(l.Function)
		return b.LayerFunc(chained(func(c chain) chain { return c.Apply(f) })), err
	case "map-request", "map-response", "map":
		f, err := w.env.Map(l.Function)
		return addMap(b, l.Name, f), err
	case "map-error", "map-err":
		f, err := w.env.MapError(l.Function)
		return addErrorMap(b, l.Name, f), err
	case "map-future":
		f, err := w.env.MapCall(l.Function)
		return b.MapFuture(futureStep(f)), err
	case "map-result", "then", "shutdown-hook":
		f, err := w.env.Result(l.Function)
		return addOutcomeStep(b, l.Name, f), err
	case "and-then", "filter", "filter-async", "function-service":
		f, err := w.env.Fallible(l.Function)
		return addRequestStep(b, l.Name, f), err
	default:
		return b, inprocess.Unsupported(l.Name)
	}
}

func addMap(b builder, name string, f func(string) string) builder {
	switch name {
	case "map-request":
		return b.MapRequest(f)
	case "map-response":
		return b.MapResponse(f)
	default:
		return b.LayerFunc(chained(func(c chain) chain { return c.Map(f) }))
	}
}

func addErrorMap(b builder, name string, f func(error) error) builder {
	if name == "map-error" {
		return b.MapErr(f)
	}
	return b.LayerFunc(chained(func(c chain) chain { return c.MapErr(f) }))
}

func addOutcomeStep(b builder, name string, f func(string, error) (string, error)) builder {
	switch name {
	case "map-result":
		return b.MapResult(f)
	case "then":
		return b.Then(outcomeStep(f))
	default: // shutdown-hook
		return b.LayerFunc(func(inner svc) (svc, error) {
			hook, err := service.NewShutdownHook[state, string](hooked(f))
			if err != nil {
				return nil, err
			}
			return service.NewChain(inner).AndThen(hook).Service()
		})
	}
}

func addRequestStep(b builder, name string, f func(string) (string, error)) builder {
	switch name {
	case "and-then":
		return b.AndThen(requestStep(f))
	case "filter":
		return b.Filter(f)
	case "filter-async":
		return b.FilterAsync(requestStep(f))
	default: // function-service: it stands where the leaf would
		return b.LayerFunc(func(svc) (svc, error) {
			return layer.NewBuilder[state, string, string]().ServiceFunc(requestStep(f))
		})
	}
}

// The following give a function of the vocabulary the context that the reference's functions take. None stays none, for
// the reference to refuse.

func requestStep(f func(string) (string, error)) func(ctx, string) (string, error) {
	if f == nil {
		return nil
	}
	return func(_ ctx, value string) (string, error) { return f(value) }
}

func outcomeStep(f func(string, error) (string, error)) func(ctx, string, error) (string, error) {
	if f == nil {
		return nil
	}
	return func(_ ctx, response string, err error) (string, error) { return f(response, err) }
}

func futureStep(f func(func() (string, error)) (string, error)) func(ctx, func() (string, error)) (string, error) {
	if f == nil {
		return nil
	}
	return func(_ ctx, call func() (string, error)) (string, error) { return f(call) }
}

func hooked(f func(string, error) (string, error)) func(ctx) error {
	if f == nil {
		return nil
	}
	return func(ctx) error { _, err := f("", nil); return err }
}
