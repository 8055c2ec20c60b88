package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("back-pressure of a guest", func() {
	It("keeps requests away from the instance", Requirement("pressure.stops-accepting"), func() {
		host := NewHost()
		host.Handle("pressure:on wait:a respond:first")

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("lets requests come again when it ends", Requirement("pressure.ends"), func() {
		host := NewHost()
		host.Handle("pressure:on wait:a pressure:off wait:b respond:first")

		host.OpenGate("a")

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("lasts until the guest has taken back each of its askings", Requirement("pressure.is-counted"), func() {
		host := NewHost()
		host.Handle("pressure:on pressure:on wait:a pressure:off wait:b")

		host.OpenGate("a")

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("has nobody ask the policy", Requirement("pressure.silences-policy"), func() {
		host := NewHost()
		host.Handle("pressure:on wait:a wait:b pressure:off wait:c")
		asked := len(host.Worker(1).Asked())

		host.OpenGate("a")
		Expect(host.Worker(1).Asked()).To(HaveLen(asked))

		host.OpenGate("b")
		Expect(len(host.Worker(1).Asked())).To(BeNumerically(">", asked))
	})

	It("ends a worker that has nothing left to do", Requirement("pressure.left-on-ends-worker"), func() {
		host := NewHost()
		Expect(host.Handle("pressure:on respond:first")).To(BeAnsweredWith("first"))

		Expect(host.Worker(1)).To(HaveEndedWell())
	})
})

var _ = Describe("post-return work", func() {
	It("does not hold up the response", Requirement("post-return.answer-does-not-wait"), func() {
		request := NewHost().Handle("respond:early wait:a")

		Expect(request).To(BeAnsweredWith("early"))
		Expect(request.Waits("a")).To(BeTrue(), "the task goes on")
	})

	It("goes on although the policy says never", Requirement("post-return.goes-on"), func() {
		host := NewHost(AtMostInAll(1))
		request := host.Handle("respond:early wait:a wait:b")

		host.OpenGate("a")

		Expect(request.Waits("b")).To(BeTrue(), "the task goes on")
	})

	It("keeps its worker from ending", Requirement("post-return.keeps-worker"), func() {
		host := NewHost(AtMostInAll(1))
		host.Handle("respond:early wait:a")
		Expect(host.Worker(1).Drops()).To(BeZero())

		host.OpenGate("a")

		Expect(host.Worker(1)).To(HaveEndedWell())
	})

	It("leaves its worker available while it is blocked", Requirement("post-return.worker-accepts"), func() {
		host := NewHost()
		host.Handle("respond:early wait:a")

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})
})
