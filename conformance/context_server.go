package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a server", func() {
	It("gives its context to the requests of every connection", Requirement("server.context-reaches-requests"), func() {
		service := Open()
		context := service.ContextWith("server")
		context.Insert("text", "of the server")
		server := service.Listen(context)

		server.Connect().Request("first")
		server.Connect().Request("second")

		for _, request := range []string{"first", "second"} {
			received := service.Leaf().ExchangeOf(request)
			Expect(received.State()).To(Equal("server"))
			Expect(received.Extensions()).To(Equal(map[string]string{"text": "of the server"}))
		}
	})

	It("has a context that nobody else writes to", Requirement("server.owns-context"), func() {
		service := Open()
		context := service.ContextWith("server")
		server := service.Listen(context)

		context.WriteState("later")
		context.Insert("text", "later")
		server.Connect().Request("request")

		received := service.Leaf().Exchange(1)
		Expect(received.State()).To(Equal("server"))
		Expect(received.Extensions()).To(BeEmpty())
	})

	It("does not write to the context that it was given", Requirement("server.connection-changes-stay-inside"), func() {
		service := Open()
		context := service.ContextWith("server")
		context.Insert("number", "1")
		server := service.Listen(context)

		server.Connect(WritingState("connection"), Inserting("text", "connection")).Request("request")

		Expect(service.Leaf().Requests()).To(Equal([]string{"request"}))
		Expect(context.State()).To(Equal("server"))
		Expect(context.Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("counts its connections by a handle that they share", Requirement("server.connections-share-handles"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))

		server.Connect(CountingOnState()).Request("first")
		server.Connect(CountingOnState()).Request("second")

		Expect(service.Leaf().ExchangeOf("first").Shared()).To(Equal("1"))
		Expect(service.Leaf().ExchangeOf("second").Shared()).To(Equal("2"))
	})

	It("keeps the extensions of its connections apart", Requirement("server.connections-are-independent"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		first := server.Connect(Inserting("text", "first"))
		second := server.Connect(Inserting("number", "2"))

		first.Request("of the first")
		second.Request("of the second")

		Expect(service.Leaf().ExchangeOf("of the first").Extensions()).To(Equal(map[string]string{"text": "first"}))
		Expect(service.Leaf().ExchangeOf("of the second").Extensions()).To(Equal(map[string]string{"number": "2"}))
	})

	It("keeps the plain fields of the states of its connections apart", Requirement("server.connections-are-independent"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		first := server.Connect(WritingState("first"))
		second := server.Connect()

		first.Request("of the first")
		second.Request("of the second")

		Expect(service.Leaf().ExchangeOf("of the first").State()).To(Equal("first"))
		Expect(service.Leaf().ExchangeOf("of the second").State()).To(Equal("server"))
	})

	It("keeps nothing of a connection that was closed", Requirement("server.connections-are-independent"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		first := server.Connect(Inserting("text", "first"))
		first.Request("of the first")
		service.Leaf().Exchange(1).Answer("ok")
		first.Disconnect()

		server.Connect(Inserting("number", "2")).Request("of the second")

		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"number": "2"}))
	})

	It("goes on to accept after the service has failed", Requirement("server.service-error-keeps-accepting"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		server.Connect().Request("fails")
		service.Leaf().Exchange(1).Fail("boom")

		server.Connect().Request("comes later")

		Expect(service.Leaf()).To(HaveReceived("fails", "comes later"))
	})

	It("goes on to accept after it could not make the context of a connection", Requirement("server.failed-connection-keeps-accepting"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		server.ConnectInVain("boom", WritingState("of another"))

		server.Connect().Request("request")

		Expect(service.Leaf().Exchange(1).State()).To(Equal("server"))
	})

	It("goes on to accept after making the context of a connection has panicked", Requirement("server.panicked-connection-keeps-accepting"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		server.TryConnect(MappingState("panic"))

		server.Connect().Request("request")

		Expect(service.Leaf().Exchange(1).State()).To(Equal("server"))
	})

	It("goes on to accept after an attempt to accept has failed", Requirement("server.failed-accept-keeps-accepting"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		server.FailAccept()
		connection, opening := server.TryConnect()

		service.Advance(time.Minute)

		Expect(opening).To(BeDone())
		connection.Request("request")
		Expect(service.Leaf()).To(HaveReceived("request"))
	})

	It("hands its guard down to requests", Requirement("server.guard-reaches-requests"), func() {
		service := Open()
		server := service.Listen(service.GracefulContext())

		server.Connect().Request("request")

		Expect(service.Leaf().Exchange(1).Guarded()).To(BeTrue())
	})
})
