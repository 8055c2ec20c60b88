package reference

import (
	gocontext "context"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/service"
)

type fac = service.Factory[state, string, string, string]

// Factory implements inprocess.FactoryAdapter.
func (Adapter) Factory(env *inprocess.Environment, s script.Stack) (inprocess.Factory, error) {
	f, err := (&workshop{env}).factory(s)
	if err != nil {
		return nil, refused(err)
	}
	return factory{f}, nil
}

// factory is an opened factory.
type factory struct{ factory fac }

// Create implements inprocess.Factory.
func (f factory) Create(c gocontext.Context, config string) (inprocess.Service, error) {
	p, err := service.CreatePipeline(in(c), f.factory, config)
	if err != nil {
		return nil, err
	}
	return &opened{pipeline: p}, nil
}

// factory builds a factory of the stack's services, from the leaf outwards.
func (w *workshop) factory(s script.Stack) (fac, error) {
	l := w.env.Leaf(s.Leaf)
	var built fac
	built, err := service.NewFuncFactory(func(_ ctx, config string) (svc, error) { return leaf{l}, l.Create(config) })
	for index := len(s.Layers) - 1; index >= 0 && err == nil; index-- {
		built, err = w.wrapFactory(s.Layers[index], built)
	}
	return built, err
}

// wrapFactory puts one layer around what a factory makes.
func (w *workshop) wrapFactory(l script.Layer, inner fac) (fac, error) {
	switch l.Name {
	case "map-init-error":
		f, err := w.env.MapError(l.Function)
		if err != nil {
			return nil, err
		}
		return service.NewMapInitErr(inner, f)
	case "map":
		f, err := w.env.Map(l.Function)
		if err != nil {
			return nil, err
		}
		return service.NewMapFactory(inner, f)
	case "map-err":
		f, err := w.env.MapError(l.Function)
		if err != nil {
			return nil, err
		}
		return service.NewMapErrFactory(inner, f)
	case "boxed":
		return service.NewBoxFactory(inner)
	case "apply":
		f, err := w.repeating(l.Function)
		if err != nil {
			return nil, err
		}
		return service.NewApplyFactory(inner, f)
	case "service-and-then", "service-then":
		return w.factoryRow(l, inner)
	default:
		built, err := w.layer(l)
		if err != nil {
			return nil, err
		}
		return service.NewMiddlewareFactory(built, inner)
	}
}

func (w *workshop) factoryRow(l script.Layer, first fac) (fac, error) {
	second, err := w.factory(*l.Service)
	if err != nil {
		return nil, err
	}
	if l.Name == "service-and-then" {
		return service.NewAndThenFactory(first, second)
	}
	written, err := w.written()
	if err != nil {
		return nil, err
	}
	taking, err := service.NewMiddlewareFactory(written, second)
	if err != nil {
		return nil, err
	}
	return service.NewThenFactory(first, taking)
}
