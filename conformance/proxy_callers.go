package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a request that its caller gives up", func() {
	It("has its task go on", Requirement("abandon.task-goes-on"), func() {
		host := NewHost()
		request := host.Handle("wait:a wait:b")
		request.Cancel()
		Expect(request).To(BeCancelled())

		host.OpenGate("a")

		Expect(request.Waits("b")).To(BeTrue(), "the task goes on")
	})

	It("leaves the others in the instance alone", Requirement("abandon.leaves-others"), func() {
		host := NewHost()
		first, second := host.Handle("wait:a"), host.Handle("wait:b respond:second")
		Expect(second.EnteredBy()).To(Equal(first.EnteredBy()))

		first.Cancel()
		host.OpenGate("b")

		Expect(second).To(BeAnsweredWith("second"))
	})

	It("leaves the instance in use", Requirement("abandon.keeps-instance"), func() {
		host := NewHost()
		request := host.Handle("wait:a respond:first")
		request.Cancel()
		Expect(request).To(BeCancelled())
		host.OpenGate("a")

		Expect(host.Handle("count")).To(BeAnsweredWith("2"))
	})
})

var _ = Describe("a guest that breaks the interface", func() {
	DescribeTable("fails its request", Requirement("violation.fails-request"),
		func(program string) {
			Expect(NewHost().Handle(program)).To(HaveFailedWith("trap-or-panic"))
		},
		Entry("by answering a task that there is not", "lie:other"),
		Entry("by returning a status that there is not", "lie:status"),
		Entry("by a pointer outside its memory", "lie:pointer"),
	)

	DescribeTable("has its worker end with an error", Requirement("violation.ends-worker"),
		func(program string) {
			host := NewHost()

			host.Handle(program)

			Expect(host.Worker(1)).To(HaveEndedByError())
		},
		Entry("by answering again", "respond:first lie:twice"),
		Entry("by answering a task that there is not", "lie:other"),
		Entry("by returning a status that there is not", "lie:status"),
		Entry("by a pointer outside its memory", "lie:pointer"),
	)
})

var _ = Describe("a host as a service", func() {
	It("is protected by a concurrency limit", Requirement("host-service.limit-bounds-requests"), func() {
		host := NewHost()
		service := host.Under(ConcurrencyLimit(1))
		first, second := service.Caller().Invoke("wait:a respond:first"), service.Caller().Invoke("respond:second")
		Expect(first.EnteredBy()).NotTo(BeZero())
		Expect(second.EnteredBy()).To(BeZero())

		host.OpenGate("a")

		Expect(first).To(HaveResponse("first"))
		Expect(second).To(HaveResponse("second"))
	})

	It("gives the limit its permit back when it fails a request", Requirement("host-service.limit-freed-by-failure"), func() {
		host := NewHost()
		service := host.Under(ConcurrencyLimit(1))
		first, second := service.Caller().Invoke("wait:a error:refused"), service.Caller().Invoke("respond:second")
		Expect(second).To(BePending())

		host.OpenGate("a")

		Expect(first).To(HaveFailed())
		Expect(second).To(HaveResponse("second"))
	})

	It("has its errors reach the caller", Requirement("host-service.error-passes-through"), func() {
		service := NewHost().Under(ConcurrencyLimit(1))

		Expect(service.Caller().Invoke("error:refused")).To(HaveFailedWith("guest:refused"))
	})

	It("can be given up by a time-out without harm to others", Requirement("host-service.timeout-leaves-instance"), func() {
		host := NewHost()
		other := host.Handle("wait:b respond:other")
		call := host.Under(Timeout(100 * time.Millisecond)).Caller().Invoke("wait:a")
		Expect(call.EnteredBy()).To(Equal(other.EnteredBy()))

		host.Advance(101 * time.Millisecond)
		Expect(call).To(HaveFailedAs("elapsed"))
		host.OpenGate("b")

		Expect(other).To(BeAnsweredWith("other"))
	})
})
