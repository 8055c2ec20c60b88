package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("the context of a call", func() {
	It("reaches the service", Requirement("context-flow.reaches-service"), func() {
		service := Open()
		context := service.ContextWith("state")
		context.Insert("text", "extension")

		service.Caller().InvokeIn(context, "request")

		received := service.Leaf().Exchange(1)
		Expect(received.State()).To(Equal("state"))
		Expect(received.Extensions()).To(Equal(map[string]string{"text": "extension"}))
	})

	It("does not show to the caller what the service inserts", Requirement("context-flow.callee-changes-stay-inside"), func() {
		service := Open()
		service.Leaf().Inserts("text", "callee")
		context := service.ContextWith("state")
		context.Insert("text", "caller")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Leaf().Requests()).To(Equal([]string{"request"}))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "caller"}))
	})

	It("does not show to the caller what the service writes to the state", Requirement("context-flow.callee-changes-stay-inside"), func() {
		service := Open()
		service.Leaf().WritesState("callee")
		context := service.ContextWith("caller")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Leaf().Requests()).To(Equal([]string{"request"}))
		Expect(context.State()).To(Equal("caller"))
	})

	It("does not show what an earlier call left behind", Requirement("context-flow.calls-are-independent"), func() {
		service := Open()
		service.Leaf().Inserts("text", "callee")
		context := service.ContextWith("state")
		context.Insert("number", "1")
		service.Caller().InvokeIn(context, "first")
		service.Leaf().Exchange(1).Answer("ok")

		service.Caller().InvokeIn(context, "second")

		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("is what it was when the call was invoked", Requirement("context-flow.fixed-when-invoked"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		context := service.ContextWith("before")
		service.Caller().InvokeIn(context, "request")

		context.Insert("text", "after")
		context.WriteState("after")
		service.Leaf().BecomeReady()

		received := service.Leaf().Exchange(1)
		Expect(received.State()).To(Equal("before"))
		Expect(received.Extensions()).To(BeEmpty())
	})

	It("stays with its call in a buffer", Requirement("context-flow.queued-calls-keep-their-own"), func() {
		service := Open(Buffer(2))
		service.Leaf().BecomeBusy()
		context := service.ContextWith("first")
		service.Caller().InvokeIn(context, "first")
		second := service.ContextWith("second")
		second.Insert("text", "second")
		service.Caller().InvokeIn(second, "second")

		service.Leaf().BecomeReady()

		Expect(service.Leaf().ExchangeOf("first").State()).To(Equal("first"))
		received := service.Leaf().ExchangeOf("second")
		Expect(received.State()).To(Equal("second"))
		Expect(received.Extensions()).To(Equal(map[string]string{"text": "second"}))
	})

	It("is for each attempt what it was for the first", Requirement("context-flow.attempts-are-independent"), func() {
		service := Open(Retry(1))
		service.Leaf().Inserts("text", "attempt")
		context := service.ContextWith("state")
		context.Insert("number", "1")
		service.Caller().InvokeIn(context, "request")

		service.Leaf().Exchange(1).Fail("boom")

		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("is the caller's for the second of two services", Requirement("context-flow.second-service-gets-callers"), func() {
		service := Open(AndThenService("second"))
		service.Leaf().Inserts("text", "first")
		context := service.ContextWith("state")
		context.Insert("number", "1")
		service.Caller().InvokeIn(context, "request")

		service.Leaf().Exchange(1).Answer("response")

		received := service.LeafNamed("second").Exchange(1)
		Expect(received.State()).To(Equal("state"))
		Expect(received.Extensions()).To(Equal(map[string]string{"number": "1"}))
	})
})

var _ = Describe("a layer that adds an extension", func() {
	It("inserts it into each call", Requirement("add-extension.inserts-into-each-call"), func() {
		service := Open(AddExtension("text", "added"))
		context := service.ContextWith("state")

		service.Caller().InvokeIn(context, "first")
		service.Caller().InvokeIn(context, "second")

		Expect(service.Leaf().Exchange(1).Extensions()).To(Equal(map[string]string{"text": "added"}))
		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"text": "added"}))
	})

	It("replaces what the call came with", Requirement("add-extension.replaces"), func() {
		service := Open(AddExtension("text", "outer"), AddExtension("text", "inner"))
		context := service.ContextWith("state")
		context.Insert("text", "caller")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Leaf().Exchange(1).Extensions()).To(Equal(map[string]string{"text": "inner"}))
	})

	It("leaves the caller's context alone", Requirement("add-extension.stays-inside"), func() {
		service := Open(AddExtension("text", "added"))
		context := service.ContextWith("state")
		context.Insert("number", "1")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Leaf().Requests()).To(Equal([]string{"request"}))
		Expect(context.Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("gives each call a copy of its own", Requirement("add-extension.copies-for-each-call"), func() {
		service := Open(AddExtension("text", "added"))
		service.Leaf().Writes("text", "written")
		context := service.ContextWith("state")
		service.Caller().InvokeIn(context, "first")

		service.Caller().InvokeIn(context, "second")

		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"text": "added"}))
	})
})

var _ = Describe("a layer that gets an extension", func() {
	It("shows the value to its function before the service is called", Requirement("get-extension.shows-value-before-call"), func() {
		service := Open(GetExtension("text", "see:it"))
		context := service.ContextWith("state")
		context.Insert("text", "extension")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Applied("see:it")).To(Equal([]string{"extension"}))
		Expect(service.Leaf().Requests()).To(Equal([]string{"request"}))
	})

	It("calls the service also without a value", Requirement("get-extension.absent-skips-function"), func() {
		service := Open(GetExtension("text", "see:it"))
		context := service.ContextWith("state")
		context.Insert("name", "other")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Applied("see:it")).To(BeEmpty())
		Expect(service.Leaf().Requests()).To(Equal([]string{"request"}))
	})
})

var _ = Describe("a layer that maps the state", func() {
	It("maps that of each call once", Requirement("map-state.applied-once-per-call"), func() {
		service := Open(Function("map-state", "append:mapped"))

		service.Caller().InvokeIn(service.ContextWith("a"), "first")
		service.Caller().InvokeIn(service.ContextWith("b"), "second")

		Expect(service.Applied("append:mapped")).To(Equal([]string{"a", "b"}))
		Expect(service.Leaf().Exchange(1).State()).To(Equal("a>mapped"))
		Expect(service.Leaf().Exchange(2).State()).To(Equal("b>mapped"))
	})

	It("keeps the extensions", Requirement("map-state.keeps-extensions"), func() {
		service := Open(Function("map-state", "append:mapped"))
		context := service.ContextWith("state")
		context.Insert("text", "kept")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Leaf().Exchange(1).Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})

	It("leaves the caller's state alone", Requirement("map-state.stays-inside"), func() {
		service := Open(Function("map-state", "append:mapped"))
		context := service.ContextWith("state")

		service.Caller().InvokeIn(context, "request")

		Expect(service.Leaf().Requests()).To(Equal([]string{"request"}))
		Expect(context.State()).To(Equal("state"))
	})
})
