package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("in-flight limit", func() {
	It("has exactly as many calls in progress", Requirement("in-flight-limit.keeps-limit"), func() {
		service := Open(InFlightLimit(2))

		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("third")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("lets a waiting call in when another is answered with a response", Requirement("in-flight-limit.keeps-limit"), func() {
		service := Open(InFlightLimit(1))
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		service.Leaf().Exchange(1).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("lets a waiting call in when another is answered with an error", Requirement("in-flight-limit.keeps-limit"), func() {
		service := Open(InFlightLimit(1))
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("lets a waiting call in when another is given up", Requirement("in-flight-limit.frees-slot-on-cancel"), func() {
		service := Open(InFlightLimit(1))
		first := service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		first.Cancel()

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("lets a waiting call in when another panics", Requirement("in-flight-limit.frees-slot-on-panic"), func() {
		service := Open(InFlightLimit(1))
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		service.Leaf().Exchange(1).Panic()

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("is not ready before there is room", Requirement("in-flight-limit.waits-for-slot"), func() {
		service := Open(InFlightLimit(1))
		service.Caller().Invoke("in progress")

		ready := service.Caller().Ready()

		Expect(ready).To(BePending())
		service.Leaf().Exchange(1).Answer("ok")
		Expect(ready).To(BeReady())
	})

	It("keeps out a call alone whose caller was ready when there was room", Requirement("in-flight-limit.rechecks-at-call"), func() {
		service := Open(InFlightLimit(1))
		caller := service.Caller()
		ready := caller.Ready()
		service.Caller().Invoke("other")

		caller.Call("late")

		Expect(ready).To(BeReady())
		Expect(service.Leaf()).To(HaveReceived("other"))
	})

	It("lets no call in when it is zero, unless zero is refused", Requirement("in-flight-limit.zero-admits-nothing"), func() {
		construction := TryOpen(InFlightLimit(0))
		if construction.Refused() {
			Expect(construction).To(BeRefusedFor("limit"))
			return
		}
		service := construction.Service()

		call := service.Caller().Invoke("request")

		Expect(service.Leaf()).To(HaveReceivedNothing())
		Expect(call).To(SatisfyAny(BePending(), HaveFailed()))
	})

	It("lets no call in when it is negative, unless that is refused", Requirement("in-flight-limit.zero-admits-nothing"), func() {
		construction := TryOpen(InFlightLimit(-1))
		if construction.Refused() {
			Expect(construction).To(BeRefusedFor("limit"))
			return
		}
		service := construction.Service()

		call := service.Caller().Invoke("request")

		Expect(service.Leaf()).To(HaveReceivedNothing())
		Expect(call).To(SatisfyAny(BePending(), HaveFailed()))
	})
})
