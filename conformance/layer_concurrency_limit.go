package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("concurrency limit", func() {
	It("has exactly as many calls of several callers in progress", Requirement("concurrency-limit.keeps-limit"), func() {
		service := Open(ConcurrencyLimit(3))

		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("third")
		service.Caller().Invoke("fourth")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third"))
	})

	It("has exactly as many calls of one caller in progress", Requirement("concurrency-limit.keeps-limit"), func() {
		service := Open(ConcurrencyLimit(3))
		caller := service.Caller()

		caller.Invoke("first")
		caller.Invoke("second")
		caller.Invoke("third")
		caller.Invoke("fourth")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third"))
	})

	It("has no more calls in progress after one was answered", Requirement("concurrency-limit.keeps-limit"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("first")
		service.Leaf().Exchange(1).Answer("ok")

		service.Caller().Invoke("second")
		service.Caller().Invoke("third")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("holds a permit for a caller that is ready", Requirement("concurrency-limit.takes-permit-at-readiness"), func() {
		service := Open(ConcurrencyLimit(1))
		holder := service.Caller()
		holder.Ready()

		service.Caller().Invoke("other")

		Expect(service.Leaf()).To(HaveReceivedNothing())
		holder.Call("held")
		Expect(service.Leaf()).To(HaveReceived("held"))
	})

	It("holds a permit for a caller whose readiness waits inside", Requirement("concurrency-limit.holds-permit-while-inner-waits"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Leaf().BecomeBusy()
		holder := service.Caller().Ready()
		asked := service.Leaf().Asked()

		other := service.Caller().Ready()

		Expect(service.Leaf().Asked()).To(Equal(asked))
		service.Leaf().BecomeReady()
		Expect(holder).To(BeReady())
		Expect(other).To(BePending())
	})

	It("frees the permit of a call that is answered with a response", Requirement("concurrency-limit.frees-permit-on-response"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("held")

		service.Leaf().Exchange(1).Answer("ok")
		service.Caller().Invoke("next")

		Expect(service.Leaf()).To(HaveReceived("held", "next"))
	})

	It("frees the permit of a call that is answered with an error", Requirement("concurrency-limit.frees-permit-on-error"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("held")

		service.Leaf().Exchange(1).Fail("boom")
		service.Caller().Invoke("next")

		Expect(service.Leaf()).To(HaveReceived("held", "next"))
	})

	It("frees the permit of a call that is given up", Requirement("concurrency-limit.frees-permit-on-cancel"), func() {
		service := Open(ConcurrencyLimit(1))
		held := service.Caller().Invoke("held")

		held.Cancel()
		service.Caller().Invoke("next")

		Expect(service.Leaf()).To(HaveReceived("held", "next"))
	})

	It("frees the permit of a call that panics", Requirement("concurrency-limit.frees-permit-on-panic"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("held")

		service.Leaf().Exchange(1).Panic()
		service.Caller().Invoke("next")

		Expect(service.Leaf()).To(HaveReceived("held", "next"))
	})

	It("frees the permit of an invocation whose readiness fails inside", Requirement("concurrency-limit.frees-permit-without-call"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Leaf().BecomeBusy()
		failed := service.Caller().Invoke("failed")
		waiting := service.Caller().Invoke("waiting")

		service.Leaf().BecomeUnready("boom")

		Expect(failed).To(HaveFailedBecauseOf("boom"))
		Expect(waiting).To(HaveFailedBecauseOf("boom"), "which it can only learn with a permit")
	})

	It("frees the permit of an invocation that is given up while the service inside waits", Requirement("concurrency-limit.frees-permit-without-call"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Leaf().BecomeBusy()
		first := service.Caller().Invoke("given up")
		service.Caller().Invoke("waiting")

		first.Cancel()
		service.Leaf().BecomeReady()

		Expect(service.Leaf()).To(HaveReceived("waiting"))
	})

	It("gives a permit that becomes free to a call that waits", Requirement("concurrency-limit.wakes-waiting-call"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("held")
		service.Caller().Invoke("waiting")

		service.Leaf().Exchange(1).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("held", "waiting"))
	})

	It("lets waiting calls in in the order in which they began to wait", Requirement("concurrency-limit.serves-in-order"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("third")
		service.Caller().Invoke("fourth")

		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().Exchange(2).Answer("ok")
		service.Leaf().Exchange(3).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third", "fourth"))
	})

	It("passes over a waiting call that was given up", Requirement("concurrency-limit.skips-cancelled-waiter"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("held")
		head := service.Caller().Invoke("head")
		service.Caller().Invoke("next")

		head.Cancel()
		service.Leaf().Exchange(1).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("held", "next"))
	})

	It("lets no call in when it is zero, unless zero is refused", Requirement("concurrency-limit.zero-admits-nothing"), func() {
		construction := TryOpen(ConcurrencyLimit(0))
		if construction.Refused() {
			Expect(construction).To(BeRefusedFor("limit"))
			return
		}
		service := construction.Service()

		call := service.Caller().Invoke("request")

		Expect(service.Leaf()).To(HaveReceivedNothing())
		Expect(call).To(SatisfyAny(BePending(), HaveFailed()))
	})

	It("lets no call in when it is negative, unless that is refused", Requirement("concurrency-limit.zero-admits-nothing"), func() {
		construction := TryOpen(ConcurrencyLimit(-1))
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

var _ = Describe("global concurrency limit", func() {
	It("has exactly as many calls in progress in the services that share it", Requirement("global-concurrency-limit.shared-by-services"), func() {
		service := Open(GlobalConcurrencyLimit(2, "shared"))
		other := service.Beside("other", GlobalConcurrencyLimit(2, "shared"))

		service.Caller().Invoke("first")
		other.Caller().Invoke("second")
		service.Caller().Invoke("third")
		other.Caller().Invoke("fourth")

		Expect(service.Requests()).To(Equal([]string{"leaf:first", "other:second"}))
	})

	It("has room in another service when a call is answered", Requirement("global-concurrency-limit.shared-by-services"), func() {
		service := Open(GlobalConcurrencyLimit(1, "shared"))
		other := service.Beside("other", GlobalConcurrencyLimit(1, "shared"))
		service.Caller().Invoke("held")

		service.Leaf().Exchange(1).Answer("ok")
		other.Caller().Invoke("next")

		Expect(service.Requests()).To(Equal([]string{"leaf:held", "other:next"}))
	})

	It("has room in another service when a call is given up", Requirement("global-concurrency-limit.frees-permit-on-cancel"), func() {
		service := Open(GlobalConcurrencyLimit(1, "shared"))
		other := service.Beside("other", GlobalConcurrencyLimit(1, "shared"))
		held := service.Caller().Invoke("held")

		held.Cancel()
		other.Caller().Invoke("next")

		Expect(service.Requests()).To(Equal([]string{"leaf:held", "other:next"}))
	})

	It("has room in another service when a call panics", Requirement("global-concurrency-limit.frees-permit-on-panic"), func() {
		service := Open(GlobalConcurrencyLimit(1, "shared"))
		other := service.Beside("other", GlobalConcurrencyLimit(1, "shared"))
		service.Caller().Invoke("held")

		service.Leaf().Exchange(1).Panic()
		other.Caller().Invoke("next")

		Expect(service.Requests()).To(Equal([]string{"leaf:held", "other:next"}))
	})
})
