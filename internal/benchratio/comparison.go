package main

import (
	"fmt"
	"strings"
)

// comparison is two benchmarks of one package, and how much slower the first may be; or one benchmark alone.
type comparison struct {
	what      string
	directory string  // of the package
	ours      string  // benchmarks, without the prefix
	other     string  // none: ours is measured alone
	most      float64 // the ratio that is the target; 0: none
	free      bool    // ours must not allocate
	allocates int     // the most that ours may allocate; 0: as it likes, unless free
	under     float64 // nanoseconds that ours must stay below; 0: as it likes
	beside    string  // a benchmark whose time does not count for under
	unit      string  // of what ours measures by itself, and is shown in place of its time
}

const (
	layers   = "reference/layer"
	contexts = "reference/context"
	proxies  = "reference/proxy"
	failsafe = "implementations/failsafe-go"
	httpWasm = "implementations/http-wasm-host-go"
)

var comparisons = []comparison{
	{what: "ten layers through the pipeline / ten bare calls", directory: layers,
		ours: "PassThrough10Pipeline", other: "PassThrough10Bare", most: 3, free: true},
	{what: "concurrency limit / semaphore, uncontended", directory: layers,
		ours: "ConcurrencyLimitUncontended", other: "SemaphoreUncontended", most: 2},
	{what: "concurrency limit / semaphore, 64 goroutines on 4 permits", directory: layers,
		ours: "ConcurrencyLimitContended", other: "SemaphoreContended", most: 1},
	{what: "limit, timeout and retry / failsafe-go's", directory: failsafe,
		ours: "LimitTimeoutRetryReference", other: "LimitTimeoutRetryFailsafe", most: 0.5},
	{what: "one of 8 extensions / the deepest of 8 context.WithValue", directory: contexts,
		ours: "Get8", other: "Get8WithValue", most: 0.2, free: true, under: 15},
	{what: "each of 8 extensions / each of 8 context.WithValue", directory: contexts,
		ours: "GetEach8", other: "GetEach8WithValue", most: 0.2, free: true},
	{what: "clone of a context with 8 extensions", directory: contexts, ours: "Clone8", free: true, under: 5},
	{what: "clone and insert a ninth extension", directory: contexts, ours: "CloneInsert8", allocates: 2},
	{what: "a request through ProxyHandler / a fresh instance for it", directory: proxies,
		ours: "Handle", other: "FreshInstance", most: 0.1, under: 2000, beside: "RawCall", allocates: 8},
	{what: "the same, by 64 callers", directory: proxies,
		ours: "Handle64", other: "FreshInstance", most: 0.1, allocates: 8},
	{what: "the same, by one caller, inline", directory: proxies,
		ours: "HandleInline", other: "FreshInstance", most: 0.1, under: 2000, beside: "RawCall", allocates: 8},
	{what: "memory of an idle worker, its instance included", directory: proxies, ours: "IdleWorker", unit: "B/worker"},
	// The other runs a guest on its caller's goroutine, with what that gives up; inline, ProxyHandler does too.
	{what: "a request through ProxyHandler, inline / http-wasm-host-go", directory: httpWasm,
		ours: "ProxyHandlerInline", other: "HTTPWasm", most: 1},
	// By default it gives none of that up, for two switches of goroutines: that is no contest, and shown for whoever has to choose.
	{what: "a request through ProxyHandler / http-wasm-host-go", directory: httpWasm, ours: "ProxyHandler", other: "HTTPWasm"},
}

// judge holds the measurements against the target.
func (c comparison) judge(measured measurements) (line string, met bool, err error) {
	ours := measured[c.ours]
	if ours == nil {
		return "", false, fmt.Errorf("there is no result of Benchmark%s", c.ours)
	}
	if c.unit != "" {
		value, is := ours.own[c.unit]
		if !is {
			return "", false, fmt.Errorf("there is no %s of Benchmark%s", c.unit, c.ours)
		}
		return fmt.Sprintf("%-58s %5s  (%.0f %s)  no target", c.what, "", value, c.unit), true, nil
	}
	ratio, figures := "", fmt.Sprintf("%.1f ns, %d allocations", ours.nanoseconds, ours.allocations)
	var targets []string
	met = true
	target := func(holds bool, format string, arguments ...any) {
		met = met && holds
		targets = append(targets, fmt.Sprintf(format, arguments...))
	}
	if c.other != "" {
		other := measured[c.other]
		if other == nil {
			return "", false, fmt.Errorf("there is no result of Benchmark%s", c.other)
		}
		times := ours.nanoseconds / other.nanoseconds
		ratio = fmt.Sprintf("%.2f", times)
		figures += fmt.Sprintf(" / %.1f ns, %d allocations", other.nanoseconds, other.allocations)
		if c.most > 0 {
			target(times <= c.most, "at most %g", c.most)
		}
	}
	switch beside := measured[c.beside]; {
	case c.under == 0:
	case c.beside == "":
		target(ours.nanoseconds < c.under, "under %g ns", c.under)
	case beside == nil:
		return "", false, fmt.Errorf("there is no result of Benchmark%s", c.beside)
	default:
		target(ours.nanoseconds-beside.nanoseconds < c.under, "under %g ns beside the %.0f of Benchmark%s", c.under, beside.nanoseconds, c.beside)
	}
	switch {
	case c.free:
		target(ours.allocations == 0, "0 allocations")
	case c.allocates > 0:
		target(ours.allocations <= c.allocates, "at most %d allocations", c.allocates)
	}
	outcome := "met"
	switch {
	case len(targets) == 0:
		return fmt.Sprintf("%-58s %5s  (%s)  no target", c.what, ratio, figures), true, nil
	case !met:
		outcome = "MISSED"
	}
	return fmt.Sprintf("%-58s %5s  (%s)  target %s: %s", c.what, ratio, figures, strings.Join(targets, " and "), outcome), met, nil
}
