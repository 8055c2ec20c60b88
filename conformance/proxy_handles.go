package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a host", func() {
	It("makes no instance before the first request", Requirement("host.new-instantiates-nothing"), func() {
		host := NewHost()
		Expect(host.Instantiations()).To(BeZero())

		Expect(host.Handle("respond:first")).To(BeAnsweredWith("first"))
		Expect(host.Instantiations()).To(Equal(1))
	})

	It("shares its workers with its copies", Requirement("host.copies-share-workers"), func() {
		host := NewHost()
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))

		Expect(host.Copy().Handle("count")).To(BeAnsweredWith("2"))
	})

	It("answers a request in flight after its last handle is dropped", Requirement("host.requests-outlive-handle"), func() {
		host := NewHost()
		request := host.Handle("wait:a respond:late")

		host.Drop()
		Expect(request).To(BePending())
		host.OpenGate("a")

		Expect(request).To(BeAnsweredWith("late"))
	})

	It("keeps its workers when another handle is dropped", Requirement("host.workers-outlive-one-handle"), func() {
		host := NewHost()
		Expect(host.Handle("count")).To(BeAnsweredWith("1"))
		other := host.Copy()

		host.Drop()

		Expect(other.Handle("count")).To(BeAnsweredWith("2"))
	})

	It("ends its idle workers when its last handle is dropped", Requirement("host.last-handle-ends-idle-workers"), func() {
		host := NewHost()
		host.Handle("respond:done")
		other := host.Copy()
		host.Drop()
		Expect(host.Worker(1)).NotTo(HaveEndedWell())

		other.Drop()

		Expect(host.Worker(1)).To(HaveEndedWell())
	})
})
