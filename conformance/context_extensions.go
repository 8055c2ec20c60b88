package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/plumbline-spec/plumbline/conformance/script"
	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("an extension", func() {
	It("is found by its own type and by no other", Requirement("extensions.keyed-by-static-type"), func() {
		context := NewContext()
		context.Insert(script.Text, "a")
		context.Insert(script.Name, "b")
		context.Insert(script.Number, "1")
		context.Insert(script.Counter, "2")
		context.Insert(script.OptionalText, "some:c")

		Expect(context.Extensions()).To(Equal(map[string]string{
			script.Text: "a", script.Name: "b", script.Number: "1", script.Counter: "2", script.OptionalText: "some:c",
		}))
	})

	DescribeTable("is not found by a type that looks like its own", Requirement("extensions.keyed-by-static-type"),
		func(typ, value string) {
			context := NewContext()

			context.Insert(typ, value)

			Expect(context.Extensions()).To(Equal(map[string]string{typ: value}))
		},
		Entry("as a newtype", script.Name, "a"),
		Entry("as an option", script.OptionalText, "some:a"),
		Entry("as a shared handle", script.Counter, "1"),
	)

	It("is found by the interface that it was inserted under", Requirement("extensions.interface-is-a-type"), func() {
		context := NewContext()

		context.Insert(script.HiddenText, "a")

		Expect(context.Extensions()).To(Equal(map[string]string{script.HiddenText: "a"}))
	})

	DescribeTable("is as present as any other", Requirement("extensions.zero-is-present"),
		func(typ, value string) {
			context := NewContext()

			context.Insert(typ, value)

			Expect(context.Get(typ)).To(AnswerWith(value))
			Expect(context.Extensions()).To(Equal(map[string]string{typ: value}))
		},
		Entry("when it is zero", script.Number, "0"),
		Entry("when it is empty", script.Text, ""),
		Entry("when it is false", script.Flag, "false"),
		Entry("when it is an empty option", script.OptionalText, "none"),
		Entry("when it is the only value of its type", script.Marker, script.Marker),
	)

	It("is present when it is an interface with nothing in it", Requirement("extensions.nil-is-present"), func() {
		context := NewContext()

		context.Insert(script.HiddenText, "nil")

		Expect(context.Extensions()).To(Equal(map[string]string{script.HiddenText: "nil"}))
	})
})

var _ = Describe("inserting an extension", func() {
	It("replaces the value of the same type", Requirement("extensions.insert-replaces"), func() {
		context := NewContext()
		context.Insert("text", "old")

		context.Insert("text", "new")

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "new"}))
	})

	It("returns the value that it replaces", Requirement("extensions.insert-returns-previous"), func() {
		context := NewContext()
		context.Insert("text", "old")

		Expect(context.Insert("text", "new")).To(AnswerWith("old"))
	})

	It("returns nothing where there was nothing", Requirement("extensions.insert-returns-previous"), func() {
		context := NewContext()
		context.Insert("number", "1")

		Expect(context.Insert("text", "new")).To(AnswerNothing())
	})

	It("returns nothing after a removal", Requirement("extensions.removed-is-no-previous"), func() {
		context := NewContext()
		context.Insert("text", "old")
		context.Remove("text")

		Expect(context.Insert("text", "new")).To(AnswerNothing())
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "new"}))
	})

	It("returns nothing after clearing", Requirement("extensions.removed-is-no-previous"), func() {
		context := NewContext()
		context.Insert("text", "old")
		context.Clear()

		Expect(context.Insert("text", "new")).To(AnswerNothing())
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "new"}))
	})
})

var _ = Describe("inserting an extension that may be absent", func() {
	It("inserts the value and returns the one before", Requirement("extensions.maybe-insert-inserts"), func() {
		context := NewContext()
		context.Insert("text", "old")

		Expect(context.MaybeInsert("text", "new")).To(AnswerWith("old"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "new"}))
	})

	It("does nothing when it is absent", Requirement("extensions.maybe-insert-absent-does-nothing"), func() {
		context := NewContext()
		context.Insert("text", "old")

		Expect(context.MaybeInsertNothing("text")).To(AnswerNothing())
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "old"}))
	})
})

var _ = Describe("asking for an extension", func() {
	It("that is absent is answered with nothing, and creates nothing", Requirement("extensions.get-absent-creates-nothing"), func() {
		context := NewContext()
		context.Insert("text", "other")

		Expect(context.Get("number")).To(AnswerNothing())
		Expect(context.Write("flag", "true")).To(AnswerNothing())
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "other"}))
	})

	It("gives a handle that writes through", Requirement("extensions.handle-writes-through"), func() {
		context := NewContext()
		context.Insert("text", "old")

		context.Write("text", "new")

		Expect(context.Get("text")).To(AnswerWith("new"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "new"}))
	})
})

var _ = Describe("removing extensions", func() {
	It("returns the value once", Requirement("extensions.remove-returns-once"), func() {
		context := NewContext()
		context.Insert("text", "value")

		Expect(context.Remove("text")).To(AnswerWith("value"))
		Expect(context.Remove("text")).To(AnswerNothing())
		Expect(context.Extensions()).To(BeEmpty())
	})

	It("leaves the values of other types", Requirement("extensions.remove-leaves-others"), func() {
		context := NewContext()
		context.Insert("text", "removed")
		context.Insert("number", "1")
		context.Insert("flag", "true")

		context.Remove("text")

		Expect(context.Get("number")).To(AnswerWith("1"))
		Expect(context.Get("flag")).To(AnswerWith("true"))
	})

	It("by clearing removes all, also of a context that has none", Requirement("extensions.clear-removes-all"), func() {
		context := NewContext()
		context.Insert("text", "removed")
		context.Insert("number", "1")

		Expect(context.Clear()).To(AnswerNothing())
		Expect(context.Clear()).To(AnswerNothing())

		Expect(context.Extensions()).To(BeEmpty())
	})

	It("by clearing keeps the state", Requirement("extensions.clear-keeps-state"), func() {
		context := NewContextWith("kept")

		context.Clear()

		Expect(context.State()).To(Equal("kept"))
	})
})
