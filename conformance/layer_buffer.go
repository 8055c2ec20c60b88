package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("buffer", func() {
	It("refuses a bound of zero", Requirement("buffer.rejects-zero-bound"), func() {
		construction := TryOpen(Buffer(0))

		Expect(construction).To(BeRefusedFor("bound"))
	})

	It("refuses a negative bound", Requirement("buffer.rejects-zero-bound"), func() {
		construction := TryOpen(Buffer(-1))

		Expect(construction).To(BeRefusedFor("bound"))
	})

	It("accepts as many calls as its bound while the service inside is not ready", Requirement("buffer.keeps-bound"), func() {
		service := Open(Buffer(4))
		service.Leaf().Echo()
		service.Leaf().BecomeBusy()
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("third")

		fourth := service.Caller().Ready()

		Expect(fourth).To(BeReady())
	})

	It("accepts no more calls than its bound and one while the service inside is not ready", Requirement("buffer.keeps-bound"), func() {
		service := Open(Buffer(1))
		service.Leaf().Echo()
		service.Leaf().BecomeBusy()
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		third := service.Caller().Ready()

		Expect(third).To(BePending())
	})

	It("counts a caller that is ready and has not called", Requirement("buffer.reserves-at-readiness"), func() {
		service := Open(Buffer(1))
		service.Leaf().Echo()
		service.Leaf().BecomeBusy()
		holder, other := service.Caller(), service.Caller()
		service.Caller().Invoke("queued")
		holder.Ready()

		ready := other.Ready()

		Expect(ready).To(BePending())
		service.Leaf().BecomeReady()
		holder.Call("held")
		Expect(ready).To(BeReady())
	})

	It("hands queued calls over in the order in which they were made", Requirement("buffer.dispatches-in-order"), func() {
		service := Open(Buffer(3), ConcurrencyLimit(1))
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("third")
		service.Caller().Invoke("fourth")

		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().Exchange(2).Answer("ok")
		service.Leaf().Exchange(3).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third", "fourth"))
	})

	It("does not hand a call over on the readiness that an earlier one had", Requirement("buffer.checks-readiness-each-time"), func() {
		service := Open(Buffer(2))
		service.Leaf().Echo()
		service.Caller().Invoke("first")
		service.Leaf().BecomeBusy()

		service.Caller().Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first"))
	})

	It("hands every queued call over when the service inside becomes ready", Requirement("buffer.drains-by-itself"), func() {
		service := Open(Buffer(2))
		service.Leaf().Echo()
		service.Leaf().BecomeBusy()
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		service.Leaf().BecomeReady()

		Expect(service.Leaf()).To(HaveReceivedInAnyOrder("first", "second"))
	})

	It("hands a call over while an earlier one is unanswered", Requirement("buffer.overlaps-calls"), func() {
		service := Open(Buffer(2))
		service.Caller().Invoke("first")

		service.Caller().Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("does not ask the service inside before a call is queued", Requirement("buffer.idle-asks-nothing"), func() {
		service := Open(Buffer(1))
		caller := service.Caller()

		ready := caller.Ready()

		Expect(ready).To(BeReady())
		Expect(service.Leaf().Asked()).To(Equal(0))
		caller.Call("request")
		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("never hands over a call that was given up at the head of the queue", Requirement("buffer.skips-abandoned-calls"), func() {
		service := Open(Buffer(2), ConcurrencyLimit(1))
		service.Caller().Invoke("in progress")
		unwanted := service.Caller().Invoke("unwanted")
		service.Caller().Invoke("wanted")

		unwanted.Cancel()
		service.Leaf().Exchange(1).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("in progress", "wanted"))
	})

	It("never hands over a call that was given up behind others", Requirement("buffer.skips-abandoned-calls"), func() {
		service := Open(Buffer(3), ConcurrencyLimit(1))
		service.Caller().Invoke("in progress")
		service.Caller().Invoke("next")
		unwanted := service.Caller().Invoke("unwanted")
		service.Caller().Invoke("last")

		unwanted.Cancel()
		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().Exchange(2).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("in progress", "next", "last"))
	})

	It("has room again after queued calls were given up", Requirement("buffer.frees-abandoned-place"), func() {
		service := Open(Buffer(1))
		service.Leaf().BecomeBusy()
		first := service.Caller().Invoke("first")
		second := service.Caller().Invoke("second")

		second.Cancel()
		first.Cancel()
		service.Leaf().BecomeReady()
		service.Caller().Invoke("third")

		Expect(service.Leaf()).To(HaveReceived("third"))
	})

	It("hands calls over after one was answered with an error", Requirement("buffer.response-error-keeps-buffer"), func() {
		service := Open(Buffer(1))
		service.Caller().Invoke("first")
		service.Leaf().Exchange(1).Fail("boom")

		service.Caller().Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})
})
