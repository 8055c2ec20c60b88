package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a call", func() {
	It("reaches the service unchanged and once when it is answered with a response", Requirement("call.reaches-service-once"), func() {
		service := Open()

		service.Caller().Invoke(" spaced  out ")
		service.Leaf().Exchange(1).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived(" spaced  out "))
	})

	It("reaches the service once when it is answered with an error", Requirement("call.reaches-service-once"), func() {
		service := Open()

		service.Caller().Invoke("request")
		service.Leaf().Exchange(1).Fail("unavailable")

		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("receives the response that the service gives", Requirement("call.returns-response-unchanged"), func() {
		service := Open()
		call := service.Caller().Invoke("request")

		service.Leaf().Exchange(1).Answer(" spaced  out ")

		Expect(call).To(HaveResponse(" spaced  out "))
	})

	It("receives the error that the service gives, with its cause", Requirement("call.surfaces-error-unchanged"), func() {
		service := Open()
		call := service.Caller().Invoke("request")

		service.Leaf().Exchange(1).Fail("boom", "spark")

		Expect(call).To(HaveFailedWith("boom", "spark"))
	})

	It("reaches the service after a call that was answered with an error", Requirement("call.error-does-not-latch"), func() {
		service := Open()
		caller := service.Caller()
		caller.Invoke("first")
		service.Leaf().Exchange(1).Fail("boom")

		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("reaches the service while the call of another caller is in progress", Requirement("call.overlaps"), func() {
		service := Open()
		service.Caller().Invoke("first")

		service.Caller().Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("receives its own answer when a later call is answered first", Requirement("call.answers-own-caller"), func() {
		service := Open()
		first := service.Caller().Invoke("first")
		second := service.Caller().Invoke("second")

		service.Leaf().Exchange(2).Answer("to the second")
		service.Leaf().Exchange(1).Answer("to the first")

		Expect(first).To(HaveResponse("to the first"))
		Expect(second).To(HaveResponse("to the second"))
	})

	It("receives its own answer when an earlier call fails", Requirement("call.answers-own-caller"), func() {
		service := Open()
		first := service.Caller().Invoke("first")
		second := service.Caller().Invoke("second")

		service.Leaf().Exchange(1).Fail("boom")
		service.Leaf().Exchange(2).Answer("to the second")

		Expect(first).To(HaveFailedWith("boom"))
		Expect(second).To(HaveResponse("to the second"))
	})

	It("is abandoned in the service when its caller gives up", Requirement("call.cancel-reaches-service"), func() {
		service := Open()
		call := service.Caller().Invoke("request")

		call.Cancel()

		Expect(service.Leaf().Exchange(1)).To(BeAbandoned())
	})

	It("goes on in the service when another caller gives up", Requirement("call.cancel-reaches-service"), func() {
		service := Open()
		call := service.Caller().Invoke("stays")
		other := service.Caller().Invoke("goes")

		other.Cancel()

		Expect(service.Leaf().Exchange(2)).To(BeAbandoned())
		Expect(service.Leaf().Exchange(1)).NotTo(BeAbandoned())
		service.Leaf().Exchange(1).Answer("ok")
		Expect(call).To(HaveResponse("ok"))
	})
})

var _ = Describe("callers", func() {
	It("still reach the service after another caller was used and has left", Requirement("callers.leaving-keeps-service"), func() {
		service := Open()
		leaves, stays := service.Caller(), service.Caller()
		leaves.Invoke("first")
		service.Leaf().Exchange(1).Answer("ok")

		leaves.Leave()

		stays.Invoke("second")
		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})
})

var _ = Describe("a panic of the service", func() {
	It("ends the call that it happens in", Requirement("panic.ends-only-its-call"), func() {
		service := Open()
		call := service.Caller().Invoke("request")

		service.Leaf().Exchange(1).Panic()

		Expect(call).To(SatisfyAny(HavePanicked(), HaveFailed()))
	})

	It("does not end another call in progress", Requirement("panic.ends-only-its-call"), func() {
		service := Open()
		service.Caller().Invoke("panics")
		other := service.Caller().Invoke("goes on")

		service.Leaf().Exchange(1).Panic()

		Expect(other).To(BePending())
		service.Leaf().Exchange(2).Answer("ok")
		Expect(other).To(HaveResponse("ok"))
	})

	It("does not end a later call", Requirement("panic.ends-only-its-call"), func() {
		service := Open()
		caller := service.Caller()
		caller.Invoke("panics")
		service.Leaf().Exchange(1).Panic()

		later := caller.Invoke("later")

		service.Leaf().Exchange(2).Answer("ok")
		Expect(later).To(HaveResponse("ok"))
	})
})
