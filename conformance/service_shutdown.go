package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("shutdown", func() {
	It("runs the shutdown of the service", Requirement("shutdown.reaches-every-service"), func() {
		service := Open()

		service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
	})

	It("runs the shutdown of both of two services", Requirement("shutdown.reaches-every-service"), func() {
		service := Open(AndThenService("second"))

		service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
		Expect(service.LeafNamed("second").Shutdowns()).To(Equal(1))
	})

	It("runs the shutdown of both of two services in a then", Requirement("shutdown.reaches-every-service"), func() {
		service := Open(ThenService("second"))

		service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
		Expect(service.LeafNamed("second").Shutdowns()).To(Equal(1))
	})

	It("does not complete before that of the service", Requirement("shutdown.waits-for-service"), func() {
		service := Open()
		service.Leaf().HoldShutdown()
		shutdown := service.Caller().Shutdown()
		Expect(shutdown).To(BePending())

		service.Leaf().ReleaseShutdown()

		Expect(shutdown).To(BeDone())
	})

	It("does not complete before that of the second of two services", Requirement("shutdown.waits-for-service"), func() {
		service := Open(AndThenService("second"))
		service.LeafNamed("second").HoldShutdown()
		shutdown := service.Caller().Shutdown()
		Expect(shutdown).To(BePending())

		service.LeafNamed("second").ReleaseShutdown()

		Expect(shutdown).To(BeDone())
	})

	It("does not complete before that of the second of two services in a then", Requirement("shutdown.waits-for-service"), func() {
		service := Open(ThenService("second"))
		service.LeafNamed("second").HoldShutdown()
		shutdown := service.Caller().Shutdown()
		Expect(shutdown).To(BePending())

		service.LeafNamed("second").ReleaseShutdown()

		Expect(shutdown).To(BeDone())
	})

	It("runs that of the service once when it is asked for again", Requirement("shutdown.runs-once"), func() {
		service := Open()
		caller, other := service.Caller(), service.Caller()

		caller.Shutdown()
		caller.Shutdown()
		other.Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
	})

	It("runs that of the service once when it is asked for while in progress", Requirement("shutdown.runs-once"), func() {
		service := Open()
		service.Leaf().HoldShutdown()

		service.Caller().Shutdown()
		service.Caller().Shutdown()

		Expect(service.Leaf().Shutdowns()).To(Equal(1))
	})

	It("completes for everybody who asked when that of the service has", Requirement("shutdown.repeat-completes"), func() {
		service := Open()
		service.Leaf().HoldShutdown()
		first := service.Caller().Shutdown()
		second := service.Caller().Shutdown()
		Expect(first).To(BePending())

		service.Leaf().ReleaseShutdown()

		Expect(second).To(BeDone())
	})

	It("completes again after that of the service has", Requirement("shutdown.repeat-completes"), func() {
		service := Open()
		caller := service.Caller()
		caller.Shutdown()
		Expect(service.Leaf().Shutdowns()).To(Equal(1))

		again := caller.Shutdown()

		Expect(again).To(BeDone())
	})

	It("leaves a later call to be served or refused", Requirement("shutdown.later-call-ends"), func() {
		service := Open()
		caller := service.Caller()
		service.Leaf().Echo()
		caller.Shutdown()
		Expect(service.Leaf().Shutdowns()).To(Equal(1))

		late := caller.Invoke("late")

		Expect(late).To(SatisfyAny(HaveResponse("late"), HaveFailed(), HavePanicked()))
	})

	It("leaves a call to be served or refused while it is in progress", Requirement("shutdown.later-call-ends"), func() {
		service := Open()
		caller := service.Caller()
		service.Leaf().Echo()
		service.Leaf().HoldShutdown()
		caller.Shutdown()
		Expect(service.Leaf().Shutdowns()).To(Equal(1))

		late := caller.Invoke("late")

		Expect(late).To(SatisfyAny(HaveResponse("late"), HaveFailed(), HavePanicked()))
	})

	It("gives up the readiness check that its caller waits for", Requirement("shutdown.gives-up-own-check"), func() {
		service := Open()
		service.Leaf().BecomeBusy()
		caller := service.Caller()
		Expect(caller.Ready()).To(BePending())
		Expect(service.Leaf().ChecksGivenUp()).To(BeZero())

		caller.Shutdown()

		Expect(service.Leaf().ChecksGivenUp()).To(BeNumerically(">", 0), "checks that were given up in the service")
	})

	It("does not run because the service is closed", Requirement("shutdown.not-run-by-close"), func() {
		service := Open()
		service.Caller().Invoke("request")
		service.Leaf().Exchange(1).Answer("ok")

		service.Close()

		Expect(service.Leaf().Shutdowns()).To(BeZero())
	})
})

var _ = Describe("a shutdown hook", func() {
	It("runs when its service is shut down", Requirement("shutdown-hook.runs-once-on-shutdown"), func() {
		service := Open(Function("shutdown-hook", "append:bye"))

		service.Caller().Shutdown()

		Expect(service.Applied("append:bye")).To(HaveLen(1))
	})

	It("does not run again when its service is shut down again", Requirement("shutdown-hook.runs-once-on-shutdown"), func() {
		service := Open(Function("shutdown-hook", "append:bye"))
		caller, other := service.Caller(), service.Caller()

		caller.Shutdown()
		caller.Shutdown()
		other.Shutdown()

		Expect(service.Applied("append:bye")).To(HaveLen(1))
	})

	It("does not run when a caller leaves", Requirement("shutdown-hook.runs-once-on-shutdown"), func() {
		service := Open(Function("shutdown-hook", "append:bye"))
		leaves, shutsDown := service.Caller(), service.Caller()

		leaves.Leave()

		Expect(service.Applied("append:bye")).To(BeEmpty())
		shutsDown.Shutdown()
		Expect(service.Applied("append:bye")).To(HaveLen(1))
	})
	It("passes on the request and the response", Requirement("shutdown-hook.is-transparent"), func() {
		service := Open(Function("shutdown-hook", "append:bye"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Answer("answer")

		Expect(service.Leaf()).To(HaveReceived("question"))
		Expect(call).To(HaveResponse("answer"))
	})

	It("passes on an error with its cause", Requirement("shutdown-hook.is-transparent"), func() {
		service := Open(Function("shutdown-hook", "append:bye"))
		call := service.Caller().Invoke("question")

		service.Leaf().Exchange(1).Fail("outer", "inner")

		Expect(call).To(HaveFailedWith("outer", "inner"))
	})

	It("abandons a call that is given up", Requirement("shutdown-hook.is-transparent"), func() {
		service := Open(Function("shutdown-hook", "append:bye"))
		call := service.Caller().Invoke("question")
		exchange := service.Leaf().Exchange(1)

		call.Cancel()

		Expect(exchange).To(BeAbandoned())
	})
})
