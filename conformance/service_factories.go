package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("factory", func() {
	It("creates a leaf for each creation", Requirement("factory.creates-fresh-services"), func() {
		factory := OpenFactory()

		first, _ := factory.Create("one")
		second, _ := factory.Create("two")

		Expect(first).To(BeDone())
		Expect(second).To(BeDone())
		Expect(factory.Created()).To(Equal([]string{"leaf:one", "leaf:two"}))
	})

	It("creates services whose calls do not wait for one another's limit", Requirement("factory.creates-fresh-services"), func() {
		factory := OpenFactory(ConcurrencyLimit(1))
		_, first := factory.Create("one")
		_, second := factory.Create("two")
		first.Caller().Invoke("held")

		second.Caller().Invoke("free")

		Expect(factory.Leaf()).To(HaveReceived("held", "free"))
	})

	It("gives the configuration to every service that it creates", Requirement("factory.passes-configuration"), func() {
		factory := OpenFactory(AndThenService("second"))

		creation, _ := factory.Create("settings")

		Expect(creation).To(BeDone())
		Expect(factory.Created()).To(ConsistOf("leaf:settings", "second:settings"))
	})

	It("surfaces the error of a creation", Requirement("factory.surfaces-creation-error"), func() {
		factory := OpenFactory()
		factory.Leaf().FailCreation("misconfigured")

		creation, _ := factory.Create("settings")

		Expect(creation).To(HaveFailedWith("misconfigured"))
	})

	It("keeps the error of a creation from the functions that map calls", Requirement("factory.surfaces-creation-error"), func() {
		factory := OpenFactory(Function("map-err", "wrap:mapped"), Function("map", "append:m"))
		factory.Leaf().FailCreation("misconfigured")

		creation, _ := factory.Create("settings")

		Expect(creation).To(HaveFailedWith("misconfigured"))
	})

	It("does not create the second service when the first cannot be created", Requirement("factory.first-error-skips-second"), func() {
		factory := OpenFactory(AndThenService("second"))
		factory.Leaf().FailCreation("misconfigured")

		creation, _ := factory.Create("settings")

		Expect(creation).To(HaveFailedWith("misconfigured"))
		Expect(factory.Created()).To(BeEmpty())
	})
})

var _ = Describe("creation-error map", func() {
	It("applies its function once to the error of a creation", Requirement("map-init-error.maps-creation-errors"), func() {
		factory := OpenFactory(Function("map-init-error", "wrap:mapped"))
		factory.Leaf().FailCreation("misconfigured")

		creation, _ := factory.Create("settings")

		Expect(creation).To(HaveFailedWith("mapped", "misconfigured"))
		Expect(factory.Applied("wrap:mapped")).To(Equal([]string{"error:misconfigured"}))
	})

	It("leaves the errors of the created service as they are", Requirement("map-init-error.maps-creation-errors"), func() {
		factory := OpenFactory(Function("map-init-error", "wrap:mapped"))
		_, service := factory.Create("settings")
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(call).To(HaveFailedWith("boom"))
		Expect(factory.Applied("wrap:mapped")).To(BeEmpty())
	})
})

var _ = Describe("middleware", func() {
	It("is not applied when the service inside cannot be created", Requirement("middleware.skipped-on-creation-error"), func() {
		factory := OpenFactory(Middleware("m"))
		factory.Leaf().FailCreation("misconfigured")

		creation, _ := factory.Create("settings")

		Expect(creation).To(HaveFailedWith("misconfigured"))
		Expect(factory.Built()).To(BeEmpty())
	})

	It("lets the outer one see the request first", Requirement("middleware.outer-sees-request-first"), func() {
		service := Open(Middleware("outer"), Middleware("inner"))

		service.Caller().Invoke("question")

		Expect(service.Leaf()).To(HaveReceived("question>outer>inner"))
	})
})
