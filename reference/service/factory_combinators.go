package service

import (
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/parameter"
)

// NewMapFactory returns a factory whose services are those of factory, each
// wrapped by [NewMap] with f. Errors of creation pass unchanged. A nil factory
// or f is refused with a [parameter.Error] that names "factory" or "f".
func NewMapFactory[S, Req, Mid, Res, C any](factory Factory[S, Req, Mid, C], f func(Mid) Res) (Factory[S, Req, Res, C], error) {
	return wrapFactory(factory, f == nil, func(s Service[S, Req, Mid]) (Service[S, Req, Res], error) {
		return NewMap(s, f)
	})
}

// NewMapErrFactory returns a factory whose services are those of factory, each
// wrapped by [NewMapErr] with f. Errors of creation pass unchanged; for those,
// [NewMapInitErr]. A nil factory or f is refused with a [parameter.Error] that
// names "factory" or "f".
func NewMapErrFactory[S, Req, Res, C any](factory Factory[S, Req, Res, C], f func(error) error) (Factory[S, Req, Res, C], error) {
	return wrapFactory(factory, f == nil, func(s Service[S, Req, Res]) (Service[S, Req, Res], error) {
		return NewMapErr(s, f)
	})
}

// NewApplyFactory returns a factory whose services are those of factory, each
// wrapped by [NewApply] with f (ntex-service apply_fn_factory). Errors of
// creation pass unchanged. A nil factory or f is refused with a
// [parameter.Error] that names "factory" or "f".
func NewApplyFactory[S, Req, Res, Outer, Out, C any](
	factory Factory[S, Req, Res, C],
	f func(ctx context.Context[S], req Outer, inner *Handle[S, Req, Res]) (Out, error),
) (Factory[S, Outer, Out, C], error) {
	return wrapFactory(factory, f == nil, func(s Service[S, Req, Res]) (Service[S, Outer, Out], error) {
		return NewApply(s, f)
	})
}

// NewBoxFactory returns a factory whose services are those of factory, each in
// a [Box] (ntex-service boxed::factory). A nil factory is refused with a
// [parameter.Error] that names "factory".
func NewBoxFactory[S, Req, Res, C any](factory Factory[S, Req, Res, C]) (Factory[S, Req, Res, C], error) {
	return wrapFactory(factory, false, func(s Service[S, Req, Res]) (Service[S, Req, Res], error) {
		return NewBox(s)
	})
}

// wrapFactory returns a factory whose services are those of factory, each
// wrapped. wrap is not called when there is nothing to wrap.
func wrapFactory[S, Req, Res, NextReq, NextRes, C any](
	factory Factory[S, Req, Res, C],
	noFunction bool,
	wrap func(Service[S, Req, Res]) (Service[S, NextReq, NextRes], error),
) (Factory[S, NextReq, NextRes, C], error) {
	if factory == nil {
		return nil, parameter.Nil("factory")
	}
	if noFunction {
		return nil, parameter.Nil("f")
	}
	return creator[S, NextReq, NextRes, C](func(ctx context.Context[S], config C) (Service[S, NextReq, NextRes], error) {
		s, err := made(factory.Create(ctx, config))
		if err != nil {
			return nil, err
		}
		return made(wrap(s))
	}), nil
}

// NewAndThenFactory returns a factory that makes a service by first and another
// by second, with the same configuration, and joins them by [NewAndThen]
// (ntex-service AndThenFactory). They are made in this order; when first
// fails, second is not asked. When second fails, the service that first has
// made is dropped, which does not shut it down. A nil factory is refused with
// a [parameter.Error] that names "first" or "second".
func NewAndThenFactory[S, Req, Mid, Res, C any](
	first Factory[S, Req, Mid, C], second Factory[S, Mid, Res, C],
) (Factory[S, Req, Res, C], error) {
	return joinFactories(first, second, NewAndThen[S, Req, Mid, Res])
}

// NewThenFactory is [NewAndThenFactory], except that the services are joined by
// [NewThen] (ntex-service ThenFactory).
func NewThenFactory[S, Req, Mid, Res, C any](
	first Factory[S, Req, Mid, C], second Factory[S, Outcome[Mid], Res, C],
) (Factory[S, Req, Res, C], error) {
	return joinFactories(first, second, NewThen[S, Req, Mid, Res])
}

func joinFactories[S, Req, Mid, Next, Res, C any](
	first Factory[S, Req, Mid, C],
	second Factory[S, Next, Res, C],
	join func(Service[S, Req, Mid], Service[S, Next, Res]) (Service[S, Req, Res], error),
) (Factory[S, Req, Res, C], error) {
	if first == nil {
		return nil, parameter.Nil("first")
	}
	if second == nil {
		return nil, parameter.Nil("second")
	}
	return creator[S, Req, Res, C](func(ctx context.Context[S], config C) (Service[S, Req, Res], error) {
		a, err := made(first.Create(ctx, config))
		if err != nil {
			return nil, err
		}
		b, err := made(second.Create(ctx, config))
		if err != nil {
			return nil, err
		}
		return join(a, b)
	}), nil
}

// NewMapConfig returns a factory that passes each configuration through f on
// its way to factory (ntex-service map_config; with a function that returns
// struct{}{}, unit_config). f must be safe for concurrent use if the factory is
// used so. A nil factory or f is refused with a [parameter.Error] that names
// "factory" or "f".
func NewMapConfig[S, Req, Res, C, Outer any](factory Factory[S, Req, Res, C], f func(Outer) C) (Factory[S, Req, Res, Outer], error) {
	if factory == nil {
		return nil, parameter.Nil("factory")
	}
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return creator[S, Req, Res, Outer](func(ctx context.Context[S], config Outer) (Service[S, Req, Res], error) {
		return made(factory.Create(ctx, f(config)))
	}), nil
}

// NewMapInitErr returns a factory whose errors of creation are what f makes of
// those of factory (ntex-service ServiceFactory::map_init_err). f runs once
// for each, never for an error of a service that was made, nor for the end of
// ctx; where it returns nil, the error stays as it was. It must be safe for
// concurrent use if the factory is used so. A nil factory or f is refused with
// a [parameter.Error] that names "factory" or "f".
func NewMapInitErr[S, Req, Res, C any](factory Factory[S, Req, Res, C], f func(error) error) (Factory[S, Req, Res, C], error) {
	if factory == nil {
		return nil, parameter.Nil("factory")
	}
	if f == nil {
		return nil, parameter.Nil("f")
	}
	return creator[S, Req, Res, C](func(ctx context.Context[S], config C) (Service[S, Req, Res], error) {
		s, err := made(factory.Create(ctx, config))
		return s, mapError(ctx, err, f)
	}), nil
}
