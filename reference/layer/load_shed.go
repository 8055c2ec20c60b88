package layer

import (
	"errors"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// ErrOverloaded is returned by the call of a [LoadShed] whose inner service
// was not ready for it (tower Overloaded). The request has not been sent.
var ErrOverloaded = errors.New("layer: the service is overloaded")

// LoadShed is the layer that refuses where the inner service would make its
// caller wait (tower ServiceBuilder::load_shed).
//
// Readiness asks the inner service without waiting. It succeeds if that is
// ready, and also if it would have to wait: the call is then answered with
// [ErrOverloaded], even if there is room again by then, and a later readiness
// asks anew. A caller that is shed has no place in any queue inside. A call
// without readiness is answered in the same way. Errors of the inner service,
// of readiness too, pass unchanged.
//
// A layer inside must let context.ErrWouldWait through, at least as a cause,
// as every layer of this package does that is not told otherwise. The zero value
// is ready for use.
type LoadShed[S, Req, Res any] struct{}

// NewLoadShed returns the layer. It cannot fail; the error is there so that
// all constructors of layers are alike.
func NewLoadShed[S, Req, Res any]() (*LoadShed[S, Req, Res], error) {
	return &LoadShed[S, Req, Res]{}, nil
}

// Layer wraps inner.
func (*LoadShed[S, Req, Res]) Layer(inner service.Service[S, Req, Res]) (service.Service[S, Req, Res], error) {
	if inner == nil {
		return nil, parameter.Nil("inner")
	}
	return &loadShed[S, Req, Res]{service.Forward[S, Req, Res]{Inner: inner}}, nil
}

type loadShed[S, Req, Res any] struct {
	service.Forward[S, Req, Res]
}

// Release has nothing to give back: the reservation only marks a caller for
// which the inner service is ready.
func (*loadShed[S, Req, Res]) Release() {}

func (s *loadShed[S, Req, Res]) Ready(ctx context.Context[S]) error {
	err := s.Inner.Ready(ctx.Now())
	if err == nil {
		return ctx.Reserve(s)
	}
	ctx.GiveBack(s)
	if errors.Is(err, context.ErrWouldWait) {
		return nil
	}
	return err
}

func (s *loadShed[S, Req, Res]) Call(ctx context.Context[S], req Req) (Res, error) {
	if !ctx.Spend(s) {
		var none Res
		return none, ErrOverloaded
	}
	return s.Inner.Call(ctx, req)
}
