package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a request to a host", func() {
	It("is given to a new worker when the others are busy", Requirement("host-spawn.none-available-starts-worker"), func() {
		host := NewHost(AtMost(1))
		busy := host.Handle("wait:a respond:first")

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
		Expect(busy).To(BePending())
	})

	It("does not wait for a worker that has no instance yet", Requirement("host-spawn.starting-worker-is-not-available"), func() {
		host := NewHost(Instantiation("wait"))
		first, second, third := host.Handle("respond:1"), host.Handle("respond:2"), host.Handle("respond:3")
		Expect(host.Instantiations()).To(Equal(3))

		host.Embedder(Instantiation("ok"))

		Expect(first).To(BeAnsweredWith("1"))
		Expect(second).To(BeAnsweredWith("2"))
		Expect(third).To(BeAnsweredWith("3"))
	})

	It("does not wait for the drop hook of a worker that had declined before", Requirement("host-spawn.unavailable-worker-is-not-awaited"), func() {
		host := NewHost(Policy(Never), DropHookHeld)
		Expect(host.Handle("respond:first")).To(BeAnsweredWith("first"))
		Expect(host.Worker(1).Drops()).To(Equal(1))

		second := host.Handle("respond:second")

		Expect(second).To(BeAnsweredWith("second"))
	})

	It("does not wait for the drop hook of a worker whose first request has ended it", Requirement("host-spawn.unavailable-worker-is-not-awaited"), func() {
		host := NewHost(DropHookHeld)
		host.Handle("trap")
		Expect(host.Worker(1).Drops()).To(Equal(1))

		second := host.Handle("respond:second")

		Expect(second).To(BeAnsweredWith("second"))
	})

	It("does not wait for the drop hook of a worker that has taken a request and was ended by it", Requirement("host-spawn.unavailable-worker-is-not-awaited"), func() {
		host := NewHost(DropHookHeld)
		Expect(host.Handle("respond:first")).To(BeAnsweredWith("first"))
		host.Handle("trap")
		Expect(host.Worker(1).Drops()).To(Equal(1))

		third := host.Handle("respond:third")

		Expect(third).To(BeAnsweredWith("third"))
	})

	It("is served by a worker that is available", Requirement("host-spawn.available-worker-serves"), func() {
		host := NewHost()
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
		Expect(host.Instantiations()).To(Equal(1))
	})

	It("is accepted without a question by the worker that is made for it", Requirement("host-spawn.direct-request-skips-policy"), func() {
		host := NewHost(Policy(Never))

		Expect(host.Handle("respond:yes")).To(BeAnsweredWith("yes"))
		Expect(host.Worker(1).Asked()).NotTo(ContainElement("0 of 0"))
	})

	It("is begun on at once, however many are in flight", Requirement("host-spawn.no-bound"), func() {
		const many = 128 // more than any bound that an implementation may have hidden in itself by habit
		host := NewHost()
		for range many {
			host.Handle("wait:a respond:done")
		}

		last := host.Handle("wait:a respond:last")
		Expect(last.Waits("a")).To(BeTrue(), "the guest was begun on")
		host.OpenGate("a")

		Expect(last).To(BeAnsweredWith("last"))
	})
})

// The hooks hold a worker exactly where a race is decided.
var _ = Describe("a queued request", func() {
	// The first question of a worker that was started for the queue: a policy that says no to it would have workers started
	// without end, and one that says never would strand the queue.
	It("is accepted by the worker that was started for it, whatever the policy", Requirement("host-spawn.first-queued-request-skips-policy"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Embedder(Policy(Never))

		second := host.Handle("respond:second")

		Expect(second).To(BeAnsweredWith("second"))
		Expect(second.EnteredBy()).To(Equal(2))
	})

	// A request is queued while the last available worker is about to decline: whichever of the two comes first, somebody
	// has to look at the queue once more.
	DescribeTable("is served when the worker that it was queued for declines", Requirement("host-spawn.no-request-is-orphaned"),
		func(answer string) {
			host := NewHost()
			host.Handle("wait:a respond:first")
			host.Embedder(PolicyHeld)
			queued := host.Handle("respond:second")
			Expect(queued).To(BePending())

			host.Embedder(Policy(answer), PolicyReleased)

			Expect(queued).To(BeAnsweredWith("second"))
		},
		Entry("for now", No),
		Entry("for good", Never),
	)

	// Each worker that takes one of the queue becomes unavailable while others are left in it.
	It("is served when every worker takes one request only", Requirement("host-spawn.no-request-is-orphaned"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Embedder(PolicyHeld)
		second, third := host.Handle("respond:second"), host.Handle("respond:third")

		host.Embedder(Policy(No), PolicyReleased)

		Expect(second).To(BeAnsweredWith("second"))
		Expect(third).To(BeAnsweredWith("third"))
	})

	It("is served when a worker declines that its guest had woken before", Requirement("host-spawn.no-request-is-orphaned"), func() {
		host := NewHost()
		first := host.Handle("wait:a respond:first")
		host.OpenGate("a")
		Expect(first).To(BeAnsweredWith("first"))

		host.Embedder(Policy(No))

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	// The last available worker ends, or will take no more, while requests are queued.
	It("is served when the worker that it was queued for ends", Requirement("host-spawn.ended-worker-is-replaced"), func() {
		host := NewHost(DropHookHeld)
		host.Handle("wait:a trap")
		host.OpenGate("a")
		queued := host.Handle("count")

		host.Embedder(DropHookReleased)

		Expect(queued).To(BeAnsweredWith("1"))
	})

	It("is served when the worker that it was queued for will take no more", Requirement("host-spawn.ended-worker-is-replaced"), func() {
		host := NewHost()
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
		host.Embedder(PolicyHeld)
		queued := host.Handle("count")

		host.Embedder(Policy(Never), PolicyReleased)

		Expect(queued).To(BeAnsweredWith("1"))
	})

	// The last available worker becomes unavailable once, so one worker is started, whatever is in the queue.
	It("has one worker started, also where several are queued", Requirement("host-spawn.one-replacement"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Embedder(PolicyHeld)
		second, third := host.Handle("respond:second"), host.Handle("respond:third")

		host.Embedder(Instantiation("wait"), Policy(No), PolicyReleased)
		Expect(host.Instantiations()).To(Equal(2))

		host.Embedder(Instantiation("ok"), Policy(Yes))
		Expect(second).To(BeAnsweredWith("second"))
		Expect(third).To(BeAnsweredWith("third"))
	})

	It("has a worker started also while another is on its way, whose request was taken by somebody else", Requirement("host-spawn.one-replacement"), func() {
		host := NewHost()
		host.Handle("wait:a respond:first")
		host.Embedder(Policy(No), Instantiation("wait"))
		taken := host.Handle("respond:second")
		host.Embedder(Policy(Yes))
		host.OpenGate("a")
		Expect(taken).To(BeAnsweredWith("second"))
		host.Embedder(Policy(No))

		host.Handle("respond:third")

		Expect(host.Instantiations()).To(Equal(3))
	})

	It("does not wait for the drop hook of a worker that has declined", Requirement("host-spawn.declining-worker-is-replaced-at-once"), func() {
		host := NewHost(DropHookHeld)
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
		host.Embedder(PolicyHeld)
		queued := host.Handle("respond:second")

		host.Embedder(Policy(Never), PolicyReleased)

		Expect(queued).To(BeAnsweredWith("second"))
	})

	// The worker that was woken for the request declines, while another sleeps that would take it.
	DescribeTable("is served by the other worker when one declines", Requirement("host-spawn.declined-wakeup-is-passed-on"),
		func(declines int) {
			host := NewHost(AtMost(1))
			first, second := host.Handle("wait:a respond:first"), host.Handle("wait:b respond:second")
			host.OpenGate("a")
			host.OpenGate("b")
			Expect(first).To(BeAnsweredWith("first"))
			Expect(second).To(BeAnsweredWith("second"))
			host.Embedder(ForWorker(declines), Policy(No))

			Expect(host.Handle("count")).To(BeAnsweredWith("2"))
			Expect(host.Instantiations()).To(Equal(2))
		},
		Entry("the first", 1),
		Entry("the second", 2),
	)

	It("is accepted in its turn", Requirement("host-spawn.queue-is-fifo"), func() {
		host := NewHost()
		host.Handle("wait:a")
		host.Embedder(PolicyHeld, Instantiation("wait"))
		host.Handle("wait:a")
		host.Handle("wait:a")
		host.Handle("wait:a")

		host.Embedder(PolicyReleased)

		Expect(host.Worker(1).Entered()).To(Equal([]int{1, 2, 3, 4}))
	})
})

// withSurplusWorker is a host with two workers: the request for which the second was started went to the first while its
// instance was being made.
func withSurplusWorker(settings ...HostSetting) *Host {
	GinkgoHelper()
	host := NewHost(settings...)
	first := host.Handle("wait:a respond:first")
	host.Embedder(Policy(No), Instantiation("wait"))
	second := host.Handle("respond:second")
	Expect(host.Instantiations()).To(Equal(2))
	host.Embedder(Policy(Yes))
	host.OpenGate("a")
	Expect(first).To(BeAnsweredWith("first"))
	Expect(second).To(BeAnsweredWith("second"))
	host.Embedder(Instantiation("ok"))
	return host
}

var _ = Describe("a worker that finds the queue empty", func() {
	It("serves a later request", Requirement("host-spawn.surplus-worker-serves-later"), func() {
		host := withSurplusWorker()
		host.Embedder(ForWorker(1), Policy(No))

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
		Expect(host.Instantiations()).To(Equal(2))
	})

	It("expires as any idle one does", Requirement("host-spawn.surplus-worker-expires"), func() {
		host := withSurplusWorker(IdleFor(100 * time.Millisecond))
		host.Advance(99 * time.Millisecond)
		Expect(host.Worker(2)).NotTo(HaveEndedWell())

		host.Advance(2 * time.Millisecond)

		Expect(host.Worker(2)).To(HaveEndedWell())
	})
})
