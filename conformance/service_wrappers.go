package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/plumbline-spec/plumbline/conformance/script"
	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// What a layer does not speak of passes through it: a wrapper that forgets to hand something on falls back to a default that
// does nothing and says that all is well. An implementation without a layer is not asked about it.

// throughWrappers has an entry for each layer around one service, which hands on a poll and a shutdown.
func throughWrappers(requirement string) []TableEntry {
	wrappers := []struct {
		name  string
		layer script.Layer
	}{
		{"a box", Boxed()},
		{"a chain", Layer("chain")},
		{"a map", Function("map", "append:m")},
		{"an apply", Function("apply", "call:1")},
		{"a middleware", Middleware("m")},
		{"a shutdown hook", Function("shutdown-hook", "append:bye")},
		{"a function layer", LayerFunction("f")},
		{"an absent optional layer", Option()},
		{"an empty list of layers", Composed()},
		{"a buffer", Buffer(1)},
		{"a concurrency limit", ConcurrencyLimit(1)},
		{"a global concurrency limit", GlobalConcurrencyLimit(1, "all")},
		{"an in-flight limit", InFlightLimit(1)},
		{"a load-shedder", LoadShed()},
		{"a rate limit", RateLimit(1, time.Second)},
		{"a retry", Retry(1)},
		{"a timeout", Timeout(time.Second)},
		{"a keep-alive", KeepAlive(time.Second)},
		{"a spawned readiness", SpawnReady()},
		{"a filter", Function("filter", "accept")},
		{"an asynchronous filter", Function("filter-async", "accept")},
		{"a request map", Function("map-request", "append:m")},
		{"a response map", Function("map-response", "append:m")},
		{"a result map", Function("map-result", "append:m")},
		{"a call map", Function("map-future", "append:m")},
		{"a step on outcomes", Function("then", "append:m")},
		{"a step on responses", Function("and-then", "append:m")},
	}
	var entries []TableEntry
	for _, wrapper := range wrappers {
		entries = append(entries, Entry("through "+wrapper.name, Requirement(requirement), wrapper.layer))
	}
	return entries
}

var _ = Describe("a wrapper", func() {
	DescribeTable("hands on a poll that fails", func(layer script.Layer) {
		service := Open(layer)
		service.Leaf().FailPoll("boom")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailedWith("boom"))
	}, throughWrappers("poll.answers-from-service"))

	DescribeTable("hands on a shutdown", func(layer script.Layer) {
		service := Open(layer)

		service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
	},
		throughWrappers("shutdown.reaches-every-service"),
		Entry("through an error map of a service", Requirement("shutdown.reaches-every-service"), Function("map-err", "wrap:m")),
		Entry("through an error map", Requirement("shutdown.reaches-every-service"), Function("map-error", "wrap:m")),
	)

	DescribeTable("waits for the shutdown inside", func(layer script.Layer) {
		service := Open(layer)
		service.Leaf().HoldShutdown()
		shutdown := service.Caller().Shutdown()
		Expect(shutdown).To(BePending())

		service.Leaf().ReleaseShutdown()

		Expect(shutdown).To(BeDone())
	},
		throughWrappers("shutdown.waits-for-service"),
		Entry("through an error map of a service", Requirement("shutdown.waits-for-service"), Function("map-err", "wrap:m")),
		Entry("through an error map", Requirement("shutdown.waits-for-service"), Function("map-error", "wrap:m")),
	)
})
