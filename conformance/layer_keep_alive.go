package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("keep-alive", func() {
	It("is ready until the idle time is over", Requirement("keep-alive.fails-when-idle"), func() {
		service := Open(KeepAlive(200 * time.Millisecond))

		service.Advance(JustBefore(200 * time.Millisecond))
		service.Caller().Invoke("request")

		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("fails when it was never called and the idle time is over", Requirement("keep-alive.fails-when-idle"), func() {
		service := Open(KeepAlive(200 * time.Millisecond))

		service.Advance(JustAfter(200 * time.Millisecond))
		call := service.Caller().Invoke("request")

		Expect(call).To(HaveFailedAs("idle"))
	})

	It("is ready until the idle time since the last call is over", Requirement("keep-alive.call-resets-clock"), func() {
		service := Open(KeepAlive(200 * time.Millisecond))
		service.Leaf().Echo()
		service.Advance(120 * time.Millisecond)
		service.Caller().Invoke("first")

		service.Advance(JustBefore(200 * time.Millisecond))
		service.Caller().Invoke("second")

		Expect(service.Leaf()).To(HaveReceived("first", "second"))
	})

	It("fails when the idle time since the last call is over", Requirement("keep-alive.call-resets-clock"), func() {
		service := Open(KeepAlive(200 * time.Millisecond))
		service.Leaf().Echo()
		service.Advance(120 * time.Millisecond)
		first := service.Caller().Invoke("first")

		service.Advance(JustAfter(200 * time.Millisecond))
		second := service.Caller().Invoke("second")

		Expect(first).To(HaveResponse("first"))
		Expect(second).To(HaveFailedAs("idle"))
	})
})
