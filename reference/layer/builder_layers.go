package layer

import (
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
)

// The methods of this file add a layer of this package inside those added before.
// Parameters and their refusals are those of the layer's constructor.

// Buffer adds a [Buffer] (tower ServiceBuilder::buffer).
func (b Builder[S, Req, Res]) Buffer(bound int) Builder[S, Req, Res] {
	l, err := NewBuffer[S, Req, Res](bound)
	return b.add("buffer", l, err)
}

// ConcurrencyLimit adds a [ConcurrencyLimit] (tower ServiceBuilder::concurrency_limit).
func (b Builder[S, Req, Res]) ConcurrencyLimit(limit int) Builder[S, Req, Res] {
	l, err := NewConcurrencyLimit[S, Req, Res](limit)
	return b.add("concurrency limit", l, err)
}

// LoadShed adds a [LoadShed] (tower ServiceBuilder::load_shed).
func (b Builder[S, Req, Res]) LoadShed() Builder[S, Req, Res] {
	l, err := NewLoadShed[S, Req, Res]()
	return b.add("load shed", l, err)
}

// RateLimit adds a [RateLimit] (tower ServiceBuilder::rate_limit).
func (b Builder[S, Req, Res]) RateLimit(limit int, per time.Duration) Builder[S, Req, Res] {
	l, err := NewRateLimit[S, Req, Res](limit, per)
	return b.add("rate limit", l, err)
}

// Retry adds a [Retry] (tower ServiceBuilder::retry).
func (b Builder[S, Req, Res]) Retry(policy func() Policy[S, Req, Res]) Builder[S, Req, Res] {
	l, err := NewRetry(policy)
	return b.add("retry", l, err)
}

// Timeout adds a [Timeout] (tower ServiceBuilder::timeout).
func (b Builder[S, Req, Res]) Timeout(after time.Duration) Builder[S, Req, Res] {
	l, err := NewTimeout[S, Req, Res](after)
	return b.add("timeout", l, err)
}

// Filter adds a [Filter] (tower ServiceBuilder::filter).
func (b Builder[S, Req, Res]) Filter(predicate func(Req) (Req, error)) Builder[S, Req, Res] {
	l, err := NewFilter[S, Req, Req, Res](predicate)
	return b.add("filter", l, err)
}

// FilterAsync adds a [FilterAsync] (tower ServiceBuilder::filter_async).
func (b Builder[S, Req, Res]) FilterAsync(predicate func(context.Context[S], Req) (Req, error)) Builder[S, Req, Res] {
	l, err := NewFilterAsync[S, Req, Req, Res](predicate)
	return b.add("asynchronous filter", l, err)
}

// MapRequest adds a [MapRequest] (tower ServiceBuilder::map_request).
func (b Builder[S, Req, Res]) MapRequest(f func(Req) Req) Builder[S, Req, Res] {
	l, err := NewMapRequest[S, Req, Req, Res](f)
	return b.add("request map", l, err)
}

// MapResponse adds a [MapResponse] (tower ServiceBuilder::map_response).
func (b Builder[S, Req, Res]) MapResponse(f func(Res) Res) Builder[S, Req, Res] {
	l, err := NewMapResponse[S, Req, Res, Res](f)
	return b.add("response map", l, err)
}

// MapErr adds a [MapErr] (tower ServiceBuilder::map_err).
func (b Builder[S, Req, Res]) MapErr(f func(error) error) Builder[S, Req, Res] {
	l, err := NewMapErr[S, Req, Res](f)
	return b.add("error map", l, err)
}

// MapResult adds a [MapResult] (tower ServiceBuilder::map_result).
func (b Builder[S, Req, Res]) MapResult(f func(Res, error) (Res, error)) Builder[S, Req, Res] {
	l, err := NewMapResult[S, Req, Res, Res](f)
	return b.add("result map", l, err)
}

// MapFuture adds a [MapFuture] (tower ServiceBuilder::map_future).
func (b Builder[S, Req, Res]) MapFuture(f func(ctx context.Context[S], call func() (Res, error)) (Res, error)) Builder[S, Req, Res] {
	l, err := NewMapFuture[S, Req, Res, Res](f)
	return b.add("call map", l, err)
}

// Then adds a [Then] (tower ServiceBuilder::then).
func (b Builder[S, Req, Res]) Then(f func(context.Context[S], Res, error) (Res, error)) Builder[S, Req, Res] {
	l, err := NewThen[S, Req, Res, Res](f)
	return b.add("then", l, err)
}

// AndThen adds an [AndThen] (tower ServiceBuilder::and_then).
func (b Builder[S, Req, Res]) AndThen(f func(context.Context[S], Res) (Res, error)) Builder[S, Req, Res] {
	l, err := NewAndThen[S, Req, Res, Res](f)
	return b.add("and-then", l, err)
}

// Boxed adds a [Boxed] (tower ServiceBuilder::boxed, boxed_clone).
func (b Builder[S, Req, Res]) Boxed() Builder[S, Req, Res] {
	return b.add("box", Boxed[S, Req, Res]{}, nil)
}
