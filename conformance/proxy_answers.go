package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a response of a guest", func() {
	It("is there at its head", Requirement("response.resolves-at-head"), func() {
		host := NewHost()

		request := host.Handle("head wait:a end-body")
		Expect(request).To(HaveOpenBody())

		host.OpenGate("a")
		Expect(request).To(BeAnsweredWith(""))
	})

	It("has the whole of its body", Requirement("response.streams-body"), func() {
		host := NewHost()
		request := host.Handle("head body:one wait:a body:two body:three end-body")

		host.OpenGate("a")

		Expect(request).To(BeAnsweredWith("onetwothree"))
	})

	It("may have a body that fails, which is the reader's affair", Requirement("response.body-failure-stays-in-body"), func() {
		host := NewHost()
		request := host.Handle("head body:one wait:a fail-body")

		host.OpenGate("a")

		Expect(request).To(HaveBodyFail("one", "body-failed"))
		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("has its body fail when the task returns without ending it", Requirement("response.unended-body-fails"), func() {
		host := NewHost()
		request := host.Handle("head body:one wait:a")

		host.OpenGate("a")

		Expect(request).To(HaveBodyFail("one", "body-failed"))
	})

	It("is an answer while its body is open", Requirement("response.open-body-is-answered"), func() {
		host := NewHost(AtMost(1))
		Expect(host.Handle("head wait:a end-body")).To(HaveOpenBody())

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("has its body fail when its instance traps", Requirement("response.trap-fails-body"), func() {
		host := NewHost()
		request := host.Handle("head body:one wait:a trap")

		host.OpenGate("a")

		Expect(request).To(HaveBodyFail("one", "trap-or-panic"))
	})
})

var _ = Describe("a trap", func() {
	It("fails every request in flight in the instance", Requirement("trap.fails-requests"), func() {
		host := NewHost()
		first, second := host.Handle("wait:a respond:first"), host.Handle("wait:b trap")
		Expect(second.EnteredBy()).To(Equal(first.EnteredBy()))

		host.OpenGate("b")

		Expect(first).To(HaveFailedWith("trap-or-panic"))
		Expect(second).To(HaveFailedWith("trap-or-panic"))
	})

	It("is told to the drop hook", Requirement("trap.original-goes-to-drop-hook"), func() {
		host := NewHost()

		host.Handle("trap")

		Expect(host.Worker(1)).To(HaveEndedBy("trap"))
	})

	It("reaches the caller of a synchronous guest", Requirement("trap.synchronous-caller-gets-trap"), func() {
		Expect(NewSynchronousHost().Handle("trap")).To(HaveFailedBecauseOf("trap"))
	})

	It("is the end of the instance", Requirement("trap.instance-is-not-reused"), func() {
		host := NewHost()
		Expect(host.Handle("trap")).To(HaveFailed())

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("after a response is told to the drop hook", Requirement("trap.after-response-ends-worker"), func() {
		host := NewHost()
		Expect(host.Handle("respond:first wait:a trap")).To(BeAnsweredWith("first"))

		host.OpenGate("a")

		Expect(host.Worker(1)).To(HaveEndedBy("trap"))
	})

	It("leaves requests in other instances alone", Requirement("trap.leaves-other-workers"), func() {
		host := NewHost(AtMost(1))
		first, second := host.Handle("wait:a trap"), host.Handle("wait:b respond:second")

		host.OpenGate("a")
		Expect(first).To(HaveFailed())
		host.OpenGate("b")

		Expect(second).To(BeAnsweredWith("second"))
	})
})

var _ = Describe("an error of a guest", func() {
	DescribeTable("reaches the caller as the code that it is", Requirement("guest-error.reaches-caller"),
		func(code string) {
			Expect(NewHost().Handle("error:" + code)).To(HaveFailedWith("guest:" + code))
		},
		Entry("a code", "connection-refused"),
		Entry("another code", "dns-timeout"),
	)

	It("leaves the others in the instance alone", Requirement("guest-error.leaves-others"), func() {
		host := NewHost()
		first, second := host.Handle("wait:a respond:first"), host.Handle("error:refused")
		Expect(second).To(HaveFailed())
		Expect(second.EnteredBy()).To(Equal(first.EnteredBy()))

		host.OpenGate("a")

		Expect(first).To(BeAnsweredWith("first"))
	})

	It("is told apart from no response at all", Requirement("guest-error.missing-response"), func() {
		host := NewHost()
		request := host.Handle("wait:a")
		Expect(request).To(BePending())

		host.OpenGate("a")

		Expect(request).To(HaveFailedWith("no-response"))
	})
})
