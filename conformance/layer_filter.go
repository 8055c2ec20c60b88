package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("filter", func() {
	It("answers with the predicate's error", Requirement("filter.answers-with-rejection"), func() {
		service := Open(Function("filter", "reject:denied"))

		call := service.Caller().Invoke("request")

		Expect(call).To(HaveFailedWith("denied"))
	})

	It("keeps a rejected request out and lets others in", Requirement("filter.rejected-call-stays-out"), func() {
		service := Open(Function("filter", "reject-if:bad:denied"))

		service.Caller().Invoke("bad")
		service.Caller().Invoke("good")

		Expect(service.Leaf()).To(HaveReceived("good"))
	})

	It("hands on the request that the predicate has changed", Requirement("filter.forwards-predicate-request"), func() {
		service := Open(Function("filter", "append:checked"))

		service.Caller().Invoke("request")

		Expect(service.Leaf()).To(HaveReceived("request>checked"))
	})

	It("leaves the room of a rejected invocation to others", Requirement("filter.rejection-holds-nothing"), func() {
		service := Open(Function("filter", "reject-if:bad:denied"), ConcurrencyLimit(1))
		service.Caller().Invoke("bad")

		service.Caller().Invoke("good")

		Expect(service.Leaf().Requests()).To(ContainElement("good"))
	})

	Describe("with an asynchronous predicate", func() {
		It("answers with the predicate's error", Requirement("filter-async.answers-with-rejection"), func() {
			service := Open(Function("filter-async", "reject:denied"))

			call := service.Caller().Invoke("request")

			Expect(call).To(HaveFailedWith("denied"))
		})

		It("keeps a rejected request out and lets others in", Requirement("filter-async.rejected-call-stays-out"), func() {
			service := Open(Function("filter-async", "reject-if:bad:denied"))

			service.Caller().Invoke("bad")
			service.Caller().Invoke("good")

			Expect(service.Leaf()).To(HaveReceived("good"))
		})

		It("hands on the request that the predicate has changed", Requirement("filter-async.forwards-predicate-request"), func() {
			service := Open(Function("filter-async", "append:checked"))

			service.Caller().Invoke("request")

			Expect(service.Leaf()).To(HaveReceived("request>checked"))
		})

		It("calls on the reservation of its caller", Requirement("filter-async.spends-own-reservation"), func() {
			service := Open(Function("filter-async", "accept"), ConcurrencyLimit(1))
			caller := service.Caller()
			Expect(caller.Ready()).To(BeReady())

			caller.Call("request")

			Expect(service.Leaf()).To(HaveReceived("request"))
		})
	})
})
