package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("composition", func() {
	Describe("a timeout inside a concurrency limit", func() {
		It("ends a call that has its permit", Requirement("layers.timeout-inside-limit"), func() {
			service := Open(ConcurrencyLimit(1), Timeout(100*time.Millisecond))
			call := service.Caller().Invoke("request")

			service.Advance(JustAfter(100 * time.Millisecond))

			Expect(call).To(HaveFailedAs("elapsed"))
		})

		It("does not count the wait for the permit", Requirement("layers.timeout-inside-limit"), func() {
			service := Open(ConcurrencyLimit(1), Timeout(100*time.Millisecond))
			service.Caller().Invoke("first")
			second := service.Caller().Invoke("second")
			service.Advance(50 * time.Millisecond)
			service.Leaf().Exchange(1).Answer("response")

			service.Advance(JustBefore(100 * time.Millisecond))
			Expect(second).To(BePending())

			service.Advance(OverTheInstant())
			Expect(second).To(HaveFailedAs("elapsed"))
		})
	})

	Describe("the order of layers", func() {
		It("takes a request through the first layer first", Requirement("layers.request-order"), func() {
			service := Open(Function("map-request", "append:first"), Function("map-request", "append:second"))

			service.Caller().Invoke("request")

			Expect(service.Leaf()).To(HaveReceived("request>first>second"))
		})

		It("takes a response through the first layer last", Requirement("layers.response-order"), func() {
			service := Open(Function("map-response", "append:first"), Function("map-response", "append:second"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Answer("response")

			Expect(call).To(HaveResponse("response>second>first"))
		})
	})

	Describe("a composed list of layers", func() {
		It("acts as its layers in their order", Requirement("layers.composed-list-keeps-order"), func() {
			service := Open(
				Function("map-request", "append:a"),
				Composed(Function("map-request", "append:b"), Function("map-request", "append:c")),
				Function("map-request", "append:d"),
			)

			service.Caller().Invoke("request")

			Expect(service.Leaf()).To(HaveReceived("request>a>b>c>d"))
		})

		It("acts as its layers in their order within another list", Requirement("layers.composed-list-keeps-order"), func() {
			service := Open(Composed(
				Composed(Function("map-request", "append:a"), Function("map-request", "append:b")),
				Function("map-request", "append:c"),
			))

			service.Caller().Invoke("request")

			Expect(service.Leaf()).To(HaveReceived("request>a>b>c"))
		})

		It("adds nothing when it is empty", Requirement("layers.composed-list-keeps-order"), func() {
			service := Open(Function("map-request", "append:a"), Composed(), Function("map-request", "append:b"))

			service.Caller().Invoke("request")

			Expect(service.Leaf()).To(HaveReceived("request>a>b"))
		})
	})

	Describe("a function layer", func() {
		It("is applied from the innermost to the outermost", Requirement("layer-fn.innermost-applied-first"), func() {
			service := Open(LayerFunction("outer"), LayerFunction("middle"), LayerFunction("inner"))

			Expect(service.Built()).To(Equal([]string{"inner", "middle", "outer"}))
		})

		It("is not applied again by a call", Requirement("layer-fn.innermost-applied-first"), func() {
			service := Open(LayerFunction("only"))

			service.Caller().Invoke("request")
			service.Leaf().Exchange(1).Answer("response")

			Expect(service.Built()).To(Equal([]string{"only"}))
		})
	})

	Describe("a layer that is applied twice", func() {
		It("gives each service a limit of its own", Requirement("layer-reuse.fresh-state"), func() {
			service := Open(ConcurrencyLimit(1))
			other := service.SameLayers("other")
			service.Caller().Invoke("first")

			other.Caller().Invoke("second")

			Expect(other.Leaf()).To(HaveReceived("second"))
		})
	})

	Describe("an absent optional layer", func() {
		It("leaves requests and responses as they are", Requirement("option-layer.none-is-transparent"), func() {
			service := Open(Option())
			call := service.Caller().Invoke("request")
			Expect(service.Leaf()).To(HaveReceived("request"))

			service.Leaf().Exchange(1).Answer("response")

			Expect(call).To(HaveResponse("response"))
		})

		It("leaves errors as they are", Requirement("option-layer.none-is-transparent"), func() {
			service := Open(Option())
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Fail("boom")

			Expect(call).To(HaveFailedWith("boom"))
		})

		It("limits nothing", Requirement("option-layer.none-is-transparent"), func() {
			service := Open(Option())

			service.Caller().Invoke("first")
			service.Caller().Invoke("second")

			Expect(service.Leaf()).To(HaveReceived("first", "second"))
		})
	})

	Describe("a present optional layer", func() {
		It("is applied once", Requirement("option-layer.some-is-applied-once"), func() {
			service := Open(Option(Function("map-request", "append:mapped")))

			service.Caller().Invoke("request")

			Expect(service.Leaf()).To(HaveReceived("request>mapped"))
		})
	})
})
