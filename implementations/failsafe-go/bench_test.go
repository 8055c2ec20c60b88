package failsafego_test

import (
	gocontext "context"
	"testing"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/failsafe-go/failsafe-go/timeout"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// Both stacks let 4 calls in at once and wait for room, give each call a minute, and try it three times in all. Both are
// called with a context that could end, by one caller, and succeed at once.
const (
	limit    = 4
	patience = time.Minute
	retries  = 2
)

// policy has no state of its own, so that one value serves every call.
type policy struct{}

func (policy) Copy(request string) (string, bool) { return request, true }

func (policy) Retry(_ context.Context[struct{}], attempt *layer.Attempt[string, string]) (time.Duration, bool) {
	return 0, attempt.Err != nil && attempt.Number <= retries
}

func BenchmarkLimitTimeoutRetryReference(b *testing.B) {
	s, err := layer.NewBuilder[struct{}, string, string]().
		ConcurrencyLimit(limit).
		Timeout(patience).
		Retry(func() layer.Policy[struct{}, string, string] { return policy{} }).
		ServiceFunc(func(_ context.Context[struct{}], request string) (string, error) { return request, nil })
	if err != nil {
		b.Fatal(err)
	}
	pipeline, err := service.NewPipeline(s)
	if err != nil {
		b.Fatal(err)
	}
	cancellable, cancel := gocontext.WithCancel(gocontext.Background())
	defer cancel()
	ctx := context.New(cancellable, struct{}{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pipeline.Call(ctx, "r"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLimitTimeoutRetryFailsafe(b *testing.B) {
	executor := failsafe.With[string](
		bulkhead.NewBuilder[string](limit).WithMaxWaitTime(time.Hour).Build(),
		timeout.New[string](patience),
		retrypolicy.NewBuilder[string]().WithMaxRetries(retries).ReturnLastFailure().Build(),
	)
	ctx, cancel := gocontext.WithCancel(gocontext.Background())
	defer cancel()
	request := "r"
	b.ReportAllocs()
	for b.Loop() {
		// An execution is bound to its context and to its request, as a call is.
		_, err := executor.WithContext(ctx).Get(func() (string, error) { return request, nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}
