package layer

import (
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Boxed is the layer that hides what kind of service it wraps
// (tower ServiceBuilder::boxed). It puts the service into a service.Box, which
// adds nothing and passes everything on.
//
// In Go there is seldom a need for it: a service.Service value is an interface,
// so that services of different types already have one type. What a box adds is
// that nobody outside can reach the service by a type assertion. Nor does Go need
// a second kind for services that can be cloned (tower ServiceBuilder::boxed_clone):
// a copy of the interface value is a clone, and what clones must not share,
// readiness, belongs to the caller that the context names. The zero value is ready
// for use.
type Boxed[S, Req, Res any] struct{}

// BoxedClone is [Boxed] by tower's other name for it.
type BoxedClone[S, Req, Res any] = Boxed[S, Req, Res]

// Layer wraps inner.
func (Boxed[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	return service.NewBox(inner)
}
