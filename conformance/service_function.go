package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("function service", func() {
	It("answers each call with one application of its function", Requirement("function-service.applies-function-once"), func() {
		service := Open(Function("function-service", "append:f"))
		caller := service.Caller()

		first := caller.Invoke("one")
		second := caller.Invoke("two")

		Expect(first).To(HaveResponse("one>f"))
		Expect(second).To(HaveResponse("two>f"))
		Expect(service.Applied("append:f")).To(Equal([]string{"one", "two"}))
	})

	It("answers with its function's error", Requirement("function-service.applies-function-once"), func() {
		service := Open(Function("function-service", "fail:refusal"))

		call := service.Caller().Invoke("one")

		Expect(call).To(HaveFailedWith("refusal"))
		Expect(service.Applied("fail:refusal")).To(Equal([]string{"one"}))
	})

	It("is ready for each of its calls", Requirement("function-service.ready-by-default"), func() {
		service := Open(Function("function-service", "append:f"))
		caller := service.Caller()

		firstReadiness := caller.Ready()
		first := caller.Call("one")
		secondReadiness := caller.Ready()
		second := caller.Call("two")

		Expect(firstReadiness).To(BeReady())
		Expect(first).To(HaveResponse("one>f"))
		Expect(secondReadiness).To(BeReady())
		Expect(second).To(HaveResponse("two>f"))
	})

	It("answers a poll with success", Requirement("function-service.polls-by-default"), func() {
		service := Open(Function("function-service", "append:f"))
		caller := service.Caller()
		Expect(caller.Invoke("one")).To(HaveResponse("one>f"))

		poll := caller.Poll()

		Expect(poll).To(BeDone())
	})

	It("completes its shutdown after the calls that it has answered", Requirement("function-service.shuts-down-by-default"), func() {
		service := Open(Function("function-service", "append:f"))
		caller := service.Caller()
		Expect(caller.Invoke("one")).To(HaveResponse("one>f"))

		shutdown := caller.Shutdown()

		Expect(shutdown).To(BeDone())
	})
})
