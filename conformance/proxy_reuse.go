package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("the policy of a host", func() {
	It("is given the requests in flight, post-return work not counted", Requirement("reuse.concurrent-counts-in-flight"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Handle("respond:second wait:b")

		host.Handle("wait:c")

		Expect(host.Worker(1).Asked()).To(ContainElement("1 of 2"))
	})

	It("is given all requests that were accepted", Requirement("reuse.total-counts-accepted"), func() {
		host := NewHost()
		host.Handle("respond:first")
		host.Handle("respond:second")

		host.Handle("wait:a")

		Expect(host.Worker(1).Asked()).To(ContainElement("0 of 2"))
	})

	It("limits how many requests an instance is given", Requirement("reuse.total-is-limited"), func() {
		host := NewHost(AtMostInAll(2))

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("limits how many requests an instance has at a time", Requirement("reuse.concurrency-is-limited"), func() {
		host := NewHost(AtMost(2))

		first, second, third := host.Handle("wait:a"), host.Handle("wait:a"), host.Handle("wait:a")

		Expect(first.EnteredBy()).To(Equal(1))
		Expect(second.EnteredBy()).To(Equal(1))
		Expect(third.EnteredBy()).To(Equal(2))
	})

	It("is asked for each request", Requirement("reuse.asked-before-each-accept"), func() {
		host := NewHost()
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))

		host.Embedder(Policy(No))

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("is asked for each of the requests that are queued", Requirement("reuse.asked-before-each-accept"), func() {
		host := NewHost(AtMost(2))
		host.Handle("wait:a")
		host.Embedder(PolicyHeld, Instantiation("wait")) // nobody else is there to take the third
		second, third := host.Handle("wait:a"), host.Handle("wait:a")

		host.Embedder(PolicyReleased)
		Expect(second.EnteredBy()).To(Equal(1))

		host.Embedder(Instantiation("ok"))
		Expect(third.EnteredBy()).To(Equal(2))
	})

	It("is asked again after no", Requirement("reuse.no-is-asked-again"), func() {
		host := NewHost(AtMost(1))
		first := host.Handle("wait:a respond:first")
		Expect(first).To(BePending())

		host.OpenGate("a")

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("is not asked again after never", Requirement("reuse.never-is-final"), func() {
		host := NewHost()
		first := host.Handle("wait:a wait:b respond:first")
		host.Embedder(Policy(Never))
		host.Handle("respond:second")
		asked := host.Worker(1).Asked()
		Expect(asked).NotTo(BeEmpty())

		host.Embedder(Policy(Yes))
		host.OpenGate("a")
		third := host.Handle("respond:third")
		host.OpenGate("b")

		Expect(host.Worker(1).Asked()).To(Equal(asked))
		Expect(third.EnteredBy()).NotTo(BeElementOf(0, 1))
		Expect(first).To(BeAnsweredWith("first"))
	})

	It("does not end requests in flight by never", Requirement("reuse.never-finishes-in-flight"), func() {
		host := NewHost(AtMostInAll(2))
		first, second := host.Handle("wait:a respond:first"), host.Handle("wait:b respond:second")
		Expect(second.EnteredBy()).To(Equal(1))

		host.OpenGate("a")
		Expect(first).To(BeAnsweredWith("first"))
		Expect(second).To(BePending())

		host.OpenGate("b")
		Expect(second).To(BeAnsweredWith("second"))
	})

	It("ends a worker by never once it has nothing left to do", Requirement("reuse.never-ends-worker"), func() {
		host := NewHost(AtMostInAll(1))
		host.Handle("wait:a respond:first")
		Expect(host.Worker(1).Drops()).To(BeZero())

		host.OpenGate("a")

		Expect(host.Worker(1)).To(HaveEndedWell())
	})
})

var _ = Describe("an instance", func() {
	It("is given no request while a task in it is busy", Requirement("reuse.waits-for-blocked-tasks"), func() {
		host := NewHost()
		host.Handle("wait:a")
		host.Embedder(PolicyHeld, Instantiation("wait")) // nobody else is there to take the third
		host.Handle("yield yield wait:b")
		third := host.Handle("respond:third")

		host.Embedder(PolicyReleased)

		Expect(host.Worker(1).Next("entered #2")).To(Equal("waits #2 at b"))
		Expect(third).To(BeAnsweredWith("third"))
	})

	It("is given no request while a task in it has become able to go on", Requirement("reuse.waits-for-blocked-tasks"), func() {
		host := NewHost()
		host.Handle("wait:a yield yield wait:b")
		host.Embedder(PolicyHeld)
		second := host.Handle("respond:second")
		host.OpenGate("a")

		host.Embedder(PolicyReleased)

		Expect(host.Worker(1).Next("waits #1 at a")).To(Equal("waits #1 at b"))
		Expect(second).To(BeAnsweredWith("second"))
	})

	It("is used again after an error code", Requirement("reuse.error-code-keeps-instance"), func() {
		host := NewHost()
		Expect(host.Handle("error:refused")).To(HaveFailed())

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("is used again after a task without a response", Requirement("reuse.missing-response-keeps-instance"), func() {
		host := NewHost()
		Expect(host.Handle("")).To(HaveFailed())

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})
})
