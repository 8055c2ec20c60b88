package layer_test

import (
	gocontext "context"
	"errors"
	"fmt"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// twice allows each request two attempts more, as far as the budget goes, with
// a growing delay between them. The budget and the back-off are shared.
type twice struct {
	budget  *layer.Budget
	backoff *layer.Backoff
}

func (p twice) Copy(req string) (string, bool) { return req, true }

func (p twice) Retry(_ context.Context[struct{}], attempt *layer.Attempt[string, string]) (time.Duration, bool) {
	if attempt.Number == 1 {
		p.budget.Deposit()
	}
	if attempt.Err == nil || attempt.Number > 2 || !p.budget.Withdraw() {
		return 0, false
	}
	return p.backoff.Delay(attempt.Number), true
}

func ExampleRetry() {
	attempts := 0
	flaky, _ := service.NewFunc(func(_ context.Context[struct{}], req string) (string, error) {
		if attempts++; attempts < 3 {
			return "", errors.New("try again")
		}
		return fmt.Sprintf("%s, at attempt %d", req, attempts), nil
	})
	budget, _ := layer.NewBudget(10*time.Second, 10, 20)
	backoff, _ := layer.NewBackoff(time.Microsecond, time.Millisecond, 50)
	retry, err := layer.NewRetry(func() layer.Policy[struct{}, string, string] { return twice{budget, backoff} })
	if err != nil {
		fmt.Println(err)
		return
	}
	retried, _ := retry.Layer(flaky)
	pipeline, _ := service.NewPipeline(retried)

	fmt.Println(pipeline.Call(context.New(gocontext.Background(), struct{}{}), "done"))
	// Output: done, at attempt 3 <nil>
}

// A policy may change the request of the next attempt and the last outcome.
func ExamplePolicy() {
	retry, _ := layer.NewRetry(func() layer.Policy[struct{}, string, string] { return redirect{} })
	pages, _ := service.NewFunc(func(_ context.Context[struct{}], req string) (string, error) {
		if req == "/old" {
			return "see /new", nil
		}
		return "the page " + req, nil
	})
	s, _ := retry.Layer(pages)
	pipeline, _ := service.NewPipeline(s)

	fmt.Println(pipeline.Call(context.New(gocontext.Background(), struct{}{}), "/old"))
	// Output: the page /new (redirected) <nil>
}

type redirect struct{}

func (redirect) Copy(req string) (string, bool) { return req, true }

func (redirect) Retry(_ context.Context[struct{}], attempt *layer.Attempt[string, string]) (time.Duration, bool) {
	if attempt.Response == "see /new" {
		attempt.Request = "/new"
		return 0, true
	}
	attempt.Response += " (redirected)"
	return 0, false
}

// Two retries for ten calls, and none in any other case.
func ExampleBudget() {
	budget, err := layer.NewBudget(10*time.Second, 0, 20)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 10 {
		budget.Deposit()
	}
	fmt.Println(budget.Withdraw(), budget.Withdraw(), budget.Withdraw())
	// Output: true true false
}

func ExampleBackoff() {
	backoff, err := layer.NewBackoff(50*time.Millisecond, time.Second, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	var delays []time.Duration
	for attempt := 1; attempt <= 6; attempt++ {
		delays = append(delays, backoff.Delay(attempt))
	}
	fmt.Println(delays)

	_, err = layer.NewBackoff(time.Second, time.Millisecond, 0)
	fmt.Println(err)
	// Output:
	// [50ms 100ms 200ms 400ms 800ms 1s]
	// parameter max must not be less than min, is 1ms, less than 1s
}
