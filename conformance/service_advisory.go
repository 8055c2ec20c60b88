package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("advisory readiness", func() {
	It("leaves the only room to whoever calls first", Requirement("advisory.reserves-nothing"), func() {
		service := Open(InFlightLimit(1))
		told, calls := service.Caller(), service.Caller()
		Expect(told.Ready()).To(BeReady())

		calls.Invoke("request")

		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("lets several calls be made after one check", Requirement("advisory.one-check-many-calls"), func() {
		service := Open()
		caller := service.Caller()
		caller.Ready()

		caller.Call("first")
		caller.Call("second")
		caller.Call("third")

		Expect(service.Leaf()).To(HaveReceived("first", "second", "third"))
	})

	It("of the first of two services is checked by a call alone", Requirement("advisory.inner-still-checked"), func() {
		service := Open(AndThenService("second"))
		caller := service.Caller()
		caller.Ready()
		service.Leaf().BecomeBusy()

		caller.Call("request")

		Expect(service.Leaf()).To(HaveReceivedNothing())
		service.Leaf().BecomeReady()
		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("of the second of two services is checked by a call alone", Requirement("advisory.inner-still-checked"), func() {
		service := Open(AndThenService("second"))
		caller := service.Caller()
		caller.Ready()
		service.LeafNamed("second").BecomeBusy()

		caller.Call("request")
		service.Leaf().Exchange(1).Answer("response")

		Expect(service.LeafNamed("second")).To(HaveReceivedNothing())
		service.LeafNamed("second").BecomeReady()
		Expect(service.LeafNamed("second")).To(HaveReceived("response"))
	})
})
