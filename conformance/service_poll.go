package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/plumbline-spec/plumbline/conformance/script"
	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a poll", func() {
	It("succeeds when that of the service does", Requirement("poll.answers-from-service"), func() {
		service := Open()

		poll := service.Caller().Poll()

		Expect(service.Leaf().Polls()).To(BeNumerically(">", 0))
		Expect(poll).To(BeDone())
	})

	It("fails with the error of the service", Requirement("poll.answers-from-service"), func() {
		service := Open()
		service.Leaf().FailPoll("boom")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailedWith("boom"))
	})

	It("fails with the error of the first of two services", Requirement("poll.answers-from-service"), func() {
		service := Open(AndThenService("second"))
		service.Leaf().FailPoll("first")
		service.LeafNamed("second").FailPoll("second")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailedWith("first"))
	})

	It("fails with the error of the second of two services when the first succeeds", Requirement("poll.answers-from-service"), func() {
		service := Open(AndThenService("second"))
		service.LeafNamed("second").FailPoll("second")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailedWith("second"))
	})

	It("fails with the error of the first of two services in a then", Requirement("poll.answers-from-service"), func() {
		service := Open(ThenService("second"))
		service.Leaf().FailPoll("first")
		service.LeafNamed("second").FailPoll("second")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailedWith("first"))
	})

	It("fails with the error of the second of two services in a then when the first succeeds", Requirement("poll.answers-from-service"), func() {
		service := Open(ThenService("second"))
		service.LeafNamed("second").FailPoll("second")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailedWith("second"))
	})

	DescribeTable("of two services", func(layer script.Layer) {
		service := Open(layer)
		service.Leaf().FailPoll("first")

		poll := service.Caller().Poll()

		Expect(poll).To(HaveFailed())
		Expect(service.LeafNamed("second").Polls()).To(BeZero())
	},
		Entry("ends with the error of the first in an and-then", Requirement("poll.error-ends-it"), AndThenService("second")),
		Entry("ends with the error of the first in a then", Requirement("poll.error-ends-it"), ThenService("second")),
	)

	It("is no part of an invocation", Requirement("poll.not-run-by-invocation"), func() {
		service := Open()

		service.Caller().Invoke("request")

		Expect(service.Leaf()).To(HaveReceived("request"))
		Expect(service.Leaf().Polls()).To(BeZero())
	})
	It("is no part of a readiness check", Requirement("poll.not-run-by-readiness"), func() {
		service := Open()

		service.Caller().Ready()

		Expect(service.Leaf().Asked()).To(BeNumerically(">", 0), "readiness checks of the service")
		Expect(service.Leaf().Polls()).To(BeZero())
	})
})
