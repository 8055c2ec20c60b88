package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/plumbline-spec/plumbline/conformance/script"
	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a reservation", func() {
	DescribeTable("lets its caller be ready again at once", func(layer script.Layer) {
		service := Open(layer)
		caller := service.Caller()
		caller.Ready()

		again := caller.Ready()

		Expect(again).To(BeReady())
		caller.Call("request")
		Expect(service.Leaf()).To(HaveReceived("request"))
	},
		Entry("when it is a permit", Requirement("reservation.repeat-does-not-wait"), ConcurrencyLimit(1)),
		Entry("when it is a place in a buffer", Requirement("reservation.repeat-does-not-wait"), Buffer(1)),
		Entry("when it is quota", Requirement("reservation.repeat-does-not-wait"), RateLimit(1, 100*time.Millisecond)),
	)

	DescribeTable("is for one call, however often its caller was ready", func(layer script.Layer) {
		service := Open(layer)
		caller, other := service.Caller(), service.Caller()
		caller.Ready()
		caller.Ready()

		other.Invoke("other")

		Expect(service.Leaf()).To(HaveReceived("other"))
	},
		Entry("when it is a permit", Requirement("reservation.repeat-reserves-once"), ConcurrencyLimit(2)),
		Entry("when it is a place in a buffer", Requirement("reservation.repeat-reserves-once"), Buffer(2)),
	)

	It("is quota for one call, however often its caller was ready", Requirement("reservation.repeat-reserves-once"), func() {
		service := Open(RateLimit(2, 200*time.Millisecond))
		caller := service.Caller()
		caller.Ready()
		caller.Ready()
		caller.Call("first")
		service.Advance(JustAfter(100 * time.Millisecond))

		caller.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("leaves nothing behind when its caller was ready twice and has called", Requirement("reservation.repeat-reserves-once"), func() {
		service := Open(ConcurrencyLimit(2))
		caller := service.Caller()
		first, second := service.Caller(), service.Caller()
		caller.Ready()
		caller.Ready()
		caller.Call("request")
		service.Leaf().Exchange(1).Answer("ok")

		first.Invoke("first")
		second.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("request", "first", "second"))
	})

	It("goes to a waiting caller when its own leaves", Requirement("reservation.released-on-leave"), func() {
		service := Open(ConcurrencyLimit(1))
		leaves, waits := service.Caller(), service.Caller()
		leaves.Ready()
		waiting := waits.Ready()
		Expect(waiting).To(BePending())

		leaves.Leave()

		Expect(waiting).To(BeReady())
	})

	It("gives its place in a buffer to a waiting caller when its own leaves", Requirement("reservation.released-on-leave"), func() {
		service := Open(Buffer(1))
		leaves, waits := service.Caller(), service.Caller()
		leaves.Ready()
		waiting := waits.Ready()

		leaves.Leave()

		Expect(waiting).To(BeReady())
	})

	It("is nothing once the readiness of its caller has failed inside", Requirement("reservation.none-after-error"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Leaf().BecomeUnready("boom")
		failed := service.Caller().Ready()
		service.Leaf().BecomeReady()

		service.Caller().Invoke("request")

		Expect(failed).To(HaveFailed())
		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("does not make a caller ready that comes later", Requirement("reservation.not-inherited"), func() {
		service := Open(ConcurrencyLimit(1))
		holder := service.Caller()
		holder.Ready()

		later := service.Caller().Ready()

		Expect(later).To(BePending())
		holder.Call("request")
		service.Leaf().Exchange(1).Answer("ok")
		Expect(later).To(BeReady())
	})

	It("does not serve the call of another caller", Requirement("reservation.not-inherited"), func() {
		service := Open(ConcurrencyLimit(1))
		holder, other := service.Caller(), service.Caller()
		holder.Ready()

		other.Call("other")

		holder.Call("holder")
		Expect(service.Leaf()).To(HaveReceived("holder"))
	})

	It("is used up by one call", Requirement("reservation.serves-one-call"), func() {
		service := Open(ConcurrencyLimit(1))
		caller, other := service.Caller(), service.Caller()
		caller.Ready()
		caller.Call("first")
		service.Leaf().Exchange(1).Answer("ok")

		other.Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	DescribeTable("is used up by a call that is rejected on its way", func(filter script.Layer) {
		service := Open(filter, ConcurrencyLimit(1))
		caller, other := service.Caller(), service.Caller()
		caller.Ready()

		rejected := caller.Call("bad")

		Expect(rejected).To(HaveFailed())
		Expect(other.Ready()).To(BeReady())
	},
		Entry("by a filter", Requirement("reservation.serves-one-call"), Function("filter", "reject-if:bad:denied")),
		Entry("by an asynchronous filter", Requirement("reservation.serves-one-call"), Function("filter-async", "reject-if:bad:denied")),
	)

	It("does not serve a second call", Requirement("reservation.serves-one-call"), func() {
		service := Open(ConcurrencyLimit(1))
		caller := service.Caller()
		caller.Ready()
		caller.Call("first")

		caller.Call("second")

		Expect(service.Leaf()).To(HaveReceived("first"))
	})
})

var _ = Describe("a call without a reservation", func() {
	It("is not in progress beyond the limit", Requirement("unready-call.keeps-limit"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("in progress")

		service.Caller().Call("careless")

		Expect(service.Leaf()).To(HaveReceived("in progress"))
	})

	It("does not reach the service inside beyond a rate limit", Requirement("unready-call.keeps-limit"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")

		caller.Call("careless")

		service.Advance(JustBefore(100 * time.Millisecond))
		Expect(service.Leaf()).To(HaveReceived("first"))
	})

	It("is refused at once where no quota is left", Requirement("unready-call.is-refused"), func() {
		service := Open(RateLimit(1, 100*time.Millisecond))
		service.Leaf().Echo()
		caller := service.Caller()
		caller.Invoke("first")

		careless := caller.Call("careless")

		Expect(careless).To(SatisfyAny(HaveFailed(), HavePanicked()))
	})

	It("is refused at once where no place in a buffer is free", Requirement("unready-call.is-refused"), func() {
		service := Open(Buffer(1))
		service.Leaf().BecomeBusy()
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")

		careless := service.Caller().Call("careless")

		Expect(careless).To(SatisfyAny(HaveFailed(), HavePanicked()))
	})

	It("is refused at once where there is no room", Requirement("unready-call.is-refused"), func() {
		service := Open(ConcurrencyLimit(1))
		service.Caller().Invoke("in progress")

		careless := service.Caller().Call("careless")

		Expect(careless).To(SatisfyAny(HaveFailed(), HavePanicked()))
	})
})
