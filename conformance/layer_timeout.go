package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("timeout", func() {
	It("answers a call at its deadline", Requirement("timeout.answers-at-deadline"), func() {
		service := Open(Timeout(100 * time.Millisecond))
		call := service.Caller().Invoke("request")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(call).To(BePending())

		service.Advance(OverTheInstant())
		Expect(call).To(HaveFailedAs("elapsed"))
	})

	It("gives each call a deadline of its own", Requirement("timeout.answers-at-deadline"), func() {
		service := Open(Timeout(100 * time.Millisecond))
		service.Caller().Invoke("first")
		service.Advance(60 * time.Millisecond)
		second := service.Caller().Invoke("second")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(second).To(BePending())

		service.Advance(OverTheInstant())
		Expect(second).To(HaveFailedAs("elapsed"))
	})

	It("lets an answer through before the deadline", Requirement("timeout.answers-at-deadline"), func() {
		service := Open(Timeout(100 * time.Millisecond))
		call := service.Caller().Invoke("request")

		service.Advance(JustBefore(100 * time.Millisecond))
		service.Leaf().Exchange(1).Answer("response")

		Expect(call).To(HaveResponse("response"))
	})

	It("answers a call at its deadline although the service goes on with it", Requirement("timeout.does-not-wait-for-service"), func() {
		service := Open(Timeout(100 * time.Millisecond))
		service.Leaf().IgnoreCancellation()
		call := service.Caller().Invoke("request")

		service.Advance(JustAfter(100 * time.Millisecond))

		Expect(call).To(HaveFailedAs("elapsed"))
		service.Leaf().Exchange(1).Answer("too late")
		Expect(call).To(HaveFailedAs("elapsed"))
	})

	It("abandons the call inside at the deadline", Requirement("timeout.abandons-inner-call"), func() {
		service := Open(Timeout(100 * time.Millisecond))
		service.Caller().Invoke("request")
		exchange := service.Leaf().Exchange(1)

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(exchange).NotTo(BeAbandoned())

		service.Advance(OverTheInstant())
		Expect(exchange).To(BeAbandoned())
	})

	It("answers with a response that comes at the very deadline", Requirement("timeout.tie-favours-response"), func() {
		NeedsVirtualTime("a response never comes at the very instant of a deadline")
		service := Open(Timeout(100 * time.Millisecond))
		call := service.Caller().Invoke("request")

		service.Leaf().Exchange(1).AnswerAfter(100*time.Millisecond, "response")
		service.Advance(JustAfter(100 * time.Millisecond))

		Expect(call).To(HaveResponse("response"))
	})

	It("does not count the wait for readiness", Requirement("timeout.excludes-own-readiness"), func() {
		service := Open(Timeout(100 * time.Millisecond))
		service.Leaf().BecomeBusy()
		call := service.Caller().Invoke("request")
		service.Advance(150 * time.Millisecond)
		service.Leaf().BecomeReady()

		service.Advance(JustBefore(100 * time.Millisecond))
		service.Leaf().Exchange(1).Answer("response")

		Expect(call).To(HaveResponse("response"))
	})

	It("counts the wait in a buffer inside it", Requirement("timeout.includes-queue-inside"), func() {
		service := Open(Timeout(100*time.Millisecond), Buffer(1), ConcurrencyLimit(1))
		service.Caller().Invoke("ahead")
		queued := service.Caller().Invoke("queued")
		service.Advance(60 * time.Millisecond)
		service.Leaf().Exchange(1).Answer("response")

		service.Advance(JustBefore(40 * time.Millisecond))
		Expect(queued).To(BePending())

		service.Advance(OverTheInstant())
		Expect(queued).To(HaveFailedAs("elapsed"))
	})

	It("cannot be negative", Requirement("timeout.rejects-negative"), func() {
		Expect(TryOpen(Timeout(-time.Millisecond))).To(BeRefusedFor("timeout"))
	})

	It("cannot be zero", Requirement("timeout.rejects-zero"), func() {
		Expect(TryOpen(Timeout(0))).To(BeRefusedFor("timeout"))
	})
})
