package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("load shedding", func() {
	It("answers a call that would have to wait", Requirement("load-shed.sheds-instead-of-waiting"), func() {
		service := Open(LoadShed(), ConcurrencyLimit(1))
		service.Caller().Invoke("in progress")

		call := service.Caller().Invoke("too much")

		Expect(call).To(HaveFailedAs("overloaded"))
	})

	It("keeps a call that was shed out for good", Requirement("load-shed.shed-call-never-arrives"), func() {
		service := Open(LoadShed(), ConcurrencyLimit(2))
		service.Caller().Invoke("first")
		service.Caller().Invoke("second")
		service.Caller().Invoke("shed")

		service.Leaf().Exchange(1).Answer("ok")
		service.Leaf().Exchange(2).Answer("ok")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("is ready while the service inside has to wait", Requirement("load-shed.is-ready-while-inner-waits"), func() {
		service := Open(LoadShed())
		service.Leaf().BecomeBusy()

		ready := service.Caller().Ready()

		Expect(ready).To(BeReady())
		Expect(service.Leaf().Asked()).To(BeNumerically(">", 0), "readiness checks of the service inside")
	})

	It("surfaces an error of readiness", Requirement("load-shed.surfaces-readiness-error"), func() {
		service := Open(LoadShed())
		service.Leaf().BecomeUnready("boom", "spark")

		ready := service.Caller().Ready()

		Expect(ready).To(HaveFailedWith("boom", "spark"))
	})

	It("lets a new call in when there is room again, although a caller that was shed is still there", Requirement("load-shed.leaves-no-claim"), func() {
		service := Open(LoadShed(), ConcurrencyLimit(1))
		service.Caller().Invoke("in progress")
		shed := service.Caller()
		shed.Ready()
		shed.Call("shed")
		service.Leaf().Exchange(1).Answer("ok")

		service.Caller().Invoke("next")

		Expect(service.Leaf()).To(HaveReceived("in progress", "next"))
	})
})
