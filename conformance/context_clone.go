package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a clone of a context", func() {
	It("begins with the same extensions", Requirement("extensions.clone-begins-equal"), func() {
		context := NewContext()
		context.Insert("text", "a")
		context.Insert("number", "1")

		Expect(context.Clone().Extensions()).To(Equal(map[string]string{"text": "a", "number": "1"}))
	})

	It("does not show what is inserted into the original", Requirement("extensions.clone-isolates-inserts"), func() {
		context := NewContext()
		context.Insert("text", "before")
		clone := context.Clone()

		context.Insert("text", "after")
		context.Insert("number", "1")

		Expect(clone.Extensions()).To(Equal(map[string]string{"text": "before"}))
	})

	It("does not show in the original what is inserted into it", Requirement("extensions.clone-isolates-inserts"), func() {
		context := NewContext()
		context.Insert("text", "before")
		clone := context.Clone()

		clone.Insert("text", "after")
		clone.Insert("number", "1")

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "before"}))
	})

	It("does not show in another clone what is inserted into it", Requirement("extensions.clone-isolates-inserts"), func() {
		context := NewContext()
		context.Insert("flag", "true")
		first, second := context.Clone(), context.Clone()

		first.Insert("text", "first")
		second.Insert("number", "2")

		Expect(first.Extensions()).To(Equal(map[string]string{"flag": "true", "text": "first"}))
		Expect(second.Extensions()).To(Equal(map[string]string{"flag": "true", "number": "2"}))
	})

	It("does not lose what is removed from the original", Requirement("extensions.clone-isolates-removals"), func() {
		context := NewContext()
		context.Insert("text", "kept")
		clone := context.Clone()

		context.Remove("text")

		Expect(clone.Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})

	It("takes nothing from the original when it is cleared", Requirement("extensions.clone-isolates-removals"), func() {
		context := NewContext()
		context.Insert("text", "kept")
		clone := context.Clone()

		clone.Clear()

		Expect(clone.Extensions()).To(BeEmpty())
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})

	It("does not show what is written through a handle in the original", Requirement("extensions.clone-isolates-writes"), func() {
		context := NewContext()
		context.Insert("text", "before")
		clone := context.Clone()

		context.Write("text", "after")

		Expect(clone.Get("text")).To(AnswerWith("before"))
	})

	It("does not show in the original what is written through a handle in it", Requirement("extensions.clone-isolates-writes"), func() {
		context := NewContext()
		context.Insert("text", "before")
		clone := context.Clone()

		clone.Write("text", "after")

		Expect(context.Get("text")).To(AnswerWith("before"))
	})

	It("has shared handles in common with the original", Requirement("extensions.clone-shares-handles"), func() {
		context := NewContext()
		context.Insert("counter", "1")
		clone := context.Clone()

		clone.Write("counter", "2")

		Expect(context.Get("counter")).To(AnswerWith("2"))
	})
})
