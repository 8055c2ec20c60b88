package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("retry", func() {
	It("makes one attempt more than there are retries", Requirement("retry.makes-each-attempt"), func() {
		service := Open(Retry(2))
		service.Leaf().FailEvery("boom")

		service.Caller().Invoke("question")

		Expect(service.Leaf()).To(HaveReceived("question", "question", "question"))
	})

	It("answers with the error of the last attempt", Requirement("retry.returns-last-outcome"), func() {
		service := Open(Retry(1))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("first")
		service.Leaf().Exchange(2).Fail("second", "cause")

		Expect(call).To(HaveFailedWith("second", "cause"))
	})

	It("answers with the response of the last attempt", Requirement("retry.returns-last-outcome"), func() {
		service := Open(Retry(1))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("first")
		service.Leaf().Exchange(2).Answer("answer")

		Expect(call).To(HaveResponse("answer"))
	})

	It("asks its policy about a response", Requirement("retry.consults-on-responses"), func() {
		service := Open(Retry(1, OnResponse("busy")))
		service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("busy")

		Expect(service.Leaf()).To(HaveReceived("question", "question"))
	})

	It("makes the next attempt with the request as the policy has changed it", Requirement("retry.policy-changes-request"), func() {
		service := Open(Retry(1, ChangingRequest("append:again")))
		service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(service.Leaf()).To(HaveReceived("question", "question>again"))
	})

	It("answers with a response as the policy has changed it", Requirement("retry.policy-changes-outcome"), func() {
		service := Open(Retry(1, ChangingOutcome("append:judged")))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("answer")

		Expect(call).To(HaveResponse("answer>judged"))
	})

	It("answers with what the policy has made of an error", Requirement("retry.policy-changes-outcome"), func() {
		service := Open(Retry(0, ChangingOutcome("recover:apology")))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveResponse("apology"))
	})

	It("answers with the first error when the request cannot be copied", Requirement("retry.uncopyable-passes-through"), func() {
		service := Open(Retry(2, OfUncopyable()))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("boom"))
		Expect(service.Leaf()).To(HaveReceived("question"))
	})

	It("does not ask its policy when the request cannot be copied", Requirement("retry.uncopyable-passes-through"), func() {
		service := Open(Retry(2, OfUncopyable(), ChangingOutcome("append:judged")))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("answer")

		Expect(call).To(HaveResponse("answer"))
		Expect(service.Applied("append:judged")).To(BeEmpty())
	})

	It("makes the next attempt when the delay is over, and not before", Requirement("retry.waits-for-delay"), func() {
		service := Open(Retry(1, DelayedBy(100*time.Millisecond)))
		service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceivedCalls(1))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(2))
	})

	It("does not attempt a call again that was given up during the delay", Requirement("retry.waits-for-delay"), func() {
		service := Open(Retry(1, DelayedBy(100*time.Millisecond)))
		call := service.Caller().Invoke("question")
		service.Leaf().Exchange(1).Fail("boom")

		call.Cancel()

		service.Advance(JustAfter(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("question"))
	})

	It("does not make another attempt before the service inside is ready", Requirement("retry.checks-readiness-each-time"), func() {
		service := Open(Retry(1))
		service.Caller().Invoke("question")
		service.Leaf().BecomeBusy()

		service.Leaf().Exchange(1).Fail("boom")

		Expect(service.Leaf()).To(HaveReceivedCalls(1))
		service.Leaf().BecomeReady()
		Expect(service.Leaf()).To(HaveReceivedCalls(2))
	})

	It("answers with the error of the readiness before another attempt", Requirement("retry.readiness-error-is-final"), func() {
		service := Open(Retry(2))
		call := service.Caller().Invoke("question")
		service.Leaf().BecomeUnready("broken", "cause")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("broken", "cause"))
	})

	It("answers with the error of the readiness also where its policy would change an outcome", Requirement("retry.readiness-error-is-final"), func() {
		service := Open(Retry(2, ChangingOutcome("recover:apology")))
		call := service.Caller().Invoke("question")
		service.Leaf().BecomeUnready("broken")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("broken"))
	})

	It("answers with the error of the readiness although its policy would make a further attempt after another delay", Requirement("retry.readiness-error-is-final"), func() {
		service := Open(Retry(2, DelayedBy(100*time.Millisecond)))
		call := service.Caller().Invoke("question")
		service.Leaf().BecomeUnready("broken")

		service.Leaf().Exchange(1).Fail("boom")

		service.Advance(JustAfter(100 * time.Millisecond))
		Expect(call).To(HaveFailedWith("broken"))
	})

	It("holds nothing inside during the delay", Requirement("retry.releases-before-delay"), func() {
		service := Open(Retry(1, DelayedBy(100*time.Millisecond)), ConcurrencyLimit(1))
		service.Caller().Invoke("delayed")
		service.Leaf().Exchange(1).Fail("boom")

		service.Caller().Invoke("other")

		Expect(service.Leaf()).To(HaveReceived("delayed", "other"))
	})

	It("attempts a call as often after another one has used its retries", Requirement("retry.counts-per-call"), func() {
		service := Open(Retry(1))
		service.Leaf().FailEvery("boom")
		caller := service.Caller()
		caller.Invoke("first")

		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "first", "second", "second"))
	})
})

var _ = Describe("retry budget", func() {
	BeforeEach(func() {
		NeedsVirtualTime("a budget's rate is per second and its range is in seconds, so that neither can be scaled")
	})

	It("allows its retries per second for as long as it remembers", Requirement("retry-budget.allows-reserve"), func() {
		service := Open(Retry(100, PaidFrom(2*time.Second, 3, 0)))
		service.Leaf().FailEvery("boom")

		service.Caller().Invoke("question")

		Expect(service.Leaf()).To(HaveReceivedCalls(1+6), "the first attempt and the retries that the budget allows")
	})

	It("allows its retries to all calls together", Requirement("retry-budget.allows-reserve"), func() {
		service := Open(Retry(1, PaidFrom(time.Second, 2, 0)))
		service.Leaf().FailEvery("boom")
		caller := service.Caller()

		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")

		Expect(service.Leaf()).To(HaveReceived("first", "first", "second", "second", "third"))
	})

	It("allows a retry for every two calls at a share of half", Requirement("retry-budget.deposits-allow-retries"), func() {
		service := Open(Retry(100, PaidFrom(time.Second, 0, 50)))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")
		service.Leaf().FailEvery("boom")

		caller.Invoke("fourth")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third", "fourth", "fourth", "fourth"))
	})

	It("allows two retries for each call at a share of two, beyond those in any case", Requirement("retry-budget.deposits-allow-retries"), func() {
		service := Open(Retry(100, PaidFrom(time.Second, 1, 200)))
		service.Leaf().FailEvery("boom")

		service.Caller().Invoke("question")

		Expect(service.Leaf()).To(HaveReceivedCalls(1+1+2), "the first attempt, the retry in any case and the share")
	})

	It("takes nothing out for a retry that it does not allow", Requirement("retry-budget.refusal-costs-nothing"), func() {
		service := Open(Retry(1, PaidFrom(time.Second, 0, 50)))
		service.Leaf().FailEvery("boom")
		caller := service.Caller()
		caller.Invoke("refused")

		caller.Invoke("allowed")

		Expect(service.Leaf()).To(HaveReceived("refused", "allowed", "allowed"))
	})

	It("counts a retry until its time to live is nearly over", Requirement("retry-budget.withdrawals-expire"), func() {
		service := Open(Retry(1, PaidFrom(time.Second, 1, 0)))
		service.Leaf().FailEvery("boom")
		caller := service.Caller()
		caller.Invoke("first")

		service.Advance(JustBefore(900 * time.Millisecond))
		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "first", "second"))
	})

	It("forgets a retry soon after its time to live", Requirement("retry-budget.withdrawals-expire"), func() {
		service := Open(Retry(1, PaidFrom(time.Second, 1, 0)))
		service.Leaf().FailEvery("boom")
		caller := service.Caller()
		caller.Invoke("first")

		service.Advance(JustAfter(1100 * time.Millisecond))
		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "first", "second", "second"))
	})

	It("refuses a time to live of less than a second", Requirement("retry-budget.rejects-out-of-range"), func() {
		Expect(TryOpen(Retry(1, PaidFrom(999*time.Millisecond, 1, 0)))).To(BeRefusedFor("ttl"))
	})

	It("refuses a time to live of more than a minute", Requirement("retry-budget.rejects-out-of-range"), func() {
		Expect(TryOpen(Retry(1, PaidFrom(60*time.Second+time.Millisecond, 1, 0)))).To(BeRefusedFor("ttl"))
	})

	It("refuses a negative share", Requirement("retry-budget.rejects-out-of-range"), func() {
		Expect(TryOpen(Retry(1, PaidFrom(time.Second, 1, -1)))).To(BeRefusedFor("percent"))
	})

	It("refuses a share of more than a thousand retries for each call", Requirement("retry-budget.rejects-out-of-range"), func() {
		Expect(TryOpen(Retry(1, PaidFrom(time.Second, 1, 1000*100+1)))).To(BeRefusedFor("percent"))
	})
})

var _ = Describe("back-off", func() {
	It("waits for the minimum before the first retry", Requirement("backoff.doubles"), func() {
		service := Open(Retry(1, BackingOff(100*time.Millisecond, time.Second, 0)))
		service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceivedCalls(1))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(2))
	})

	It("waits for four times the minimum before the third retry", Requirement("backoff.doubles"), func() {
		service := Open(Retry(3, BackingOff(100*time.Millisecond, time.Second, 0)))
		service.Caller().Invoke("question")
		service.Leaf().Exchange(1).Fail("boom")
		service.Advance(JustAfter(100 * time.Millisecond))
		service.Leaf().Exchange(2).Fail("boom")
		service.Advance(JustAfter(200 * time.Millisecond))

		service.Leaf().Exchange(3).Fail("boom")

		service.Advance(JustBefore(400 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceivedCalls(3))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(4))
	})

	It("waits for the maximum where doubling leads beyond it", Requirement("backoff.doubles"), func() {
		service := Open(Retry(2, BackingOff(100*time.Millisecond, 150*time.Millisecond, 0)))
		service.Caller().Invoke("question")
		service.Leaf().Exchange(1).Fail("boom")
		service.Advance(JustAfter(100 * time.Millisecond))

		service.Leaf().Exchange(2).Fail("boom")

		service.Advance(JustBefore(150 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceivedCalls(2))
		service.Advance(OverTheInstant())
		Expect(service.Leaf()).To(HaveReceivedCalls(3))
	})

	It("waits for the maximum also after more retries than doubling can count", Requirement("backoff.doubles"), func() {
		NeedsVirtualTime("the lateness of a hundred timers adds up to more than a wait")
		service := Open(Retry(200, BackingOff(time.Second, time.Second, 0)))
		service.Leaf().FailEvery("boom")

		service.Caller().Invoke("question")

		service.Advance(100*time.Second + 500*time.Millisecond)
		Expect(service.Leaf()).To(HaveReceivedCalls(1 + 100))
	})

	It("waits for the minimum before a call's first retry although others were retried", Requirement("backoff.doubles"), func() {
		service := Open(Retry(1, BackingOff(100*time.Millisecond, time.Second, 0)))
		caller := service.Caller()
		caller.Invoke("first")
		service.Leaf().Exchange(1).Fail("boom")
		service.Advance(JustAfter(100 * time.Millisecond))
		service.Leaf().Exchange(2).Fail("boom")
		caller.Invoke("second")

		service.Leaf().Exchange(3).Fail("boom")

		service.Advance(JustAfter(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first", "first", "second", "second"))
	})

	It("never waits for less than it would without jitter", Requirement("backoff.jitter-stays-in-bounds"), func() {
		NeedsVirtualTime("it takes dozens of delays to tell chance from a bound")
		service := Open(Retry(100, BackingOff(100*time.Millisecond, 100*time.Millisecond, 100)))
		service.Leaf().FailEvery("boom")

		service.Caller().Invoke("question")

		service.Advance(3 * time.Second)
		Expect(service.Leaf().Intervals()).NotTo(BeEmpty())
		Expect(service.Leaf().Intervals()).To(HaveEach(BeNumerically(">=", JustBefore(100*time.Millisecond))))
	})

	It("never waits for more than the maximum", Requirement("backoff.jitter-stays-in-bounds"), func() {
		NeedsVirtualTime("it takes dozens of delays to tell chance from a bound")
		service := Open(Retry(100, BackingOff(100*time.Millisecond, 100*time.Millisecond, 100)))
		service.Leaf().FailEvery("boom")

		service.Caller().Invoke("question")

		service.Advance(3 * time.Second)
		Expect(service.Leaf().Intervals()).NotTo(BeEmpty())
		Expect(service.Leaf().Intervals()).To(HaveEach(BeNumerically("<=", JustAfter(100*time.Millisecond))))
	})

	It("spreads the retries of calls that failed together", Requirement("backoff.jitter-differs-between-calls"), func() {
		NeedsVirtualTime("no two attempts are ever made at the same instant")
		service := Open(Retry(1, BackingOff(time.Hour, 4*time.Hour, 100)))
		service.Leaf().FailEvery("boom")
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("third")
		service.Leaf().AnswerByHand()

		service.Advance(5 * time.Hour)

		Expect(service.Leaf()).To(HaveReceivedCalls(3 + 3))
		instants := map[time.Duration]bool{}
		for _, at := range service.Leaf().RequestTimes()[3:] {
			instants[at] = true
		}
		Expect(len(instants)).To(BeNumerically(">", 1), "instants at which calls that failed together were attempted again")
	})

	It("refuses a maximum of zero", Requirement("backoff.rejects-bounds"), func() {
		Expect(TryOpen(Retry(1, BackingOff(0, 0, 0)))).To(BeRefusedFor("max"))
	})

	It("refuses a maximum that is shorter than the minimum", Requirement("backoff.rejects-bounds"), func() {
		Expect(TryOpen(Retry(1, BackingOff(2*time.Second, time.Second, 0)))).To(BeRefusedFor("max"))
	})

	It("refuses a negative jitter", Requirement("backoff.rejects-jitter"), func() {
		Expect(TryOpen(Retry(1, BackingOff(time.Second, time.Minute, -1)))).To(BeRefusedFor("jitter"))
	})

	It("refuses a jitter of more than a hundred per cent", Requirement("backoff.rejects-jitter"), func() {
		Expect(TryOpen(Retry(1, BackingOff(time.Second, time.Minute, 101)))).To(BeRefusedFor("jitter"))
	})
})
