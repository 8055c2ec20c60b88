package conformance

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("the request-start hook", func() {
	It("runs once for each request, for the worker that serves it", Requirement("request-start.once-per-request"), func() {
		host := NewHost()
		first, second, third := host.Handle("wait:a"), host.Handle("wait:a"), host.Handle("respond:third")

		for _, request := range []*Operation{first, second, third} {
			Expect(request.StartedBy()).To(Equal([]int{request.EnteredBy()}))
		}
	})

	It("is given the embedder's data", Requirement("request-start.carries-data"), func() {
		host := NewHost()
		first, second := host.HandleWith("one", "wait:a"), host.HandleWith("two", "respond:second")

		Expect(first.StartedWith()).To(Equal([]string{"one"}))
		Expect(second.StartedWith()).To(Equal([]string{"two"}))
	})

	It("runs before the guest", Requirement("request-start.before-guest"), func() {
		request := NewHost().Handle("respond:first")

		Expect(request.Tasks()).To(HaveExactElements(HavePrefix("started"), HavePrefix("entered")))
	})

	It("is given the task of the request, a fresh one", Requirement("request-start.fresh-task"), func() {
		host := NewHost()
		first, second := host.Handle("respond:first"), host.Handle("respond:second")

		Expect(first.Tasks()).To(ContainElement(fmt.Sprintf("started %d", first.Task())))
		Expect(second.Tasks()).To(ContainElement(fmt.Sprintf("started %d", second.Task())))
		Expect(second.EnteredBy()).To(Equal(first.EnteredBy()))
		Expect(second.Task()).NotTo(Equal(first.Task()))
	})

	It("does not run where there is no instance", Requirement("request-start.not-without-instance"), func() {
		host := NewHost(InstantiationFails("full"))
		first := host.Handle("respond:first")
		host.Embedder(Instantiation("ok"))
		second := host.Handle("respond:second")

		Expect(first.StartedBy()).To(BeEmpty())
		Expect(second.StartedBy()).To(HaveLen(1))
	})

	It("fails the request when it cannot be prepared, without the guest", Requirement("request-start.failure-fails-request"), func() {
		host := NewHost(StartHook("error:unprepared"))

		request := host.Handle("respond:first")

		Expect(request).To(HaveFailedWith("trap-or-panic"))
		Expect(request.EnteredBy()).To(BeZero())
	})

	It("ends the worker when a request cannot be prepared", Requirement("request-start.failure-ends-worker"), func() {
		host := NewHost(StartHook("error:unprepared"))

		host.Handle("respond:first")

		Expect(host.Worker(1)).To(HaveEndedBy("unprepared"))
	})
})

var _ = Describe("the expiration of a request", func() {
	It("fails the request when it is due", Requirement("request-expiration.answers-its-caller"), func() {
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		request := host.Handle("wait:a respond:late")

		host.Advance(99 * time.Millisecond)
		Expect(request).To(BePending())

		host.Advance(2 * time.Millisecond)
		Expect(request).To(HaveFailedWith("expired"))
	})

	It("fails each request when its own time is due", Requirement("request-expiration.answers-its-caller"), func() {
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		first, second := host.Handle("wait:a"), host.Handle("wait:a")
		host.Advance(50 * time.Millisecond)
		third := host.Handle("wait:a")

		host.Advance(51 * time.Millisecond)
		Expect(first).To(HaveFailedWith("expired"))
		Expect(second).To(HaveFailedWith("expired"))

		host.Advance(48 * time.Millisecond)
		Expect(third).To(BePending())

		host.Advance(2 * time.Millisecond)
		Expect(third).To(HaveFailedWith("expired"))
	})

	It("leaves the others in the instance alone", Requirement("request-expiration.leaves-others"), func() {
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		first := host.Handle("wait:a")
		host.Advance(50 * time.Millisecond)
		second := host.Handle("wait:b respond:second")
		host.Advance(51 * time.Millisecond)
		Expect(first).To(HaveFailed())

		host.OpenGate("b")

		Expect(second).To(BeAnsweredWith("second"))
		Expect(second.EnteredBy()).To(Equal(first.EnteredBy()))
	})

	It("keeps further requests away from the instance", Requirement("request-expiration.ends-accepting"), func() {
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		first := host.Handle("wait:a")
		host.Advance(101 * time.Millisecond)
		Expect(first).To(HaveFailed())

		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("keeps a request away that is queued while the policy is asked", Requirement("request-expiration.ends-accepting"), func() {
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		first := host.Handle("wait:a")
		host.Embedder(PolicyHeld)
		second := host.Handle("count")
		host.Advance(101 * time.Millisecond)
		Expect(first).To(HaveFailed())

		host.Embedder(PolicyReleased)

		Expect(second).To(BeAnsweredWith("1"))
	})

	It("lets the task go on, and nobody hear of its response", Requirement("request-expiration.task-goes-on"), func() {
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		request := host.Handle("wait:a respond:late wait:b")
		host.Advance(101 * time.Millisecond)

		host.OpenGate("a")

		Expect(request.Waits("b")).To(BeTrue(), "the task goes on")
		Expect(request).To(HaveFailedWith("expired"))
	})

	It("does nothing to a request that is answered", Requirement("request-expiration.spares-answered"), func() {
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		Expect(host.Handle("respond:first wait:a")).To(BeAnsweredWith("first"))

		host.Advance(101 * time.Millisecond)

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("yields to a response at the same instant", Requirement("request-expiration.response-first"), func() {
		NeedsVirtualTime("a response never comes at the very instant of an expiration")
		host := NewHost(AnswerWithin(100 * time.Millisecond))
		request := host.Handle("wait:a respond:first")
		host.Advance(100 * time.Millisecond)

		host.OpenGate("a")

		Expect(request).To(BeAnsweredWith("first"))
	})
})
