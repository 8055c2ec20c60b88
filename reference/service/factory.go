package service

import (
	"errors"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// ErrNoService is returned where a function, a layer or a factory was to make a
// service and returned neither a service nor an error.
var ErrNoService = errors.New("service: neither a service nor an error was returned")

// Factory makes services of one kind, each from a configuration of type C
// (ntex-service ServiceFactory). It may be used by several goroutines at once.
type Factory[S, Req, Res, C any] interface {
	// Create makes a service that shares nothing with those made before. What
	// it waits for ends when ctx ends.
	Create(ctx context.Context[S], config C) (Service[S, Req, Res], error)
}

// CreatePipeline makes a service by f and returns a pipeline to it
// (ntex-service ServiceFactory::pipeline). A nil f is refused with a
// [parameter.Error] that names "factory".
func CreatePipeline[S, Req, Res, C any](ctx context.Context[S], f Factory[S, Req, Res, C], config C) (*Pipeline[S, Req, Res], error) {
	if f == nil {
		return nil, parameter.Nil("factory")
	}
	s, err := made(f.Create(ctx, config))
	if err != nil {
		return nil, err
	}
	return NewPipeline(s)
}

// FunctionFactory is a factory made of a function
// (ntex-service fn_factory_with_config).
type FunctionFactory[S, Req, Res, C any] struct {
	create func(context.Context[S], C) (Service[S, Req, Res], error)
}

// NewFuncFactory returns the factory that makes each service by one call of f.
// f must be safe for concurrent use if the factory is used so. A nil f is
// refused with a [parameter.Error] that names "f".
func NewFuncFactory[S, Req, Res, C any](
	f func(ctx context.Context[S], config C) (Service[S, Req, Res], error),
) (*FunctionFactory[S, Req, Res, C], error) {
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return &FunctionFactory[S, Req, Res, C]{f}, nil
}

// Create calls the function. If that returns nothing at all, the error is
// [ErrNoService].
func (f *FunctionFactory[S, Req, Res, C]) Create(ctx context.Context[S], config C) (Service[S, Req, Res], error) {
	return made(f.create(ctx, config))
}

// made turns the absence of both a service and an error into an error, so that
// it is found where the service is made and not by a call.
func made[S, Req, Res any](s Service[S, Req, Res], err error) (Service[S, Req, Res], error) {
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, ErrNoService
	}
	return s, nil
}

// creator is a factory that a combinator makes: a function that has no state.
type creator[S, Req, Res, C any] func(context.Context[S], C) (Service[S, Req, Res], error)

func (f creator[S, Req, Res, C]) Create(ctx context.Context[S], config C) (Service[S, Req, Res], error) {
	return f(ctx, config)
}
