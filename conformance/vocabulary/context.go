package vocabulary

import (
	"fmt"
	"maps"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// CallContext is a context of the spec's own. Calls are given it by value.
type CallContext struct {
	session *session
	number  int
}

// NewContext is a context with the default state, in a fresh subject.
func NewContext() *CallContext {
	ginkgo.GinkgoHelper()
	return newSession().context(script.ContextStep{Op: script.NewContext})
}

// NewContextWith is a context with a state of that text and a new shared handle, in a fresh subject.
func NewContextWith(state string) *CallContext {
	ginkgo.GinkgoHelper()
	return newSession().context(script.ContextStep{Op: script.NewContext, Value: &state})
}

// NewGracefulContext is a context that is made for graceful shutdown, in a fresh subject.
func NewGracefulContext() *CallContext {
	ginkgo.GinkgoHelper()
	return newSession().context(script.ContextStep{Op: script.NewContext, Graceful: true})
}

// ContextWith is a context with a state of that text, for calls of the service.
func (s *Service) ContextWith(state string) *CallContext {
	ginkgo.GinkgoHelper()
	return s.session.context(script.ContextStep{Op: script.NewContext, Value: &state})
}

// GracefulContext is a context that is made for graceful shutdown, for calls of the service.
func (s *Service) GracefulContext() *CallContext {
	ginkgo.GinkgoHelper()
	return s.session.context(script.ContextStep{Op: script.NewContext, Graceful: true})
}

// context makes a context with the next number.
func (s *session) context(step script.ContextStep) *CallContext {
	ginkgo.GinkgoHelper()
	s.contexts++
	made := &CallContext{session: s, number: s.contexts}
	if answer := made.take(step); !answer.plain() {
		FailSpec(fmt.Sprintf("Expected %s to make a context, but %s.", &step, answer.outcome()))
	}
	return made
}

// Another is a new context with the default state, in the same subject.
func (c *CallContext) Another() *CallContext {
	ginkgo.GinkgoHelper()
	return c.session.context(script.ContextStep{Op: script.NewContext})
}

// Clone is a clone of the context.
func (c *CallContext) Clone() *CallContext {
	ginkgo.GinkgoHelper()
	return c.session.context(script.ContextStep{Op: script.CloneContext, Other: c.number})
}

// CloneWithState is a clone with another state.
func (c *CallContext) CloneWithState(state string) *CallContext {
	ginkgo.GinkgoHelper()
	return c.session.context(script.ContextStep{Op: script.CloneWithState, Other: c.number, Value: &state})
}

// CloneMapState is a clone with its state mapped by a function of the vocabulary.
func (c *CallContext) CloneMapState(function string) *CallContext {
	ginkgo.GinkgoHelper()
	return c.session.context(script.ContextStep{Op: script.CloneMapState, Other: c.number, Function: function})
}

// take takes one step.
func (c *CallContext) take(step script.ContextStep) *Answer {
	ginkgo.GinkgoHelper()
	answer := &Answer{step: step}
	for _, event := range c.session.do(script.Command{Do: script.OnContext, Context: c.number, Step: &step}) {
		if event.Event == script.ContextAnswer && event.Context == c.number {
			answer.event = &event
		}
	}
	return answer
}

// seen is everything that can be seen in the context.
func (c *CallContext) seen() script.Seen {
	ginkgo.GinkgoHelper()
	answer := c.take(script.ContextStep{Op: script.Look})
	if answer.event == nil || answer.event.Seen == nil {
		FailSpec(fmt.Sprintf("Expected context %d to show what is in it, but %s.", c.number, answer.outcome()))
	}
	return *answer.event.Seen
}

// State is the state's text.
func (c *CallContext) State() string { ginkgo.GinkgoHelper(); return c.seen().State }

// Shared is what the state's handle refers to.
func (c *CallContext) Shared() string { ginkgo.GinkgoHelper(); return c.seen().Shared }

// Guarded tells whether the context has a guard.
func (c *CallContext) Guarded() bool { ginkgo.GinkgoHelper(); return c.seen().Guarded }

// Extensions are the extensions by their types.
func (c *CallContext) Extensions() map[string]string { ginkgo.GinkgoHelper(); return shown(c.seen()) }

// shown is the extensions that were seen, never nil.
func shown(seen script.Seen) map[string]string {
	extensions := map[string]string{}
	maps.Copy(extensions, seen.Extensions)
	return extensions
}

// WriteState writes to the state's text.
func (c *CallContext) WriteState(text string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.WriteState, Value: &text})
}

// WriteShared writes a number to what the state's handle refers to.
func (c *CallContext) WriteShared(number string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.WriteShared, Value: &number})
}

// MapState maps the state by a function of the vocabulary. The context is what comes of that.
func (c *CallContext) MapState(function string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.MapState, Function: function})
}

// SwapState puts another state in place; the answer is the old state's text.
func (c *CallContext) SwapState(state string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.SwapState, Value: &state})
}

// TakeApart takes the context apart and puts it together again.
func (c *CallContext) TakeApart() *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Parts})
}

// Insert inserts a value; the answer is the value that it replaces.
func (c *CallContext) Insert(typ, value string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Insert, Type: typ, Value: &value})
}

// MaybeInsert inserts a value that may be absent, and is not; the answer is as for Insert.
func (c *CallContext) MaybeInsert(typ, value string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.MaybeInsert, Type: typ, Value: &value})
}

// MaybeInsertNothing inserts a value that is absent.
func (c *CallContext) MaybeInsertNothing(typ string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.MaybeInsert, Type: typ})
}

// Get is the value of a type.
func (c *CallContext) Get(typ string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Get, Type: typ})
}

// Write writes through a handle on the value of a type.
func (c *CallContext) Write(typ, value string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Update, Type: typ, Value: &value})
}

// GetOrInsert is the value of a type, made in that form if there is none.
func (c *CallContext) GetOrInsert(typ, form string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.GetOrInsert, Type: typ, Make: form})
}

// GetOrInsertAndWrite is GetOrInsert, and then a value written through the handle that it returned.
func (c *CallContext) GetOrInsertAndWrite(typ, form, value string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.GetOrInsert, Type: typ, Make: form, Write: &value})
}

// Remove removes the value of a type; the answer is that value.
func (c *CallContext) Remove(typ string) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Remove, Type: typ})
}

// Clear removes all extensions.
func (c *CallContext) Clear() *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Clear})
}

// Extend moves the extensions of another context of the same subject into this one.
func (c *CallContext) Extend(other *CallContext) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Extend, Other: other.number})
}

// Match runs a matcher; the answer is true or false.
func (c *CallContext) Match(matcher script.Matcher) *Answer {
	ginkgo.GinkgoHelper()
	return c.take(script.ContextStep{Op: script.Match, Matcher: &matcher})
}

// Applied lists the runs of a function of the vocabulary so far, by what each was applied to.
func (c *CallContext) Applied(function string) []string { return c.session.applied(function) }

// Extensions are the extensions that the call came with. The spec fails if it came without a context.
func (x *Exchange) Extensions() map[string]string {
	ginkgo.GinkgoHelper()
	return shown(x.context())
}

// State is the text of the state that the call came with. The spec fails if it came without a context.
func (x *Exchange) State() string { ginkgo.GinkgoHelper(); return x.context().State }

// Shared is what the handle in the state that the call came with referred to. The spec fails if it came without a context.
func (x *Exchange) Shared() string { ginkgo.GinkgoHelper(); return x.context().Shared }

// Guarded tells whether the call came with a guard. The spec fails if it came without a context.
func (x *Exchange) Guarded() bool { ginkgo.GinkgoHelper(); return x.context().Guarded }

func (x *Exchange) context() script.Seen {
	ginkgo.GinkgoHelper()
	if x.seen == nil {
		FailSpec(fmt.Sprintf("Expected exchange %d to come with a context, but it came without one.", x.number))
	}
	return *x.seen
}

// Matches is a matcher that inserts an extension and matches.
func Matches(typ, value string) script.Matcher {
	return script.Matcher{Matcher: "match", Type: typ, Value: value}
}

// Misses is a matcher that inserts an extension and does not match.
func Misses(typ, value string) script.Matcher {
	return script.Matcher{Matcher: "miss", Type: typ, Value: value}
}

// MissesPlainly is a matcher that inserts nothing and does not match.
func MissesPlainly() script.Matcher { return script.Matcher{Matcher: "miss"} }

// AllOf matches if all matchers do.
func AllOf(matchers ...script.Matcher) script.Matcher {
	return script.Matcher{Matcher: "and", Of: matchers}
}

// AnyOf matches if any matcher does.
func AnyOf(matchers ...script.Matcher) script.Matcher {
	return script.Matcher{Matcher: "or", Of: matchers}
}

// NotMatching matches if the matcher does not.
func NotMatching(matcher script.Matcher) script.Matcher {
	return script.Matcher{Matcher: "not", Of: []script.Matcher{matcher}}
}

// NoMatcher is an option that holds no matcher.
func NoMatcher() script.Matcher { return script.Matcher{Matcher: "none"} }
