package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("the owner of a readiness check", func() {
	It("is the only caller whose check is started", Requirement("exclusive-check.one-owner"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		owner := service.Caller().Ready()
		asked := service.Leaf().Asked()

		waiting := service.Caller().Ready()

		Expect(service.Leaf().Asked()).To(Equal(asked))
		Expect(waiting).To(BePending())
		service.Leaf().BecomeReady()
		Expect(owner).To(BeReady())
		Expect(waiting).To(BeReady())
	})

	It("leaves every waiting caller to check for itself when its check succeeds", Requirement("exclusive-check.waiters-check-afresh"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		service.Caller().Ready()
		service.Caller().Ready()
		service.Caller().Ready()
		asked := service.Leaf().Asked()

		service.Leaf().BecomeReady()

		Expect(service.Leaf().Asked()).To(BeNumerically(">=", asked+2))
	})

	It("leaves every waiting caller to check for itself when its check fails", Requirement("exclusive-check.waiters-check-afresh"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		service.Caller().Ready()
		service.Caller().Ready()
		service.Caller().Ready()
		asked := service.Leaf().Asked()

		service.Leaf().BecomeUnready("boom")

		Expect(service.Leaf().Asked()).To(BeNumerically(">=", asked+2))
	})

	It("makes way for a waiting caller when it gives up", Requirement("exclusive-check.cancel-passes-on"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		owner := service.Caller().Ready()
		service.Caller().Ready()
		asked := service.Leaf().Asked()

		owner.Cancel()

		Expect(service.Leaf().Asked()).To(BeNumerically(">", asked))
	})

	It("makes way for a waiting caller when it leaves", Requirement("exclusive-check.leave-passes-on"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		owner := service.Caller()
		owner.Ready()
		service.Caller().Ready()
		asked := service.Leaf().Asked()

		owner.Leave()

		Expect(service.Leaf().Asked()).To(BeNumerically(">", asked))
	})

	It("keeps its check when a waiting caller gives up", Requirement("exclusive-check.waiter-cancel-keeps-owner"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		owner := service.Caller().Ready()
		waiting := service.Caller().Ready()
		stays := service.Caller().Ready()
		asked := service.Leaf().Asked()

		waiting.Cancel()

		Expect(service.Leaf().Asked()).To(Equal(asked))
		Expect(owner).To(BePending())
		service.Leaf().BecomeReady()
		Expect(owner).To(BeReady())
		Expect(stays).To(BeReady())
	})

	It("keeps its check from a caller that comes after a waiting one gave up", Requirement("exclusive-check.waiter-cancel-keeps-owner"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		owner := service.Caller().Ready()
		waiting := service.Caller().Ready()
		waiting.Cancel()
		asked := service.Leaf().Asked()

		later := service.Caller().Ready()

		Expect(service.Leaf().Asked()).To(Equal(asked))
		Expect(later).To(BePending())
		service.Leaf().BecomeReady()
		Expect(owner).To(BeReady())
		Expect(later).To(BeReady())
	})

	It("keeps its check when the check of one of two services ends", Requirement("exclusive-check.inner-completion-keeps-owner"), func() {
		service := Open(AndThenService("second"))
		service.Leaf().BecomeBusy()
		service.LeafNamed("second").BecomeBusy()
		owner := service.Caller().Ready()
		waiting := service.Caller().Ready()
		asked := service.LeafNamed("second").Asked()

		service.Leaf().BecomeReady()

		Expect(service.LeafNamed("second").Asked()).To(Equal(asked))
		Expect(owner).To(BePending())
		service.LeafNamed("second").BecomeReady()
		Expect(owner).To(BeReady())
		Expect(waiting).To(BeReady())
	})

	It("makes way for a waiting caller when it shuts the service down", Requirement("exclusive-check.shutdown-passes-on"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		owner := service.Caller()
		owner.Ready()
		service.Caller().Ready()
		asked := service.Leaf().Asked()

		owner.Shutdown()

		Expect(service.Leaf().Asked()).To(BeNumerically(">", asked))
	})
})
