package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("readiness", func() {
	It("does not succeed while the service has to wait", Requirement("ready.waits-for-service"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		ready := service.Caller().Ready()
		Expect(ready).To(BePending())

		service.Leaf().BecomeReady()

		Expect(ready).To(BeReady())
	})

	It("does not succeed on the strength of an earlier success", Requirement("ready.waits-for-service"), func() {
		service := Open()
		caller := service.Caller()
		caller.Invoke("earlier")
		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().BecomeBusy()

		ready := caller.Ready()

		Expect(ready).To(BePending())
		service.Leaf().BecomeReady()
		Expect(ready).To(BeReady())
	})

	It("does not succeed while the second of two services has to wait", Requirement("ready.waits-for-service"), func() {
		service := Open(AndThenService("second"))
		service.LeafNamed("second").BecomeBusy()
		ready := service.Caller().Ready()
		Expect(ready).To(BePending())

		service.LeafNamed("second").BecomeReady()

		Expect(ready).To(BeReady())
	})

	It("does not succeed in a then while either of its services has to wait", Requirement("ready.waits-for-service"), func() {
		service := Open(ThenService("second"))
		service.Leaf().BecomeBusy()
		service.LeafNamed("second").BecomeBusy()
		ready := service.Caller().Ready()
		Expect(ready).To(BePending())

		service.Leaf().BecomeReady()
		Expect(ready).To(BePending())

		service.LeafNamed("second").BecomeReady()
		Expect(ready).To(BeReady())
	})

	It("does not succeed in a box on the strength of an earlier success", Requirement("ready.waits-for-service"), func() {
		service := Open(Boxed())
		caller := service.Caller()
		caller.Invoke("earlier")
		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().BecomeBusy()

		ready := caller.Ready()

		Expect(ready).To(BePending())
		service.Leaf().BecomeReady()
		Expect(ready).To(BeReady())
	})

	It("succeeds for every caller that waits when the service becomes ready", Requirement("ready.wakes-every-waiter"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		first := service.Caller().Ready()
		second := service.Caller().Ready()
		third := service.Caller().Ready()
		Expect(first).To(BePending())

		service.Leaf().BecomeReady()

		Expect(first).To(BeReady())
		Expect(second).To(BeReady())
		Expect(third).To(BeReady())
	})

	It("surfaces the error of the service, with its cause", Requirement("ready.surfaces-error-unchanged"), func() {
		service := Open()
		service.Leaf().BecomeUnready("boom", "spark")

		ready := service.Caller().Ready()

		Expect(ready).To(HaveFailedWith("boom", "spark"))
	})

	It("surfaces the error of the service to an invocation, with its cause", Requirement("ready.surfaces-error-unchanged"), func() {
		service := Open()
		service.Leaf().BecomeUnready("boom", "spark")

		call := service.Caller().Invoke("request")

		Expect(call).To(HaveFailedWith("boom", "spark"))
	})

	It("surfaces the error that ends a wait", Requirement("ready.surfaces-error-unchanged"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		ready := service.Caller().Ready()

		service.Leaf().BecomeUnready("boom", "spark")

		Expect(ready).To(HaveFailedWith("boom", "spark"))
	})

	It("asks the service anew after it has failed", Requirement("ready.error-does-not-latch"), func() {
		service := Open()
		caller := service.Caller()
		service.Leaf().BecomeUnready("boom")
		failed := caller.Ready()
		service.Leaf().BecomeReady()

		ready := caller.Ready()

		Expect(failed).To(HaveFailed())
		Expect(ready).To(BeReady())
	})

	It("asks the service anew after an invocation has failed on it", Requirement("ready.error-does-not-latch"), func() {
		service := Open()
		caller := service.Caller()
		service.Leaf().BecomeUnready("boom")
		caller.Invoke("first")
		service.Leaf().BecomeReady()

		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("second"))
	})

	It("is abandoned in the service when its only caller gives up", Requirement("ready.cancel-reaches-service"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		ready := service.Caller().Ready()

		ready.Cancel()

		Expect(service.Leaf().ChecksGivenUp()).To(Equal(1))
	})
})

var _ = Describe("an invocation", func() {
	It("does not reach the service before that is ready", Requirement("invoke.checks-readiness-first"), func() {
		service := Open()
		service.Leaf().BecomeBusy()

		service.Caller().Invoke("request")

		Expect(service.Leaf()).To(HaveReceivedNothing())
		service.Leaf().BecomeReady()
		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("does not reach the service on the readiness of an earlier call", Requirement("invoke.checks-readiness-first"), func() {
		service := Open()
		caller := service.Caller()
		caller.Invoke("first")
		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().BecomeBusy()

		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first"))
		service.Leaf().BecomeReady()
		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("never reaches the service when its readiness check fails", Requirement("invoke.readiness-error-prevents-call"), func() {
		service := Open()
		caller := service.Caller()
		service.Leaf().BecomeUnready("boom")

		call := caller.Invoke("request")

		Expect(call).To(HaveFailed())
		service.Leaf().BecomeReady()
		caller.Invoke("later")
		Expect(service.Leaf()).To(HaveReceived("later"))
	})

	It("never reaches the service when the wait for readiness ends with an error", Requirement("invoke.readiness-error-prevents-call"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		call := service.Caller().Invoke("request")

		service.Leaf().BecomeUnready("boom")

		Expect(call).To(HaveFailed())
		service.Leaf().BecomeReady()
		Expect(service.Leaf()).To(HaveReceivedNothing())
	})

	It("reaches neither service of a then when the readiness of the first fails", Requirement("invoke.readiness-error-prevents-call"), func() {
		service := Open(ThenService("second"))
		service.Leaf().BecomeUnready("broken")

		call := service.Caller().Invoke("request")

		Expect(call).To(HaveFailedWith("broken"))
		Expect(service.Leaf()).To(HaveReceivedNothing())
		Expect(service.LeafNamed("second")).To(HaveReceivedNothing())
	})

	It("does not reach the service when it was given up before that became ready", Requirement("invoke.cancelled-before-call"), func() {
		service := Open()
		caller := service.Caller()
		service.Leaf().BecomeBusy()
		call := caller.Invoke("given up")

		call.Cancel()
		service.Leaf().BecomeReady()

		caller.Invoke("later")
		Expect(service.Leaf()).To(HaveReceived("later"))
	})
})

var _ = Describe("a call alone", func() {
	It("reaches a service that would have to wait by now", Requirement("call-alone.skips-own-check"), func() {
		service := Open()
		caller := service.Caller()
		caller.Ready()
		service.Leaf().BecomeBusy()

		caller.Call("request")

		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("does not ask the service", Requirement("call-alone.skips-own-check"), func() {
		service := Open()
		caller := service.Caller()
		caller.Ready()
		asked := service.Leaf().Asked()

		caller.Call("request")

		Expect(service.Leaf()).To(HaveReceived("request"))
		Expect(service.Leaf().Asked()).To(Equal(asked))
	})

	It("reaches a boxed service that would have to wait by now", Requirement("call-alone.skips-own-check"), func() {
		service := Open(Boxed())
		caller := service.Caller()
		caller.Ready()
		service.Leaf().BecomeBusy()

		caller.Call("request")

		Expect(service.Leaf()).To(HaveReceived("request"))
	})
})
