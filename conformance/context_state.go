package conformance

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a new context", func() {
	It("has no extensions, whatever others have", Requirement("context.starts-empty"), func() {
		first := NewContext()
		first.Insert("text", "first")

		second := first.Another()

		Expect(second.Extensions()).To(BeEmpty())
		Expect(first.Get("text")).To(AnswerWith("first"))
	})

	It("holds the default state, whatever others were made with", Requirement("context.default-state"), func() {
		first := NewContextWith("given")

		second := first.Another()

		Expect(second.State()).To(BeEmpty())
		Expect(second.Shared()).To(Equal("0"))
	})

	It("holds the state that it was made with", Requirement("context.holds-given-state"), func() {
		Expect(NewContextWith("given").State()).To(Equal("given"))
	})
})

var _ = Describe("the state of a context", func() {
	It("shows what is written to it", Requirement("context-state.write-shows"), func() {
		context := NewContextWith("old")

		context.WriteState("new")

		Expect(context.State()).To(Equal("new"))
	})

	It("does not show what is written to that of a clone", Requirement("context-state.clone-isolates-plain-fields"), func() {
		context := NewContextWith("old")
		clone := context.Clone()

		clone.WriteState("new")

		Expect(clone.State()).To(Equal("new"))
		Expect(context.State()).To(Equal("old"))
	})

	It("does not show in a clone what is written to it later", Requirement("context-state.clone-isolates-plain-fields"), func() {
		context := NewContextWith("old")
		clone := context.Clone()

		context.WriteState("new")

		Expect(clone.State()).To(Equal("old"))
	})

	It("has its shared handles in common with a clone", Requirement("context-state.clone-shares-handles"), func() {
		context := NewContextWith("state")
		clone := context.Clone()

		clone.WriteShared("7")

		Expect(context.Shared()).To(Equal("7"))
	})
})

var _ = Describe("mapping the state of a context", func() {
	It("applies the function once", Requirement("context-state-map.applied-once"), func() {
		context := NewContextWith("state")

		context.MapState("append:mapped")

		Expect(context.Applied("append:mapped")).To(Equal([]string{"state"}))
		Expect(context.State()).To(Equal("state>mapped"))
	})

	It("keeps the extensions", Requirement("context-state-map.keeps-extensions"), func() {
		context := NewContextWith("state")
		context.Insert("text", "kept")

		context.MapState("append:mapped")

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})
})

var _ = Describe("swapping the state of a context", func() {
	It("returns the old state and holds the new", Requirement("context-state-swap.returns-old"), func() {
		context := NewContextWith("old")

		old := context.SwapState("new")

		Expect(old).To(AnswerWith("old"))
		Expect(context.State()).To(Equal("new"))
	})

	It("keeps the extensions", Requirement("context-state-swap.keeps-extensions"), func() {
		context := NewContextWith("old")
		context.Insert("text", "kept")

		context.SwapState("new")

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})
})

var _ = Describe("a clone with another state", func() {
	It("holds that state, the original its own", Requirement("clone-with-state.holds-other-state"), func() {
		context := NewContextWith("old")

		clone := context.CloneWithState("new")

		Expect(clone.State()).To(Equal("new"))
		Expect(context.State()).To(Equal("old"))
	})

	It("begins with the same extensions", Requirement("clone-with-state.isolates-extensions"), func() {
		context := NewContextWith("old")
		context.Insert("text", "kept")

		Expect(context.CloneWithState("new").Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})

	It("does not show what is inserted into the other afterwards", Requirement("clone-with-state.isolates-extensions"), func() {
		context := NewContextWith("old")
		clone := context.CloneWithState("new")

		context.Insert("text", "original")
		clone.Insert("number", "1")

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "original"}))
		Expect(clone.Extensions()).To(Equal(map[string]string{"number": "1"}))
	})
})

var _ = Describe("a clone with its state mapped", func() {
	It("holds what the function returned, the original its own", Requirement("clone-map-state.maps-clone-only"), func() {
		context := NewContextWith("state")

		clone := context.CloneMapState("append:mapped")

		Expect(clone.State()).To(Equal("state>mapped"))
		Expect(context.State()).To(Equal("state"))
	})

	It("begins with the same extensions", Requirement("clone-map-state.isolates-extensions"), func() {
		context := NewContextWith("state")
		context.Insert("text", "kept")

		Expect(context.CloneMapState("append:mapped").Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})

	It("does not show what is inserted into the other afterwards", Requirement("clone-map-state.isolates-extensions"), func() {
		context := NewContextWith("state")
		clone := context.CloneMapState("append:mapped")

		context.Insert("text", "original")
		clone.Insert("number", "1")

		Expect(context.Extensions()).To(Equal(map[string]string{"text": "original"}))
		Expect(clone.Extensions()).To(Equal(map[string]string{"number": "1"}))
	})
})

var _ = Describe("a context put together from its parts", func() {
	It("has the same state and extensions", Requirement("context-parts.round-trip"), func() {
		context := NewContextWith("state")
		context.Insert("text", "kept")
		context.WriteShared("7")

		context.TakeApart()

		Expect(context.State()).To(Equal("state"))
		Expect(context.Shared()).To(Equal("7"))
		Expect(context.Extensions()).To(Equal(map[string]string{"text": "kept"}))
	})
})
