package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("an instance that cannot be made", func() {
	It("gives the request back, with its data and the cause", Requirement("instantiation.gives-back"), func() {
		host := NewHost(InstantiationFails("full"))

		request := host.HandleWith("mine", "respond:first")

		Expect(request).To(HaveFailedWith("instantiation", "full"))
		Expect(request).To(GiveBack("mine", "respond:first"))
	})

	It("gives back every request that is queued", Requirement("instantiation.fails-all-queued"), func() {
		host := NewHost()
		host.Handle("wait:a")
		host.Embedder(PolicyHeld)
		second, third := host.HandleWith("two", "respond:second"), host.HandleWith("three", "respond:third")

		host.Embedder(InstantiationFails("full"), Policy(No), PolicyReleased)

		Expect(second).To(GiveBack("two", "respond:second"))
		Expect(third).To(GiveBack("three", "respond:third"))
	})

	It("has one cause for all that were queued", Requirement("instantiation.queued-share-cause"), func() {
		host := NewHost()
		host.Handle("wait:a")
		host.Embedder(PolicyHeld)
		second, third := host.Handle("respond:second"), host.Handle("respond:third")

		host.Embedder(InstantiationFails("full"), Policy(No), PolicyReleased)

		Expect(third).To(ShareCause(second))
	})

	It("has no drop hook", Requirement("instantiation.no-drop-hook"), func() {
		host := NewHost(InstantiationFails("full"))
		Expect(host.Handle("respond:first")).To(HaveFailed())

		Expect(host.Worker(1).Drops()).To(BeZero())
	})

	It("does not stand in the way of the next", Requirement("instantiation.next-tries-again"), func() {
		host := NewHost(InstantiationFails("full"))
		Expect(host.Handle("respond:first")).To(HaveFailed())

		host.Embedder(Instantiation("ok"))

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("fails its request when its making panics", Requirement("instantiation.panic-fails-request"), func() {
		host := NewHost(Instantiation("panic"))

		Expect(host.Handle("respond:first")).To(HaveFailed())
	})

	It("fails every queued request when its making panics", Requirement("instantiation.panic-fails-queued"), func() {
		host := NewHost()
		host.Handle("wait:a")
		host.Embedder(PolicyHeld)
		second, third := host.Handle("respond:second"), host.Handle("respond:third")

		host.Embedder(Instantiation("panic"), Policy(No), PolicyReleased)

		Expect(second).To(HaveFailed())
		Expect(third).To(HaveFailed())
	})
})

var _ = Describe("the drop hook", func() {
	DescribeTable("runs once", Requirement("drop.once-per-worker"),
		func(limit HostSetting, program string) {
			host := NewHost(limit)
			host.Handle("wait:a respond:first")
			host.Handle(program)
			Expect(host.Worker(1).Drops()).To(BeZero())

			host.OpenGate("a")

			Expect(host.Worker(1).Drops()).To(Equal(1))
		},
		Entry("for a worker whose guest traps", Policy(Yes), "wait:a trap"),
		Entry("for a worker that ends well", AtMostInAll(1), "wait:a respond:second"),
	)

	It("runs when the requests have failed", Requirement("drop.after-requests"), func() {
		host := NewHost(DropHookHeld)

		request := host.Handle("trap")

		Expect(host.Worker(1).Drops()).To(Equal(1))
		Expect(request).To(HaveFailed())
	})

	DescribeTable("returns before there is another worker", Requirement("drop.before-replacement"),
		func(program string) {
			host := NewHost(DropHookHeld)
			host.Handle(program)
			host.OpenGate("a")
			request := host.Handle("count")
			Expect(host.Instantiations()).To(Equal(1))

			host.Embedder(DropHookReleased)

			Expect(request).To(BeAnsweredWith("1"))
		},
		Entry("in the place of one whose task goes on and traps", "wait:a trap"),
		Entry("in the place of one whose task goes on, yields and traps", "wait:a yield trap"),
	)
})

var _ = Describe("a panic of the host", func() {
	It("fails every request in flight in the instance", Requirement("host-panic.fails-requests"), func() {
		host := NewHost()
		first, second := host.Handle("wait:a respond:first"), host.Handle("wait:b host-panic")
		Expect(second.EnteredBy()).To(Equal(first.EnteredBy()))

		host.OpenGate("b")

		Expect(first).To(HaveFailedWith("trap-or-panic"))
		Expect(second).To(HaveFailedWith("trap-or-panic"))
	})

	It("ends the worker with an error", Requirement("host-panic.ends-worker"), func() {
		host := NewHost()

		host.Handle("host-panic")

		Expect(host.Worker(1)).To(HaveEndedByError())
	})

	It("leaves the host at work, with another instance", Requirement("host-panic.leaves-host"), func() {
		host := NewHost()
		Expect(host.Handle("host-panic")).To(HaveFailed())

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("in the request-start hook fails the request and ends the worker", Requirement("host-panic.in-start-hook"), func() {
		host := NewHost(StartHook("panic"))

		Expect(host.Handle("respond:first")).To(HaveFailedWith("trap-or-panic"))
		Expect(host.Worker(1)).To(HaveEndedByError())
	})
})
