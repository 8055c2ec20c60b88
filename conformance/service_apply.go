package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("apply", func() {
	It("answers with what its function makes of the responses inside", Requirement("apply.function-decides"), func() {
		service := Open(Function("apply", "call:2"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("one")
		service.Leaf().Exchange(2).Answer("two")

		Expect(call).To(HaveResponse("one+two"))
	})

	It("reaches the service with each call of its function", Requirement("apply.reaches-service-each-time"), func() {
		service := Open(Function("apply", "call:3"))
		service.Leaf().Echo()

		call := service.Caller().Invoke("question")

		Expect(call).To(HaveEnded())
		Expect(service.Leaf()).To(HaveReceived("question", "question", "question"))
	})

	It("waits for readiness before a further call of its function", Requirement("apply.enforces-readiness"), func() {
		service := Open(Function("apply", "call:2"))
		service.Caller().Invoke("question")
		service.Leaf().BecomeBusy()

		service.Leaf().Exchange(1).Answer("one")
		Expect(service.Leaf()).To(HaveReceivedCalls(1))
		service.Leaf().BecomeReady()

		Expect(service.Leaf()).To(HaveReceivedCalls(2))
	})
})
