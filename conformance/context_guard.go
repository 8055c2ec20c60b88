package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a guard", func() {
	It("is there when the context was made for graceful shutdown", Requirement("guard.present-when-graceful"), func() {
		Expect(NewGracefulContext().Guarded()).To(BeTrue())
	})

	It("is not there otherwise", Requirement("guard.present-when-graceful"), func() {
		graceful := NewGracefulContext()

		Expect(graceful.Another().Guarded()).To(BeFalse())
	})

	It("is there in a clone", Requirement("guard.survives-clone"), func() {
		Expect(NewGracefulContext().Clone().Guarded()).To(BeTrue())
	})

	It("is there after the state was mapped", Requirement("guard.survives-state-change"), func() {
		context := NewGracefulContext()

		context.MapState("append:mapped")

		Expect(context.Guarded()).To(BeTrue())
	})

	It("is there after the state was swapped", Requirement("guard.survives-state-change"), func() {
		context := NewGracefulContext()

		context.SwapState("new")

		Expect(context.Guarded()).To(BeTrue())
	})

	It("is there after the extensions were cleared", Requirement("guard.survives-clear"), func() {
		context := NewGracefulContext()
		context.Insert("text", "removed")

		context.Clear()

		Expect(context.Guarded()).To(BeTrue())
	})

	It("reaches the service", Requirement("guard.reaches-service"), func() {
		service := Open()

		service.Caller().InvokeIn(service.GracefulContext(), "request")

		Expect(service.Leaf().Exchange(1).Guarded()).To(BeTrue())
	})
})
