package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a matcher", func() {
	It("that matches inserts its metadata", Requirement("matcher.match-inserts-metadata"), func() {
		context := NewContext()

		Expect(context.Match(Matches("text", "found"))).To(AnswerWith("true"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "found"}))
	})

	It("that matches inserts its metadata beside a not", Requirement("matcher.match-inserts-metadata"), func() {
		context := NewContext()

		Expect(context.Match(AllOf(Matches("text", "found"), NotMatching(MissesPlainly())))).To(AnswerWith("true"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "found"}))
	})

	It("that does not match inserts nothing", Requirement("matcher.miss-inserts-nothing"), func() {
		context := NewContext()
		context.Insert("number", "1")

		Expect(context.Match(Misses("text", "leaked"))).To(AnswerWith("false"))
		Expect(context.Extensions()).To(Equal(map[string]string{"number": "1"}))
	})

	It("made of several by and inserts the metadata of all", Requirement("matcher-and.inserts-only-if-all-match"), func() {
		context := NewContext()

		Expect(context.Match(AllOf(Matches("text", "a"), Matches("number", "1")))).To(AnswerWith("true"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "a", "number": "1"}))
	})

	It("made of several by and inserts nothing when one does not match", Requirement("matcher-and.inserts-only-if-all-match"), func() {
		context := NewContext()

		Expect(context.Match(AllOf(Matches("text", "a"), Misses("number", "1")))).To(AnswerWith("false"))
		Expect(context.Extensions()).To(BeEmpty())
	})

	It("made of alternatives by or forgets what a failed one found", Requirement("matcher-or.forgets-failed-alternatives"), func() {
		context := NewContext()
		failed := AllOf(Matches("text", "leaked"), Misses("number", "1"))

		Expect(context.Match(AnyOf(failed, Matches("flag", "true")))).To(AnswerWith("true"))
		Expect(context.Extensions()).To(Equal(map[string]string{"flag": "true"}))
	})

	It("made by not inserts nothing of what is inside", Requirement("matcher-not.inserts-nothing"), func() {
		context := NewContext()

		Expect(context.Match(NotMatching(Matches("text", "leaked")))).To(AnswerWith("false"))
		Expect(context.Match(NotMatching(Misses("number", "1")))).To(AnswerWith("true"))
		Expect(context.Extensions()).To(BeEmpty())
	})

	It("made by not of a not inserts nothing of what is inside", Requirement("matcher-not.inserts-nothing"), func() {
		context := NewContext()

		Expect(context.Match(NotMatching(NotMatching(Matches("text", "leaked"))))).To(AnswerWith("true"))
		Expect(context.Extensions()).To(BeEmpty())
	})

	It("made of none matches, and one that is absent does not", Requirement("matcher.empty-combinations"), func() {
		context := NewContext()

		Expect(context.Match(AllOf())).To(AnswerWith("true"))
		Expect(context.Match(AnyOf())).To(AnswerWith("true"))
		Expect(context.Match(NoMatcher())).To(AnswerWith("false"))
	})
})
