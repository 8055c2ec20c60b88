package layer

import (
	"errors"
	"fmt"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Builder composes layers that keep the types of request and response
// (tower ServiceBuilder). The layer that is added first is outermost: it sees the
// request first and the response last. Services are built innermost first. For
// layers that change a type there is [Stack].
//
// A Builder is a value: each method returns a longer one and leaves its own as it
// was, so that several may start from one beginning. It is itself a layer and may
// be applied any number of times. It may be used by several goroutines at once.
// The zero Builder is empty and ready for use.
//
// A parameter that cannot be accepted stops nobody in the middle of a chain: the
// errors are collected, and Service returns them. What tower's check_clone,
// check_service and check_service_clone assert, the compiler has checked here
// when it accepts the chain: every service is a service.Service of the three
// types, and every value of that type can be copied and shared.
type Builder[S, Req, Res any] struct {
	last *step[S, Req, Res]
}

// step is one added layer, or the error instead of it.
type step[S, Req, Res any] struct {
	previous *step[S, Req, Res] // the one outside it
	layer    Layer[service.Service[S, Req, Res], service.Service[S, Req, Res]]
	err      error
	number   int
}

// NewBuilder returns the empty builder (tower ServiceBuilder::new).
func NewBuilder[S, Req, Res any]() Builder[S, Req, Res] { return Builder[S, Req, Res]{} }

// Add adds a layer inside the others (tower ServiceBuilder::layer). A nil layer is
// an error, which Service returns as a [parameter.Error] that names "layer".
func (b Builder[S, Req, Res]) Add(l Layer[service.Service[S, Req, Res], service.Service[S, Req, Res]]) Builder[S, Req, Res] {
	if l == nil {
		return b.add("layer", nil, parameter.Nil("layer"))
	}
	return b.add("layer", l, nil)
}

// OptionLayer adds a layer, or nothing if it is nil (tower ServiceBuilder::option_layer).
func (b Builder[S, Req, Res]) OptionLayer(l Layer[service.Service[S, Req, Res], service.Service[S, Req, Res]]) Builder[S, Req, Res] {
	return b.Add(OptionLayer(l))
}

// LayerFunc adds a layer made of a function, as [NewFunc] does (tower ServiceBuilder::layer_fn).
func (b Builder[S, Req, Res]) LayerFunc(f func(service.Service[S, Req, Res]) (service.Service[S, Req, Res], error)) Builder[S, Req, Res] {
	l, err := NewFunc(f)
	return b.add("layer function", l, err)
}

// IntoInner returns the layers as one layer, or the errors of those that could not
// be made (tower ServiceBuilder::into_inner). For an empty builder it is [Identity].
func (b Builder[S, Req, Res]) IntoInner() (Layer[service.Service[S, Req, Res], service.Service[S, Req, Res]], error) {
	var all Layer[service.Service[S, Req, Res], service.Service[S, Req, Res]] = Identity[service.Service[S, Req, Res]]{}
	var errs []error
	for s := b.last; s != nil; s = s.previous {
		if s.err != nil {
			errs = append([]error{s.err}, errs...)
			continue
		}
		all = &Stack[service.Service[S, Req, Res], service.Service[S, Req, Res], service.Service[S, Req, Res]]{all, s.layer}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// Service applies the layers to inner (tower ServiceBuilder::service). If some
// of them could not be made, nothing is applied, and the errors are returned in
// the order in which the layers were added, joined as errors.Join does; each says
// which layer it is about, and errors.As finds the [parameter.Error] in it. If a
// layer cannot be applied, its error is returned. A nil inner is refused with a
// [parameter.Error] that names "inner".
func (b Builder[S, Req, Res]) Service(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	l, err := b.IntoInner()
	if err != nil {
		return nil, err
	}
	return l.Layer(inner)
}

// Layer is [Builder.Service]: it makes the builder a layer.
func (b Builder[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	return b.Service(inner)
}

// ServiceFunc applies the layers to a service made of a function
// (tower ServiceBuilder::service_fn). A nil f is refused with a [parameter.Error]
// that names "f".
func (b Builder[S, Req, Res]) ServiceFunc(f func(context.Context[S], Req) (Res, error)) (service.Service[S, Req, Res], error) {
	inner, err := service.NewFunc(f)
	if err != nil {
		return nil, err
	}
	return b.Service(inner)
}

func (b Builder[S, Req, Res]) add(what string, l Layer[service.Service[S, Req, Res], service.Service[S, Req, Res]], err error) Builder[S, Req, Res] {
	s := &step[S, Req, Res]{previous: b.last, layer: l, number: 1}
	if b.last != nil {
		s.number = b.last.number + 1
	}
	if err != nil {
		s.err = fmt.Errorf("layer %d, %s: %w", s.number, what, err)
	}
	return Builder[S, Req, Res]{s}
}
