package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("map of a service", func() {
	It("applies its function once to a response", Requirement("map.applied-once-per-response"), func() {
		service := Open(Function("map", "append:m"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("answer")

		Expect(call).To(HaveResponse("answer>m"))
		Expect(service.Applied("append:m")).To(Equal([]string{"answer"}))
	})

	It("does not apply its function to an error", Requirement("map.applied-once-per-response"), func() {
		service := Open(Function("map", "append:m"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("boom"))
		Expect(service.Applied("append:m")).To(BeEmpty())
	})
})

var _ = Describe("error map of a service", func() {
	It("applies its function once to the error of a call", Requirement("map-err.maps-call-errors"), func() {
		service := Open(Function("map-err", "wrap:mapped"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("mapped", "boom"))
		Expect(service.Applied("wrap:mapped")).To(Equal([]string{"error:boom"}))
	})

	It("applies its function once to the error of a readiness check", Requirement("map-err.maps-readiness-errors"), func() {
		service := Open(Function("map-err", "wrap:mapped"))
		service.Leaf().BecomeUnready("broken")

		readiness := service.Caller().Ready()

		Expect(readiness).To(HaveFailedWith("mapped", "broken"))
		Expect(service.Applied("wrap:mapped")).To(Equal([]string{"error:broken"}))
	})

	It("applies its function once to a readiness error within an invocation", Requirement("map-err.maps-readiness-errors"), func() {
		service := Open(Function("map-err", "wrap:mapped"))
		service.Leaf().BecomeUnready("broken")

		call := service.Caller().Invoke("question")

		Expect(call).To(HaveFailedWith("mapped", "broken"))
		Expect(service.Applied("wrap:mapped")).To(Equal([]string{"error:broken"}))
	})
	It("applies its function once to the error of a poll", Requirement("map-err.maps-poll-errors"), func() {
		service := Open(Function("map-err", "wrap:mapped"))
		service.Leaf().FailPoll("broken")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailedWith("mapped", "broken"))
		Expect(service.Applied("wrap:mapped")).To(Equal([]string{"error:broken"}))
	})
})
