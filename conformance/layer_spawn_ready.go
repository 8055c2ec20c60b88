package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("spawn-ready", func() {
	It("goes on with a readiness check that its caller has given up", Requirement("spawn-ready.goes-on-without-caller"), func() {
		service := Open(SpawnReady(), ConcurrencyLimit(1))
		caller := service.Caller()
		caller.Ready()
		caller.Call("in progress")
		waiting := caller.Ready()
		asked := service.Leaf().Asked()

		waiting.Cancel()
		service.Leaf().Exchange(1).Answer("ok")

		Expect(service.Leaf().Asked()).To(BeNumerically(">", asked), "readiness checks of the service inside the limit")
	})

	It("ends the readiness check of a caller that leaves", Requirement("spawn-ready.ends-with-caller"), func() {
		service := Open(SpawnReady())
		service.Leaf().BecomeBusy()
		caller := service.Caller()
		waiting := caller.Ready()
		waiting.Cancel()
		givenUp := service.Leaf().ChecksGivenUp()

		caller.Leave()

		Expect(service.Leaf().ChecksGivenUp()).To(Equal(givenUp + 1))
	})
})
