package reference

import (
	"strconv"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type (
	chain    = service.Chain[state, string, string]
	applied  = func(ctx, string, *service.Handle[state, string, string]) (string, error)
	outcome  = service.Outcome[string]
	outcomes = service.Service[state, outcome, string]
)

// chained makes a layer's function of steps of a chain that the service inside starts.
func chained(steps func(chain) chain) func(svc) (svc, error) {
	return func(inner svc) (svc, error) { return steps(service.NewChain(inner)).Service() }
}

// repeating is the function of apply: it calls the service inside so many times and joins the responses.
func (w *workshop) repeating(function string) (applied, error) {
	times, err := w.env.Times(function)
	if err != nil {
		return nil, err
	}
	return func(c ctx, request string, handle *service.Handle[state, string, string]) (string, error) {
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
	}, nil
}

// row is the function of the layer that puts a second service behind the one it is applied to.
func (w *workshop) row(l script.Layer) (func(svc) (svc, error), error) {
	if l.Service == nil {
		return nil, inprocess.Refused("service", parameter.Nil("second"))
	}
	layers, err := w.layers(l.Service.Layers)
	if err != nil {
		return nil, err
	}
	last := leaf{w.env.Leaf(l.Service.Leaf)}
	if l.Name == "service-and-then" {
		return func(first svc) (svc, error) {
			second, err := layers.Layer(last)
			if err != nil {
				return nil, err
			}
			return service.NewChain(first).AndThen(second).Service()
		}, nil
	}
	taking, err := w.takingOutcomes(layers)
	if err != nil {
		return nil, err
	}
	return func(first svc) (svc, error) {
		second, err := taking.Layer(last)
		if err != nil {
			return nil, err
		}
		return service.NewChain(first).Then(second).Service()
	}, nil
}

// takingOutcomes lets a service of texts, with those layers around it, take outcomes: an error is written as
// error:KIND<CAUSE.
func (w *workshop) takingOutcomes(layers wrapper) (layer.Layer[svc, outcomes], error) {
	written, err := w.written()
	if err != nil {
		return nil, err
	}
	return layer.NewStack(layers, written)
}

// written is the layer that writes outcomes as texts.
func (w *workshop) written() (layer.Layer[svc, outcomes], error) {
	return layer.NewMapRequest[state, outcome, string, string](func(o outcome) string {
		if o.Err != nil {
			return "error:" + strings.Join(w.env.Kinds(o.Err), "<")
		}
		return o.Response
	})
}
