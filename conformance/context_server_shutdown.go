package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// aWhile is the second that a shutdown may take to see that it is complete.
const aWhile = time.Second

var _ = Describe("a server that shuts down", func() {
	It("accepts no more connections", Requirement("server-shutdown.stops-accepting"), func() {
		service := Open()
		server := service.Listen(service.GracefulContext())
		server.Connect().Request("in progress")

		server.Shutdown()
		_, opening := server.TryConnect()

		Expect(service.Leaf()).To(HaveReceived("in progress"))
		Expect(opening).NotTo(BeDone())
	})

	It("lets the requests in progress go on", Requirement("server-shutdown.requests-go-on"), func() {
		service := Open()
		server := service.Listen(service.GracefulContext())
		request := server.Connect().Request("in progress")

		server.Shutdown()

		Expect(service.Leaf().Exchange(1)).NotTo(BeAbandoned())
		service.Leaf().Exchange(1).Answer("answered")
		Expect(request).To(HaveResponse("answered"))
	})

	It("is done when the last request has ended", Requirement("server-shutdown.ends-with-last-request"), func() {
		service := Open()
		server := service.Listen(service.GracefulContext())
		server.Connect().Request("first")
		server.Connect().Request("second")
		shutdown := server.Shutdown()

		service.Leaf().ExchangeOf("first").Answer("ok")
		service.Advance(aWhile)
		Expect(shutdown).To(BePending())

		service.Leaf().ExchangeOf("second").Answer("ok")
		service.Advance(aWhile)
		Expect(shutdown).To(BeDone())
	})

	It("does not wait for connections that rest", Requirement("server-shutdown.ends-with-last-request"), func() {
		service := Open()
		server := service.Listen(service.GracefulContext())
		server.Connect().Request("request")
		service.Leaf().Exchange(1).Answer("ok")

		shutdown := server.Shutdown()
		service.Advance(aWhile)

		Expect(shutdown).To(BeDone())
	})

	It("waits for work that a request has spawned", Requirement("server-shutdown.waits-for-spawned-work"), func() {
		service := Open()
		service.Leaf().Spawns("worker")
		server := service.Listen(service.GracefulContext())
		server.Connect().Request("request")
		service.Leaf().Exchange(1).Answer("ok")
		shutdown := server.Shutdown()
		service.Advance(aWhile)
		Expect(shutdown).To(BePending())

		service.LeafNamed("worker").Exchange(1).Answer("ok")
		service.Advance(aWhile)

		Expect(shutdown).To(BeDone())
	})
})

var _ = Describe("work that a call spawns", func() {
	It("goes on after the call", Requirement("spawn.outlives-call"), func() {
		service := Open()
		service.Leaf().Spawns("worker")
		call := service.Caller().InvokeIn(service.ContextWith("state"), "request")

		service.Leaf().Exchange(1).Answer("ok")

		Expect(call).To(HaveResponse("ok"))
		Expect(service.LeafNamed("worker").Exchange(1)).NotTo(BeAbandoned())
	})

	It("goes on after a request", Requirement("spawn.outlives-request"), func() {
		service := Open()
		service.Leaf().Spawns("worker")
		server := service.Listen(service.ContextWith("server"))
		request := server.Connect().Request("request")

		service.Leaf().Exchange(1).Answer("ok")

		Expect(request).To(HaveResponse("ok"))
		Expect(service.LeafNamed("worker").Exchange(1)).NotTo(BeAbandoned())
	})
})
