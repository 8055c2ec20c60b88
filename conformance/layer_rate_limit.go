package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("rate limit", func() {
	It("refuses a limit of zero", Requirement("rate-limit.rejects-zero"), func() {
		Expect(TryOpen(RateLimit(0, time.Second))).To(BeRefusedFor("limit"))
	})

	It("refuses a negative limit", Requirement("rate-limit.rejects-zero"), func() {
		Expect(TryOpen(RateLimit(-1, time.Second))).To(BeRefusedFor("limit"))
	})

	It("refuses a period of zero", Requirement("rate-limit.rejects-zero"), func() {
		Expect(TryOpen(RateLimit(1, 0))).To(BeRefusedFor("per"))
	})

	It("refuses a negative period", Requirement("rate-limit.rejects-zero"), func() {
		Expect(TryOpen(RateLimit(1, -time.Second))).To(BeRefusedFor("per"))
	})

	It("holds a call back that is not due", Requirement("rate-limit.waits-when-exhausted"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")

		caller.Invoke("early")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first"))
	})

	It("lets a call through when it is due", Requirement("rate-limit.resumes-when-due"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")

		early := caller.Invoke("early")

		service.Advance(JustAfter(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first", "early"))
		Expect(early).To(HaveResponse("early"))
	})

	It("does not let a second call through sooner because the first was ready for long", Requirement("rate-limit.spends-at-call"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		Expect(caller.Ready()).To(BeReady())
		service.Advance(60 * time.Millisecond)
		caller.Call("first")

		caller.Invoke("second")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first"))
	})

	It("does not let a third call through sooner because the second was ready for long", Requirement("rate-limit.spends-at-call"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		service.Advance(JustAfter(100 * time.Millisecond))
		Expect(caller.Ready()).To(BeReady())
		service.Advance(60 * time.Millisecond)
		caller.Call("second")

		caller.Invoke("third")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("does not hold a second call back for longer because the first took long", Requirement("rate-limit.spends-at-call"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		caller := service.Caller()
		Expect(caller.Ready()).To(BeReady())
		caller.Call("first")
		service.Advance(60 * time.Millisecond)
		service.Leaf().Exchange(1).Answer("ok")

		service.Advance(JustAfter(40 * time.Millisecond))
		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("counts a call that fails", Requirement("rate-limit.gives-no-refund"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		caller := service.Caller()
		failed := caller.Invoke("failed")
		service.Leaf().Exchange(1).Fail("boom")

		caller.Invoke("second")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(failed).To(HaveFailed())
		Expect(service.Leaf()).To(HaveReceived("failed"))
	})

	It("counts a call that is given up", Requirement("rate-limit.gives-no-refund"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		caller := service.Caller()
		caller.Invoke("given up").Cancel()

		caller.Invoke("second")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("given up"))
	})

	It("has the quota of an invocation back that is given up before its call", Requirement("rate-limit.returns-unspent-quota"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().BecomeBusy()
		caller := service.Caller()
		caller.Invoke("given up").Cancel()
		service.Leaf().BecomeReady()

		caller.Invoke("next")

		Expect(service.Leaf()).To(HaveReceived("next"))
	})

	It("has the quota of an invocation back whose readiness fails inside", Requirement("rate-limit.returns-unspent-quota"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().BecomeUnready("boom")
		caller := service.Caller()
		failed := caller.Invoke("failed")
		service.Leaf().BecomeReady()

		caller.Invoke("next")

		Expect(failed).To(HaveFailed())
		Expect(service.Leaf()).To(HaveReceived("next"))
	})

	It("lets the next call through when the one before it in the line was given up", Requirement("rate-limit.skips-cancelled-waiter"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		head := caller.Invoke("head")
		caller.Invoke("next")

		head.Cancel()
		service.Advance(JustAfter(100 * time.Millisecond))

		Expect(service.Leaf()).To(HaveReceived("first", "next"))
	})

	It("asks nothing inside on behalf of a call that waits for quota", Requirement("rate-limit.exhausted-asks-nothing"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		asked := service.Leaf().Asked()

		caller.Invoke("early")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first"))
		Expect(service.Leaf().Asked()).To(Equal(asked), "readiness checks of the service inside")
	})

	It("limits each service that it is applied to by itself", Requirement("rate-limit.own-quota-per-service"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		other := service.SameLayers("other")

		service.Caller().Invoke("one")
		other.Caller().Invoke("another")

		Expect(service.Leaf()).To(HaveReceived("one"))
		Expect(other.Leaf()).To(HaveReceived("another"))
	})
})

var _ = Describe("rate limit by fixed windows", func() {
	It("opens its first window at the first call", Requirement("rate-limit-fixed-window.opens-at-first-call"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		service.Advance(50 * time.Millisecond)
		caller.Invoke("first")

		caller.Invoke("early")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first"))
	})

	It("lets no more calls than the limit through in one window", Requirement("rate-limit-fixed-window.keeps-limit"), func() {
		service := Open(RateLimit(2, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		service.Advance(50 * time.Millisecond)
		caller.Invoke("second")

		caller.Invoke("third")

		service.Advance(JustBefore(50 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("does not add to a window what the one before it had left", Requirement("rate-limit-fixed-window.keeps-limit"), func() {
		service := Open(RateLimit(2, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		service.Advance(150 * time.Millisecond)
		caller.Invoke("second")
		caller.Invoke("third")

		caller.Invoke("fourth")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first", "second", "third"))
	})

	It("lets a call through that is made as a window ends", Requirement("rate-limit-fixed-window.end-is-inclusive"), func() {
		NeedsVirtualTime("a call is never made at the very instant at which a window ends")
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		service.Advance(100 * time.Millisecond)

		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("lets the whole limit through right after a late call of the window before", Requirement("rate-limit-fixed-window.does-not-slide"), func() {
		service := Open(RateLimit(2, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		service.Advance(JustBefore(100 * time.Millisecond))
		caller.Invoke("second")
		service.Advance(OverTheInstant())

		caller.Invoke("third")
		caller.Invoke("fourth")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third", "fourth"))
	})

	It("lets the whole limit through in a window that a waiting call opened", Requirement("rate-limit-fixed-window.does-not-slide"), func() {
		service := Open(RateLimit(2, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")
		service.Advance(JustAfter(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first", "second", "third"))

		caller.Invoke("fourth")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third", "fourth"))
	})
})

var _ = Describe("rate limit by a token bucket", func() {
	It("lets as many calls as the limit through at once, and no more", Requirement("rate-limit-token-bucket.allows-burst"), func() {
		service := Open(RateLimit(3, 300*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()

		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")
		caller.Invoke("fourth")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third"))
	})

	It("lets no more calls than the limit through at once after a long rest", Requirement("rate-limit-token-bucket.allows-burst"), func() {
		service := Open(RateLimit(2, 200*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		service.Advance(500 * time.Millisecond)

		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("lets waiting calls through one by one after a burst", Requirement("rate-limit-token-bucket.refills-steadily"), func() {
		service := Open(RateLimit(2, 200*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		caller.Invoke("second")

		caller.Invoke("third")
		caller.Invoke("fourth")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceivedCalls(2))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(3))
		service.Advance(100*time.Millisecond - OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(3))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(4))
	})

	It("gains while nobody waits what it would gain for those who wait", Requirement("rate-limit-token-bucket.refills-steadily"), func() {
		service := Open(RateLimit(3, 300*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")
		service.Advance(JustAfter(200 * time.Millisecond))

		caller.Invoke("fourth")
		caller.Invoke("fifth")
		caller.Invoke("sixth")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third", "fourth", "fifth"))
	})
})

var _ = Describe("rate limit by even spacing", func() {
	It("lets calls that were made together through one by one", Requirement("rate-limit-smooth.spaces-evenly"), func() {
		service := Open(RateLimit(2, 200*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()

		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceivedCalls(1))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(2))
		service.Advance(100*time.Millisecond - OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(2))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(3))
	})

	It("spaces calls from the one before, whenever that was", Requirement("rate-limit-smooth.spaces-evenly"), func() {
		service := Open(RateLimit(2, 200*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		service.Advance(30 * time.Millisecond)

		caller.Invoke("first")
		caller.Invoke("second")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first"))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("saves nothing up for a burst while it rests", Requirement("rate-limit-smooth.spaces-evenly"), func() {
		service := Open(RateLimit(2, 200*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		service.Advance(500 * time.Millisecond)

		caller.Invoke("first")
		caller.Invoke("second")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first"))
	})
})
