package layer

import (
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// MapErr is the layer that passes each error of the inner service through a
// function on its way out: errors of calls, of readiness and of poll, once each
// (tower ServiceBuilder::map_err, ntex-service Service::map_err). The function
// must be safe for concurrent use if the service is used so, and should keep what
// it is given as a cause. An error stays an error: where the function returns nil,
// the one that it was given stands. To recover, there is [MapResult].
//
// That the context has ended is no error of the service, and passes unchanged,
// as does context.ErrWouldWait; see service.NewMapErr, whose layer this is.
type MapErr[S, Req, Res any] struct {
	f func(error) error
}

// NewMapErr returns the layer that maps by f. A nil f is refused with a
// [parameter.Error] that names "f".
func NewMapErr[S, Req, Res any](f func(error) error) (*MapErr[S, Req, Res], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &MapErr[S, Req, Res]{f}, nil
}

// Layer wraps inner. Shutdown is inner's.
func (l *MapErr[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	return service.NewMapErr(inner, l.f)
}
