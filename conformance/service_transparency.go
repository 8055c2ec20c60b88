package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("boxed service", func() {
	It("passes on the request and the response", Requirement("boxed.is-transparent"), func() {
		service := Open(Boxed())
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("answer")

		Expect(service.Leaf()).To(HaveReceived("question"))
		Expect(call).To(HaveResponse("answer"))
	})

	It("passes on an error with its cause", Requirement("boxed.is-transparent"), func() {
		service := Open(Boxed())
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("outer", "inner")

		Expect(call).To(HaveFailedWith("outer", "inner"))
	})

	It("abandons a call that is given up", Requirement("boxed.is-transparent"), func() {
		service := Open(Boxed())
		call := service.Caller().Invoke("question")
		exchange := service.Leaf().Exchange(1)

		call.Cancel()

		Expect(exchange).To(BeAbandoned())
	})
})

var _ = Describe("start of a chain", func() {
	It("passes on the request and the response", Requirement("chain.is-transparent"), func() {
		service := Open(Layer("chain"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("answer")

		Expect(service.Leaf()).To(HaveReceived("question"))
		Expect(call).To(HaveResponse("answer"))
	})

	It("passes on an error", Requirement("chain.is-transparent"), func() {
		service := Open(Layer("chain"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("boom"))
	})

	It("abandons a call that is given up", Requirement("chain.is-transparent"), func() {
		service := Open(Layer("chain"))
		call := service.Caller().Invoke("question")
		exchange := service.Leaf().Exchange(1)

		call.Cancel()

		Expect(exchange).To(BeAbandoned())
	})
})
