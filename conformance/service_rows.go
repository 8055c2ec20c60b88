package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("two services in a row, and-then", func() {
	It("asks its second service while its first still has to wait", Requirement("service-and-then.asks-together"), func() {
		service := Open(AndThenService("second"))
		service.Leaf().BecomeBusy()

		readiness := service.Caller().Ready()

		Expect(service.LeafNamed("second").Asked()).To(BeNumerically(">", 0), "readiness checks of the second service")
		Expect(readiness).To(BePending())
	})

	It("fails at once when its second service's readiness fails", Requirement("service-and-then.fails-at-once"), func() {
		service := Open(AndThenService("second"))
		service.Leaf().BecomeBusy()
		service.LeafNamed("second").BecomeBusy()
		readiness := service.Caller().Ready()
		Expect(readiness).To(BePending())

		service.LeafNamed("second").BecomeUnready("broken")

		Expect(readiness).To(HaveFailedWith("broken"))
	})

	It("fails with the error of its first service when neither is ready", Requirement("service-and-then.prefers-first-error"), func() {
		service := Open(AndThenService("second"))
		service.Leaf().BecomeUnready("first")
		service.LeafNamed("second").BecomeUnready("second")

		call := service.Caller().Invoke("question")

		Expect(call).To(HaveFailedWith("first"))
	})

	It("gives the response of the first to the second", Requirement("service-and-then.feeds-second"), func() {
		service := Open(AndThenService("second"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("interim")
		second := service.LeafNamed("second").Exchange(1)
		second.Answer("answer")

		Expect(second.Request()).To(Equal("interim"))
		Expect(call).To(HaveResponse("answer"))
	})

	It("does not call its second service after an error of the first", Requirement("service-and-then.error-skips-second"), func() {
		service := Open(AndThenService("second"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("boom"))
		Expect(service.LeafNamed("second")).To(HaveReceivedNothing())
	})

	It("checks its second service after the first has answered", Requirement("service-and-then.checks-second-after-first"), func() {
		service := Open(AndThenService("second"))
		call := service.Caller().Invoke("question")
		service.LeafNamed("second").BecomeBusy()

		service.Leaf().Exchange(1).Answer("interim")
		Expect(service.LeafNamed("second")).To(HaveReceivedNothing())
		service.LeafNamed("second").BecomeReady()
		service.LeafNamed("second").Exchange(1).Answer("answer")

		Expect(call).To(HaveResponse("answer"))
	})

	It("shuts its second service down while the first still shuts down", Requirement("service-and-then.shuts-down-together"), func() {
		service := Open(AndThenService("second"))
		service.Leaf().HoldShutdown()

		shutdown := service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
		Expect(service.LeafNamed("second").Shutdowns()).To(Equal(1))
		Expect(shutdown).To(BePending())
	})
})

var _ = Describe("two services in a row, then", func() {
	It("asks its second service while its first still has to wait", Requirement("service-then.asks-together"), func() {
		service := Open(ThenService("second"))
		service.Leaf().BecomeBusy()

		readiness := service.Caller().Ready()

		Expect(service.LeafNamed("second").Asked()).To(BeNumerically(">", 0), "readiness checks of the second service")
		Expect(readiness).To(BePending())
	})

	It("fails at once when its second service's readiness fails", Requirement("service-then.fails-at-once"), func() {
		service := Open(ThenService("second"))
		service.Leaf().BecomeBusy()
		service.LeafNamed("second").BecomeBusy()
		readiness := service.Caller().Ready()
		Expect(readiness).To(BePending())

		service.LeafNamed("second").BecomeUnready("broken")

		Expect(readiness).To(HaveFailedWith("broken"))
	})

	It("fails with the error of its first service when neither is ready", Requirement("service-then.prefers-first-error"), func() {
		service := Open(ThenService("second"))
		service.Leaf().BecomeUnready("first")
		service.LeafNamed("second").BecomeUnready("second")

		readiness := service.Caller().Ready()

		Expect(readiness).To(HaveFailedWith("first"))
	})

	It("gives a response of the first to the second", Requirement("service-then.hands-over-outcome"), func() {
		service := Open(ThenService("second"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("interim")
		second := service.LeafNamed("second").Exchange(1)
		second.Answer("answer")

		Expect(second.Request()).To(Equal("interim"))
		Expect(call).To(HaveResponse("answer"))
	})

	It("gives an error of the first to the second", Requirement("service-then.hands-over-outcome"), func() {
		service := Open(ThenService("second"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")
		second := service.LeafNamed("second").Exchange(1)
		second.Answer("answer")

		Expect(second.Request()).To(Equal("error:boom"))
		Expect(call).To(HaveResponse("answer"))
	})

	It("gives a readiness error of the first, met within the call, to the second", Requirement("service-then.hands-over-readiness-errors"), func() {
		service := Open(ThenService("second"))
		caller := service.Caller()
		Expect(caller.Ready()).To(BeReady())
		service.Leaf().BecomeUnready("broken")

		call := caller.Call("question")
		second := service.LeafNamed("second").Exchange(1)
		second.Answer("answer")

		Expect(second.Request()).To(Equal("error:broken"))
		Expect(call).To(HaveResponse("answer"))
	})
	It("shuts its second service down while the first still shuts down", Requirement("service-then.shuts-down-together"), func() {
		service := Open(ThenService("second"))
		service.Leaf().HoldShutdown()

		shutdown := service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
		Expect(service.LeafNamed("second").Shutdowns()).To(Equal(1))
		Expect(shutdown).To(BePending())
	})
})
