package main

import "fmt"

// comparison is two benchmarks of one package, and how much slower the first may be.
type comparison struct {
	what      string
	directory string // of the package
	ours      string // benchmarks, without the prefix
	other     string
	most      float64 // the ratio that is the target
	free      bool    // ours must not allocate
}

const (
	layers   = "reference/layer"
	failsafe = "implementations/failsafe-go"
)

var comparisons = []comparison{
	{"ten layers through the pipeline / ten bare calls", layers, "PassThrough10Pipeline", "PassThrough10Bare", 3, true},
	{"concurrency limit / semaphore, uncontended", layers, "ConcurrencyLimitUncontended", "SemaphoreUncontended", 2, false},
	{"concurrency limit / semaphore, 64 goroutines on 4 permits", layers, "ConcurrencyLimitContended", "SemaphoreContended", 1, false},
	{"limit, timeout and retry / failsafe-go's", failsafe, "LimitTimeoutRetryReference", "LimitTimeoutRetryFailsafe", 0.5, false},
}

// judge holds the measurements against the target.
func (c comparison) judge(measured measurements) (line string, met bool, err error) {
	ours, other := measured[c.ours], measured[c.other]
	if ours == nil || other == nil {
		return "", false, fmt.Errorf("there is no result of Benchmark%s or of Benchmark%s", c.ours, c.other)
	}
	ratio := ours.nanoseconds / other.nanoseconds
	met = ratio <= c.most
	target := fmt.Sprintf("at most %.1f", c.most)
	if c.free {
		met = met && ours.allocations == 0
		target += " and 0 allocations"
	}
	outcome := "met"
	if !met {
		outcome = "MISSED"
	}
	return fmt.Sprintf("%-58s %5.2f  (%.1f ns, %d allocations / %.1f ns, %d allocations)  target %s: %s",
		c.what, ratio, ours.nanoseconds, ours.allocations, other.nanoseconds, other.allocations, target, outcome), met, nil
}
