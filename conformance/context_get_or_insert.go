package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("getting or inserting an extension", func() {
	It("returns the value that is present", Requirement("get-or-insert.returns-present"), func() {
		context := NewContext()
		context.Insert("text", "present")

		Expect(context.GetOrInsert("text", "value:other")).To(AnswerWith("present"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "present"}))
	})

	DescribeTable("runs no function when a value is present", Requirement("get-or-insert.present-runs-nothing"),
		func(form string) {
			context := NewContext()
			context.Insert("text", "present")

			Expect(context.GetOrInsert("text", form)).To(AnswerWith("present"))
			Expect(context.Applied(form)).To(BeEmpty())
		},
		Entry("that returns a value", "make:other"),
		Entry("that reads the context", "from:text"),
		Entry("that could fail", "fail:boom"),
	)

	It("inserts the given value where there is none", Requirement("get-or-insert.absent-inserts-value"), func() {
		context := NewContext()

		Expect(context.GetOrInsert("text", "value:new")).To(AnswerWith("new"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "new"}))
	})

	It("inserts the default of the type where there is none", Requirement("get-or-insert.absent-inserts-default"), func() {
		context := NewContext()

		Expect(context.GetOrInsert("number", "default")).To(AnswerWith("0"))
		Expect(context.Extensions()).To(Equal(map[string]string{"number": "0"}))
	})

	DescribeTable("runs the function once where there is none", Requirement("get-or-insert.absent-runs-once"),
		func(form string) {
			context := NewContext()

			Expect(context.GetOrInsert("text", form)).To(AnswerWith("new"))
			Expect(context.Applied(form)).To(HaveLen(1))
			Expect(context.Extensions()).To(Equal(map[string]string{"text": "new"}))
		},
		Entry("that returns a value", "make:new"),
		Entry("that could fail", "try:new"),
	)

	It("shows the context to the function", Requirement("get-or-insert.function-reads-context"), func() {
		context := NewContextWith("old")
		context.Insert("number", "1")
		context.WriteState("state")
		context.Write("number", "2")

		Expect(context.GetOrInsert("text", "from:number")).To(AnswerWith("state>2"))
	})

	It("returns a handle that writes through, also on a new value", Requirement("get-or-insert.handle-writes-through"), func() {
		context := NewContext()

		context.GetOrInsertAndWrite("text", "make:new", "written")

		Expect(context.Get("text")).To(AnswerWith("written"))
	})

	It("returns a handle that writes through to a value that is present", Requirement("get-or-insert.handle-writes-through"), func() {
		context := NewContext()
		context.Insert("text", "present")

		context.GetOrInsertAndWrite("text", "value:new", "written")

		Expect(context.Get("text")).To(AnswerWith("written"))
	})

	It("returns the error of a function that fails", Requirement("get-or-insert.failure-is-returned"), func() {
		Expect(NewContext().GetOrInsert("text", "fail:outer<inner")).To(AnswerError("outer", "inner"))
	})

	It("inserts nothing when the function fails, and something when the next succeeds", Requirement("get-or-insert.failure-inserts-nothing"), func() {
		context := NewContext()
		context.GetOrInsert("text", "fail:boom")
		Expect(context.Extensions()).To(BeEmpty())

		Expect(context.GetOrInsert("text", "try:new")).To(AnswerWith("new"))
	})

	It("inserts nothing when the function panics", Requirement("get-or-insert.panic-inserts-nothing"), func() {
		context := NewContext()

		context.GetOrInsert("text", "panic")

		Expect(context.Applied("panic")).To(HaveLen(1))
		Expect(context.Extensions()).To(BeEmpty())
	})

	It("works on after a function that panicked", Requirement("get-or-insert.panic-leaves-usable"), func() {
		context := NewContext()

		context.GetOrInsert("text", "panic")

		Expect(context.Insert("number", "1")).To(AnswerNothing())
		Expect(context.GetOrInsert("text", "make:new")).To(AnswerWith("new"))
	})
})

var _ = Describe("extending a context", func() {
	It("adds the values of the other to its own", Requirement("extend.adds-others"), func() {
		context := NewContext()
		context.Insert("text", "own")
		other := context.Another()
		other.Insert("number", "1")

		context.Extend(other)

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "own", "number": "1"}))
	})

	It("prefers the values of the other", Requirement("extend.other-wins"), func() {
		context := NewContext()
		context.Insert("text", "own")
		other := context.Another()
		other.Insert("text", "other")

		context.Extend(other)

		Expect(context.Get("text")).To(AnswerWith("other"))
	})

	It("leaves the other without extensions", Requirement("extend.consumes-other"), func() {
		context := NewContext()
		other := context.Another()
		other.Insert("text", "other")

		context.Extend(other)

		Expect(other.Extensions()).To(BeEmpty())
	})

	It("has nothing to do with the other afterwards", Requirement("extend.leaves-no-alias"), func() {
		context := NewContext()
		other := context.Another()
		other.Insert("text", "other")
		context.Extend(other)

		other.Insert("text", "later")
		other.Insert("number", "1")

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "other"}))
	})
})
