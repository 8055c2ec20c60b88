package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("buffer, when readiness inside fails", func() {
	It("fails every queued call, and says why", Requirement("buffer.readiness-error-fails-queued"), func() {
		service := Open(Buffer(3))
		service.Leaf().BecomeBusy()
		first := service.Caller().Invoke("first")
		second := service.Caller().Invoke("second")
		third := service.Caller().Invoke("third")

		service.Leaf().BecomeUnready("boom", "spark")

		Expect(first).To(HaveFailedWith("buffer-failed", "boom", "spark"))
		Expect(second).To(HaveFailedWith("buffer-failed", "boom", "spark"))
		Expect(third).To(HaveFailedWith("buffer-failed", "boom", "spark"))
	})

	It("answers the caller that waits for a place", Requirement("buffer.readiness-error-strands-nobody"), func() {
		service := Open(Buffer(1))
		service.Leaf().BecomeBusy()
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		waiting := service.Caller().Ready()
		Expect(waiting).To(BePending())

		service.Leaf().BecomeUnready("boom")

		Expect(waiting).To(HaveFailedWith("buffer-failed", "boom"))
	})

	It("answers the call that waits for a place", Requirement("buffer.readiness-error-strands-nobody"), func() {
		service := Open(Buffer(1))
		service.Leaf().BecomeBusy()
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		waiting := service.Caller().Invoke("third")

		service.Leaf().BecomeUnready("boom")

		Expect(waiting).To(HaveFailedWith("buffer-failed", "boom"))
	})

	It("answers a later call on a place that is held", Requirement("buffer.readiness-error-strands-nobody"), func() {
		service := Open(Buffer(2))
		holder := service.Caller()
		holder.Ready()
		service.Leaf().BecomeUnready("boom")
		service.Caller().Invoke("request")

		late := holder.Call("late")

		Expect(late).To(HaveFailedWith("buffer-failed", "boom"))
	})

	It("fails every later readiness, even if the service inside has recovered", Requirement("buffer.readiness-error-is-final"), func() {
		service := Open(Buffer(2))
		caller, other := service.Caller(), service.Caller()
		service.Leaf().BecomeUnready("boom")
		caller.Invoke("request")
		service.Leaf().BecomeReady()

		Expect(caller.Ready()).To(HaveFailedWith("buffer-failed", "boom"))
		Expect(other.Ready()).To(HaveFailedWith("buffer-failed", "boom"))
		Expect(service.Caller().Ready()).To(HaveFailedWith("buffer-failed", "boom"))
	})
})

var _ = Describe("buffer, when the service inside panics", func() {
	It("answers the calls that are queued", Requirement("buffer.panic-strands-nobody"), func() {
		service := Open(Buffer(2), ConcurrencyLimit(1))
		service.Caller().Invoke("panics")
		first := service.Caller().Invoke("first")
		second := service.Caller().Invoke("second")
		service.Leaf().Echo()

		service.Leaf().Exchange(1).Panic()

		Expect(first).To(HaveEnded())
		Expect(second).To(HaveEnded())
	})

	It("answers the calls that come later", Requirement("buffer.panic-strands-nobody"), func() {
		service := Open(Buffer(2), ConcurrencyLimit(1))
		caller := service.Caller()
		caller.Invoke("panics")
		service.Leaf().Exchange(1).Panic()
		service.Leaf().Echo()

		again := caller.Invoke("again")
		other := service.Caller().Invoke("other")

		Expect(again).To(HaveEnded())
		Expect(other).To(HaveEnded())
	})

	It("answers the calls that come after a panic at the very beginning of one", Requirement("buffer.panic-strands-nobody"), func() {
		service := Open(Buffer(2), ConcurrencyLimit(1))
		service.Leaf().PanicOnEvery()
		panics := service.Caller().Invoke("panics")
		service.Leaf().Echo()

		later := service.Caller().Invoke("later")

		Expect(service.Leaf().Requests()).To(ContainElement("panics"))
		Expect(panics).To(HaveEnded())
		Expect(later).To(HaveEnded())
	})

	It("answers a call on a place that was held", Requirement("buffer.panic-answers-held-place"), func() {
		service := Open(Buffer(2))
		holder := service.Caller()
		holder.Ready()
		service.Leaf().PanicOnEvery()
		service.Caller().Invoke("panics")
		service.Leaf().Echo()

		held := holder.Call("held")

		Expect(service.Leaf().Requests()).To(ContainElement("panics"))
		Expect(held).To(HaveEnded())
	})
})

var _ = Describe("buffer, when its service ends", func() {
	It("hands over the calls that are queued when every handle is dropped", Requirement("buffer.close-drains"), func() {
		service := Open(Buffer(2), ConcurrencyLimit(1))
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("third")

		service.Close()
		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().Exchange(2).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third"))
	})

	It("does not shut the service inside down before it has handed over the calls that are queued", Requirement("buffer.shutdown-flushes"), func() {
		service := Open(Buffer(2))
		service.Leaf().Echo()
		service.Leaf().BecomeBusy()
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(0))
		service.Leaf().BecomeReady()
		Expect(service.Leaf()).To(HaveReceivedInAnyOrder("first", "second"))
		Expect(service.Leaf().Shutdowns()).To(Equal(1))
	})
})
