package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("mapping layers", func() {
	Describe("a request map", func() {
		It("is applied once to each request on its way in", Requirement("map-request.applied-once"), func() {
			service := Open(Function("map-request", "append:mapped"))

			service.Caller().Invoke("first")
			service.Caller().Invoke("second")

			Expect(service.Leaf()).To(HaveReceived("first>mapped", "second>mapped"))
			Expect(service.Applied("append:mapped")).To(Equal([]string{"first", "second"}))
		})
	})

	Describe("a response map", func() {
		It("is applied once to a response", Requirement("map-response.applied-once"), func() {
			service := Open(Function("map-response", "append:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Answer("response")

			Expect(call).To(HaveResponse("response>mapped"))
			Expect(service.Applied("append:mapped")).To(Equal([]string{"response"}))
		})

		It("is not applied to an error", Requirement("map-response.applied-once"), func() {
			service := Open(Function("map-response", "append:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Fail("boom")

			Expect(call).To(HaveFailedWith("boom"))
			Expect(service.Applied("append:mapped")).To(BeEmpty())
		})
	})

	Describe("an error map", func() {
		It("is applied once to the error of a call", Requirement("map-error.maps-call-errors"), func() {
			service := Open(Function("map-error", "wrap:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Fail("boom")

			Expect(call).To(HaveFailedWith("mapped", "boom"))
			Expect(service.Applied("wrap:mapped")).To(Equal([]string{"error:boom"}))
		})

		It("is applied once to the error of a readiness check", Requirement("map-error.maps-readiness-errors"), func() {
			service := Open(Function("map-error", "wrap:mapped"))
			service.Leaf().BecomeUnready("boom")

			ready := service.Caller().Ready()

			Expect(ready).To(HaveFailedWith("mapped", "boom"))
			Expect(service.Applied("wrap:mapped")).To(Equal([]string{"error:boom"}))
		})

		It("is applied once to the error of the readiness check in an invocation", Requirement("map-error.maps-readiness-errors"), func() {
			service := Open(Function("map-error", "wrap:mapped"))
			service.Leaf().BecomeUnready("boom")

			call := service.Caller().Invoke("request")

			Expect(call).To(HaveFailedWith("mapped", "boom"))
			Expect(service.Applied("wrap:mapped")).To(Equal([]string{"error:boom"}))
		})
	})

	Describe("a result map", func() {
		It("is applied once to a response", Requirement("map-result.maps-every-outcome"), func() {
			service := Open(Function("map-result", "append:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Answer("response")

			Expect(call).To(HaveResponse("response>mapped"))
			Expect(service.Applied("append:mapped")).To(Equal([]string{"response"}))
		})

		It("is applied once to an error", Requirement("map-result.maps-every-outcome"), func() {
			service := Open(Function("map-result", "recover:saved"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Fail("boom")

			Expect(call).To(HaveResponse("saved"))
			Expect(service.Applied("recover:saved")).To(Equal([]string{"error:boom"}))
		})

		It("leaves an error of readiness alone", Requirement("map-result.skips-readiness-errors"), func() {
			service := Open(Function("map-result", "wrap:mapped"))
			service.Leaf().BecomeUnready("boom")

			ready := service.Caller().Ready()

			Expect(ready).To(HaveFailedWith("boom"))
			Expect(service.Applied("wrap:mapped")).To(BeEmpty())
		})

		It("leaves the error of readiness in an invocation alone", Requirement("map-result.skips-readiness-errors"), func() {
			service := Open(Function("map-result", "wrap:mapped"))
			service.Leaf().BecomeUnready("boom")

			call := service.Caller().Invoke("request")

			Expect(call).To(HaveFailedWith("boom"))
			Expect(service.Applied("wrap:mapped")).To(BeEmpty())
		})
	})

	Describe("the second step of a then", func() {
		It("is run once on a response", Requirement("then.runs-on-every-outcome"), func() {
			service := Open(Function("then", "append:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Answer("response")

			Expect(call).To(HaveResponse("response>mapped"))
			Expect(service.Applied("append:mapped")).To(Equal([]string{"response"}))
		})

		It("is run once on an error", Requirement("then.runs-on-every-outcome"), func() {
			service := Open(Function("then", "recover:saved"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Fail("boom")

			Expect(call).To(HaveResponse("saved"))
			Expect(service.Applied("recover:saved")).To(Equal([]string{"error:boom"}))
		})

		It("is not run on an error of readiness", Requirement("then.skips-readiness-errors"), func() {
			service := Open(Function("then", "recover:saved"))
			service.Leaf().BecomeUnready("boom")

			ready := service.Caller().Ready()

			Expect(ready).To(HaveFailedWith("boom"))
			Expect(service.Applied("recover:saved")).To(BeEmpty())
		})

		It("is not run on the error of readiness in an invocation", Requirement("then.skips-readiness-errors"), func() {
			service := Open(Function("then", "recover:saved"))
			service.Leaf().BecomeUnready("boom")

			call := service.Caller().Invoke("request")

			Expect(call).To(HaveFailedWith("boom"))
			Expect(service.Applied("recover:saved")).To(BeEmpty())
		})
	})

	Describe("the second step of an and-then", func() {
		It("is run once on a response", Requirement("and-then.runs-on-responses"), func() {
			service := Open(Function("and-then", "append:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Answer("response")

			Expect(call).To(HaveResponse("response>mapped"))
			Expect(service.Applied("append:mapped")).To(Equal([]string{"response"}))
		})

		It("is not run on an error", Requirement("and-then.runs-on-responses"), func() {
			service := Open(Function("and-then", "append:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Fail("boom")

			Expect(call).To(HaveFailedWith("boom"))
			Expect(service.Applied("append:mapped")).To(BeEmpty())
		})
	})

	Describe("a call map", func() {
		It("is given a call that has no answer yet", Requirement("map-future.given-unanswered-call"), func() {
			service := Open(Function("map-future", "append:mapped"))

			call := service.Caller().Invoke("request")

			Expect(call).To(BePending())
			Expect(service.Applied("append:mapped")).NotTo(BeEmpty())
		})

		It("decides the response of the call", Requirement("map-future.function-decides"), func() {
			service := Open(Function("map-future", "append:mapped"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Answer("response")

			Expect(call).To(HaveResponse("response>mapped"))
		})

		It("decides what becomes of an error", Requirement("map-future.function-decides"), func() {
			service := Open(Function("map-future", "recover:saved"))
			call := service.Caller().Invoke("request")

			service.Leaf().Exchange(1).Fail("boom")

			Expect(call).To(HaveResponse("saved"))
		})
	})
})
