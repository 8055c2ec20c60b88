package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("the status of a worker", func() {
	It("is idle since the beginning, whatever wakes it in between", Requirement("status.idle-since-start"), func() {
		host := NewHost(IdleFor(100 * time.Millisecond))
		host.Handle("respond:first")
		host.Advance(60 * time.Millisecond)
		host.Embedder(Policy(No))
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))

		host.Advance(39 * time.Millisecond)
		Expect(host.Worker(1)).NotTo(HaveEndedWell())

		host.Advance(2 * time.Millisecond)
		Expect(host.Worker(1)).To(HaveEndedWell())
	})

	It("is requests since the acceptance", Requirement("status.requests-since-acceptance"), func() {
		host := NewHost()
		host.Handle("wait:a")
		Expect(host.Worker(1).Status()).To(Equal("requests since 0s"))
		host.Advance(10 * time.Millisecond)

		host.Handle("wait:a")

		Expect(host.Worker(1).Status()).To(Equal("requests since 10ms"))
	})

	It("goes back to the latest acceptance that remains", Requirement("status.requests-since-latest-in-flight"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Advance(10 * time.Millisecond)
		host.Handle("wait:b respond:second")
		host.Advance(10 * time.Millisecond)
		host.Handle("wait:c respond:third")

		host.OpenGate("c")
		Expect(host.Worker(1).Status()).To(Equal("requests since 10ms"))

		host.OpenGate("a")
		Expect(host.Worker(1).Status()).To(Equal("requests since 10ms"))
	})

	It("tells requests of one instant apart", Requirement("status.requests-since-latest-in-flight"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Advance(10 * time.Millisecond)
		host.Handle("wait:b respond:second")
		host.Handle("wait:c respond:third")

		host.OpenGate("b")

		Expect(host.Worker(1).Status()).To(Equal("requests since 10ms"))
	})

	It("is post-return since the last answer", Requirement("status.post-return-since-last-answer"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first wait:b")
		host.Advance(10 * time.Millisecond)

		host.OpenGate("a")

		Expect(host.Worker(1).Status()).To(Equal("post-return since 10ms"))
	})

	It("is post-return since the last request expired", Requirement("status.post-return-since-expiration"), func() {
		host := NewHost(AnswerWithin(50*time.Millisecond), PostReturnFor(100*time.Millisecond))
		Expect(host.Handle("wait:a")).To(BePending())

		host.Advance(149 * time.Millisecond)
		Expect(host.Worker(1).Drops()).To(BeZero())

		host.Advance(2 * time.Millisecond)
		Expect(host.Worker(1)).To(HaveEndedBy("timed-out"))
	})

	It("is idle since nothing remains", Requirement("status.idle-when-nothing-remains"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Advance(10 * time.Millisecond)

		host.OpenGate("a")

		Expect(host.Worker(1).Status()).To(Equal("idle since 10ms"))
	})

	It("is idle since its post-return work is done", Requirement("status.idle-when-nothing-remains"), func() {
		host := NewHost()
		host.Handle("respond:first wait:a")
		host.Advance(10 * time.Millisecond)

		host.OpenGate("a")

		Expect(host.Worker(1).Status()).To(Equal("idle since 10ms"))
	})

	It("is requests again when a request comes during post-return work", Requirement("status.post-return-becomes-requests"), func() {
		host := NewHost()
		host.Handle("respond:first wait:a")
		Expect(host.Worker(1).Status()).To(Equal("post-return since 0s"))
		host.Advance(10 * time.Millisecond)

		host.Handle("wait:b")

		Expect(host.Worker(1).Status()).To(Equal("requests since 10ms"))
	})
})

var _ = Describe("the expiration of a worker", func() {
	It("ends an idle worker without an error", Requirement("worker-expiration.idle-ends-well"), func() {
		host := NewHost(IdleFor(100 * time.Millisecond))
		host.Handle("respond:first")

		host.Advance(99 * time.Millisecond)
		Expect(host.Worker(1).Drops()).To(BeZero())

		host.Advance(2 * time.Millisecond)
		Expect(host.Worker(1)).To(HaveEndedWell())
	})

	DescribeTable("ends a worker that is at work with an error", Requirement("worker-expiration.busy-ends-with-error"),
		func(limit HostSetting, program string) {
			host := NewHost(limit)
			host.Handle(program)

			host.Advance(99 * time.Millisecond)
			Expect(host.Worker(1).Drops()).To(BeZero())

			host.Advance(2 * time.Millisecond)
			Expect(host.Worker(1)).To(HaveEndedBy("timed-out"))
		},
		Entry("on requests", RequestsFor(100*time.Millisecond), "wait:a"),
		Entry("after its response", PostReturnFor(100*time.Millisecond), "respond:first wait:a"),
	)

	It("ends a worker whose guest does not return control", Requirement("worker-expiration.interrupts-guest"), func() {
		host := NewHost(RequestsFor(100 * time.Millisecond))
		host.Handle("spin")

		host.Advance(99 * time.Millisecond)
		Expect(host.Worker(1).Drops()).To(BeZero())

		host.Advance(3 * time.Millisecond) // one more than usual: the guest is at most one turn from where it can be stopped
		Expect(host.Worker(1)).To(HaveEndedBy("timed-out"))
	})

	It("is that of the status which the worker has", Requirement("worker-expiration.limit-is-of-its-status"), func() {
		host := NewHost(RequestsFor(100 * time.Millisecond))
		request := host.Handle("wait:a respond:first")
		host.OpenGate("a")
		Expect(request).To(BeAnsweredWith("first"))

		host.Advance(101 * time.Millisecond)

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("fails its requests in flight", Requirement("worker-expiration.fails-requests"), func() {
		host := NewHost(RequestsFor(100 * time.Millisecond))
		request := host.Handle("wait:a respond:late")

		host.Advance(99 * time.Millisecond)
		Expect(request).To(BePending())

		host.Advance(2 * time.Millisecond)
		Expect(request).To(HaveFailedWith("trap-or-panic"))
	})

	It("yields to the expiration of a request at the same instant", Requirement("worker-expiration.request-expiration-first"), func() {
		host := NewHost(RequestsFor(100*time.Millisecond), AnswerWithin(100*time.Millisecond))
		request := host.Handle("wait:a respond:late")

		host.Advance(101 * time.Millisecond)

		Expect(request).To(HaveFailedWith("expired"))
	})

	It("has the next request served by a new worker", Requirement("worker-expiration.ends-availability"), func() {
		host := NewHost(IdleFor(100 * time.Millisecond))
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))

		host.Advance(101 * time.Millisecond)

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("yields to a request that is accepted in the same turn", Requirement("worker-expiration.accepting-comes-first"), func() {
		host := NewHost(IdleFor(100 * time.Millisecond))
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
		host.Advance(50 * time.Millisecond)
		host.Embedder(PolicyHeld)
		request := host.Handle("count")
		host.Advance(100 * time.Millisecond)

		host.Embedder(PolicyReleased)

		Expect(request).To(BeAnsweredWith("2"))
	})
})
