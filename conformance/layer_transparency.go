package conformance

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/plumbline-spec/plumbline/conformance/script"
	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// wrappers are the layers and combinators around one service, each with room for a call and so that it changes neither
// errors nor which services there are. A load-shedder comes with a limit, since some shed only where one is full. Where an
// implementation has no such layer, the entry does not apply.
var wrappers = map[string][]script.Layer{
	"timeout":                  {Timeout(time.Second)},
	"retry":                    {Retry(0)},
	"buffer":                   {Buffer(1)},
	"concurrency limit":        {ConcurrencyLimit(1)},
	"global concurrency limit": {GlobalConcurrencyLimit(1, "group")},
	"in-flight limit":          {InFlightLimit(1)},
	"rate limit":               {RateLimit(1, time.Second)},
	"load-shedder":             {LoadShed(), ConcurrencyLimit(1)},
	"filter":                   {Function("filter", "accept")},
	"asynchronous filter":      {Function("filter-async", "accept")},
	"request map":              {Function("map-request", "append:mapped")},
	"response map":             {Function("map-response", "append:mapped")},
	"error map":                {Function("map-error", "wrap:mapped")},
	"result map":               {Function("map-result", "append:mapped")},
	"call map":                 {Function("map-future", "append:mapped")},
	"then layer":               {Function("then", "append:more")},
	"and-then layer":           {Function("and-then", "append:more")},
	"keep-alive":               {KeepAlive(time.Hour)},
	"spawn-ready":              {SpawnReady()},
	"function layer":           {LayerFunction("tag")},
	"box":                      {Boxed()},
	"chain":                    {Layer("chain")},
	"map combinator":           {Function("map", "append:mapped")},
	"error map combinator":     {Function("map-err", "wrap:mapped")},
	"apply":                    {Function("apply", "call:1")},
	"shutdown hook":            {Function("shutdown-hook", "append:bye")},
	"service in front":         {AndThenService("second")},
}

// throughEach is the entries of a table: one for each wrapper that has no say in the matter, which are all but those named.
// Each is labelled with the name of its layer.
func throughEach(id string, except ...string) []TableEntry {
	var names []string
	for name := range wrappers {
		if !slices.Contains(except, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var entries []TableEntry
	for _, name := range names {
		entries = append(entries, Entry(name, Requirement(id), Label(wrappers[name][0].Name), wrappers[name]))
	}
	return entries
}

var _ = Describe("transparency of layers", func() {
	DescribeTable("a call that is given up is abandoned in the service, through", func(layers []script.Layer) {
		service := Open(layers...)
		call := service.Caller().Invoke("request")
		exchange := service.Leaf().Exchange(1)

		call.Cancel()

		Expect(exchange).To(BeAbandoned())
	}, throughEach("layers.pass-on-abandonment", "box", "chain", "shutdown hook"))

	It("a call that is given up is abandoned in the service, in the second attempt of a retry", Requirement("layers.pass-on-abandonment"), func() {
		service := Open(Retry(1))
		call := service.Caller().Invoke("request")
		service.Leaf().Exchange(1).Fail("boom")
		exchange := service.Leaf().Exchange(2)

		call.Cancel()

		Expect(exchange).To(BeAbandoned())
	})

	DescribeTable("a panic of the service ends the call badly, through", func(layers []script.Layer) {
		service := Open(layers...)
		call := service.Caller().Invoke("request")

		service.Leaf().Exchange(1).Panic()

		Expect(call).To(SatisfyAny(HavePanicked(), HaveFailed()))
	}, throughEach("layers.pass-on-panic"))

	DescribeTable("an error comes out with its causes, through", func(layers []script.Layer) {
		service := Open(layers...)
		call := service.Caller().Invoke("request")

		service.Leaf().Exchange(1).Fail("outer", "inner")

		Expect(call).To(HaveFailedWith("outer", "inner"))
	}, throughEach("layers.keep-error-chain", "error map", "error map combinator", "box", "chain", "shutdown hook"))

	DescribeTable("readiness waits for the service, through", func(layers []script.Layer) {
		service := Open(layers...)
		service.Leaf().BecomeBusy()
		ready := service.Caller().Ready()
		Expect(ready).To(BePending())

		service.Leaf().BecomeReady()

		Expect(ready).To(BeReady())
	}, throughEach("layers.pass-on-readiness", "buffer", "load-shedder"))

	DescribeTable("an error of readiness comes out as it is, through", func(layers []script.Layer) {
		service := Open(layers...)
		service.Leaf().BecomeUnready("outer", "inner")

		ready := service.Caller().Ready()

		Expect(ready).To(HaveFailedWith("outer", "inner"))
	}, throughEach("layers.pass-on-readiness", "buffer", "load-shedder", "error map", "error map combinator"))
})
