package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a connection", func() {
	It("has its state mapped once, whatever its requests", Requirement("connection.state-mapped-once"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		first := server.Connect(MappingState("append:first"))
		second := server.Connect(MappingState("append:second"))

		for _, request := range []string{"1", "2"} {
			first.Request(request)
			service.Leaf().ExchangeOf(request).Answer("ok")
		}
		second.Request("3")

		Expect(service.Applied("append:first")).To(Equal([]string{"server"}))
		Expect(service.Applied("append:second")).To(Equal([]string{"server"}))
		Expect(service.Leaf().ExchangeOf("2").State()).To(Equal("server>first"))
		Expect(service.Leaf().ExchangeOf("3").State()).To(Equal("server>second"))
	})

	It("gives its extensions to each of its requests", Requirement("connection.context-reaches-requests"), func() {
		service := Open()
		server := service.Listen(service.ContextWith("server"))
		connection := server.Connect(Inserting("text", "connection"))

		connection.Request("first")
		service.Leaf().Exchange(1).Answer("ok")
		connection.Request("second")

		Expect(service.Leaf().Exchange(1).Extensions()).To(Equal(map[string]string{"text": "connection"}))
		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"text": "connection"}))
	})

	It("counts its requests by a handle that they share", Requirement("connection.requests-share-handles"), func() {
		service := Open()
		service.Leaf().Counts("counter")
		server := service.Listen(service.ContextWith("server"))
		connection := server.Connect(Inserting("counter", "0"))

		for _, request := range []string{"1", "2", "3"} {
			connection.Request(request)
			service.Leaf().ExchangeOf(request).Answer("ok")
		}

		Expect(service.Leaf().ExchangeOf("1").Extensions()).To(HaveKeyWithValue("counter", "0"))
		Expect(service.Leaf().ExchangeOf("2").Extensions()).To(HaveKeyWithValue("counter", "1"))
		Expect(service.Leaf().ExchangeOf("3").Extensions()).To(HaveKeyWithValue("counter", "2"))
	})

	It("begins to count anew", Requirement("connection.handle-is-its-own"), func() {
		service := Open()
		service.Leaf().Counts("counter")
		server := service.Listen(service.ContextWith("server"))
		first := server.Connect(Inserting("counter", "0"))
		first.Request("1")
		service.Leaf().Exchange(1).Answer("ok")
		second := server.Connect(Inserting("counter", "0"))

		second.Request("2")
		first.Request("3")

		Expect(service.Leaf().ExchangeOf("2").Extensions()).To(HaveKeyWithValue("counter", "0"))
		Expect(service.Leaf().ExchangeOf("3").Extensions()).To(HaveKeyWithValue("counter", "1"))
	})

	It("does not show to a later request what an earlier one inserted", Requirement("connection.requests-are-independent"), func() {
		service := Open()
		service.Leaf().Inserts("text", "left behind")
		server := service.Listen(service.ContextWith("server"))
		connection := server.Connect(Inserting("number", "1"))
		connection.Request("first")
		service.Leaf().Exchange(1).Answer("ok")

		connection.Request("second")

		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("does not show to a later request what an earlier one wrote over", Requirement("connection.requests-are-independent"), func() {
		service := Open()
		service.Leaf().Writes("number", "2")
		server := service.Listen(service.ContextWith("server"))
		connection := server.Connect(Inserting("number", "1"))
		connection.Request("first")
		service.Leaf().Exchange(1).Answer("ok")

		connection.Request("second")

		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("does not show to a later request what an earlier one wrote to the state", Requirement("connection.requests-are-independent"), func() {
		service := Open()
		service.Leaf().WritesState("left behind")
		server := service.Listen(service.ContextWith("server"))
		connection := server.Connect()
		connection.Request("first")
		service.Leaf().Exchange(1).Answer("ok")

		connection.Request("second")

		Expect(service.Leaf().Exchange(2).State()).To(Equal("server"))
	})
})

var _ = Describe("a connection with streams", func() {
	It("does not show to one request what another in progress has inserted", Requirement("streams.are-independent"), func() {
		service := Open()
		service.Leaf().Inserts("text", "of another")
		server := service.Listen(service.ContextWith("server"))
		connection := server.ConnectStreams(Inserting("number", "1"))
		connection.Request("first")

		connection.Request("second")

		Expect(service.Leaf().Requests()).To(Equal([]string{"first", "second"}))
		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("gives its context to every request in progress", Requirement("streams.share-connection"), func() {
		service := Open()
		service.Leaf().Counts("counter")
		server := service.Listen(service.ContextWith("server"))
		connection := server.ConnectStreams(MappingState("append:connection"), Inserting("counter", "0"))
		connection.Request("first")

		connection.Request("second")

		Expect(service.Applied("append:connection")).To(Equal([]string{"server"}))
		Expect(service.Leaf().Exchange(2).State()).To(Equal("server>connection"))
		Expect(service.Leaf().Exchange(2).Extensions()).To(Equal(map[string]string{"counter": "1"}))
	})
})
