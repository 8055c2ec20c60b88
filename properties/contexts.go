package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// values are the text forms of values that are drawn, by type: the zero value of each is among them.
var values = map[string][]string{
	script.Number:       {"1", "0", "7"},
	script.Text:         {"a", "", "b"},
	script.Name:         {"a", "", "n"},
	script.Flag:         {"true", "false"},
	script.Marker:       {"marker"},
	script.OptionalText: {"some:a", "none", "some:"},
	script.Counter:      {"1", "0", "5"},
	script.HiddenText:   {"h", "nil", ""},
}

// valued draws a type with a value of it.
func valued(rt *rapid.T) (typ string, value *string) {
	typ = one(rt, script.Types()...)
	return typ, new(one(rt, values[typ]...))
}

// onContext takes a step on a context that there is.
func (e *explorer) onContext(step script.ContextStep) {
	e.do(script.Command{Do: script.OnContext, Context: rapid.IntRange(1, e.contexts).Draw(e.rt, "context"), Step: &step})
}

// makeContext takes a step that makes a new context.
func (e *explorer) makeContext(step script.ContextStep) {
	if step.Op != script.NewContext {
		step.Other = rapid.IntRange(1, e.contexts).Draw(e.rt, "other")
	}
	if e.audience.Declares.step(step) {
		e.contexts++
		e.do(script.Command{Do: script.OnContext, Context: e.contexts, Step: &step})
	}
}

func newContext(e *explorer) bool {
	step := script.ContextStep{Op: script.NewContext, Graceful: rapid.Bool().Draw(e.rt, "graceful") && e.audience.Declares("guard")}
	if rapid.Bool().Draw(e.rt, "given") {
		step.Value = new(one(e.rt, "s", "t", ""))
	}
	e.makeContext(step)
	return true
}

func derivedContext(e *explorer) bool {
	if e.contexts == 0 {
		return newContext(e)
	}
	e.makeContext(one(e.rt,
		script.ContextStep{Op: script.CloneContext}, script.ContextStep{Op: script.CloneContext}, script.ContextStep{Op: script.CloneContext},
		script.ContextStep{Op: script.CloneWithState, Value: new("w")}, script.ContextStep{Op: script.CloneMapState, Function: "append:c"}))
	return true
}

func lookAtContext(e *explorer) bool {
	if e.contexts == 0 {
		return newContext(e)
	}
	e.onContext(script.ContextStep{Op: script.Look})
	return true
}

func changeState(e *explorer) bool {
	if e.contexts == 0 {
		return newContext(e)
	}
	e.onContext(one(e.rt,
		script.ContextStep{Op: script.WriteState, Value: new("x")}, script.ContextStep{Op: script.ReadState}, script.ContextStep{Op: script.WriteShared, Value: new("3")},
		script.ContextStep{Op: script.MapState, Function: "append:m"}, script.ContextStep{Op: script.SwapState, Value: new("y")}, script.ContextStep{Op: script.Parts}))
	return true
}

func changeExtensions(e *explorer) bool {
	if e.contexts == 0 {
		return newContext(e)
	}
	typ, value := valued(e.rt)
	e.onContext(one(e.rt,
		script.ContextStep{Op: script.Insert, Type: typ, Value: value}, script.ContextStep{Op: script.Insert, Type: typ, Value: value},
		script.ContextStep{Op: script.Get, Type: typ}, script.ContextStep{Op: script.Remove, Type: typ},
		script.ContextStep{Op: script.Update, Type: typ, Value: value}, script.ContextStep{Op: script.MaybeInsert, Type: typ, Value: value},
		script.ContextStep{Op: script.MaybeInsert, Type: typ}, script.ContextStep{Op: script.Clear}))
	return true
}

func getOrInsert(e *explorer) bool {
	if e.contexts == 0 {
		return newContext(e)
	}
	typ, value := valued(e.rt)
	step := script.ContextStep{Op: script.GetOrInsert, Type: typ}
	step.Make = one(e.rt, script.MakeValue+*value, script.MakeFunction+*value, script.MakeDefault, script.MakeTry+*value, script.MakeFail+"make", script.MakePanic)
	if typ == script.Text && rapid.Bool().Draw(e.rt, "from") {
		step.Make = script.MakeContext + script.Number
	}
	if typ == script.Counter && step.Make == script.MakeDefault {
		step.Make = script.MakeValue + *value // what a handle refers to by default is not specified
	}
	if rapid.Bool().Draw(e.rt, "write") {
		step.Write = new(one(e.rt, values[typ]...))
	}
	e.onContext(step)
	return true
}

func extend(e *explorer) bool {
	if e.contexts < 2 {
		return false
	}
	context := rapid.IntRange(1, e.contexts).Draw(e.rt, "context")
	other := rapid.IntRange(1, e.contexts).Draw(e.rt, "other")
	if other == context {
		return false
	}
	e.do(script.Command{Do: script.OnContext, Context: context, Step: &script.ContextStep{Op: script.Extend, Other: other}})
	return true
}

func match(e *explorer) bool {
	if e.contexts == 0 {
		return newContext(e)
	}
	m := matcher(e.rt, 2)
	e.onContext(script.ContextStep{Op: script.Match, Matcher: &m})
	return true
}

func matcher(rt *rapid.T, depth int) script.Matcher {
	kind := one(rt, "match", "miss", "none", "and", "or", "not")
	m := script.Matcher{Matcher: kind}
	switch {
	case kind == "match" || kind == "miss" || depth == 0:
		if kind != "miss" {
			m.Matcher = "match"
		}
		typ, value := valued(rt)
		if *value == "" || *value == "nil" {
			return m
		}
		m.Type, m.Value = typ, *value
	case kind == "not":
		m.Of = []script.Matcher{matcher(rt, depth-1)}
	case kind != "none":
		for range rapid.IntRange(0, 2).Draw(rt, "of") {
			m.Of = append(m.Of, matcher(rt, depth-1))
		}
	}
	return m
}

// invokeIn makes a call in a context.
func invokeIn(e *explorer) bool {
	if e.contexts == 0 {
		return newContext(e)
	}
	if e.audience.OneCaller {
		return false
	}
	c := e.newCaller()
	context := rapid.IntRange(1, e.contexts).Draw(e.rt, "context")
	e.start(c, script.Command{Do: script.Invoke, Request: e.request(), Context: context})
	return true
}

// leafContext has the leaf change the context that it receives: often what a layer has inserted.
func leafContext(e *explorer) bool {
	typ, value := valued(e.rt)
	if len(e.added) > 0 && rapid.Bool().Draw(e.rt, "added") {
		typ = one(e.rt, e.added...)
		value = new(one(e.rt, values[typ]...))
	}
	steps := []script.ContextStep{{Op: script.Insert, Type: typ, Value: value}}
	switch rapid.IntRange(0, 3).Draw(e.rt, "change") {
	case 0:
		steps = append(steps, script.ContextStep{Op: script.WriteState, Value: new("leaf")})
	case 1:
		steps = []script.ContextStep{{Op: script.Update, Type: typ, Value: value}}
	}
	e.do(script.Command{Do: script.SetLeaf, Leaf: &script.Leaf{Name: one(e.rt, e.scene.leaves...), Context: steps}})
	return true
}

// contextual draws a layer that has to do with contexts.
func contextual(rt *rapid.T) script.Layer {
	typ, value := valued(rt)
	return one(rt,
		script.Layer{Name: "add-extension", Type: typ, Value: *value}, script.Layer{Name: "add-extension", Type: script.Number, Value: "7"},
		script.Layer{Name: "get-extension", Type: one(rt, script.Text, script.Number), Function: fmt.Sprintf("see:s%d", rapid.IntRange(1, 3).Draw(rt, "n"))},
		function("map-state", "append:l"),
		script.Layer{Name: "retry", Policy: &script.Policy{Retries: 2}}, script.Layer{Name: "buffer", Bound: new(3)}, script.Layer{Name: "concurrency-limit", Limit: new(1)},
		layer("boxed"), second(rt),
	)
}

var onContexts = slices.Concat([]action{newContext}, many(3, derivedContext), many(3, lookAtContext), many(2, changeState), many(5, changeExtensions), []action{extend})

var contextScenes = []scene{
	{name: "contexts", needs: []string{"context"}, built: -1, actions: onContexts},
	{name: "values made on demand", needs: []string{"extensions-get-or-insert"}, built: -1, actions: slices.Concat([]action{newContext, derivedContext}, many(2, lookAtContext), many(3, changeExtensions), many(4, getOrInsert))},
	{name: "matchers", needs: []string{"matchers"}, built: -1, actions: slices.Concat([]action{newContext, derivedContext, changeExtensions}, many(2, lookAtContext), many(3, match))},
	{
		name: "contexts in calls", needs: []string{"context"}, pair: true, endless: true, leaves: []string{"leaf", "second"}, queue: 3,
		stack:   func(rt *rapid.T) []script.Layer { return upTo(rt, 2, contextual) },
		actions: slices.Concat(many(5, invokeIn), many(4, answer), onContexts, []action{leafContext, leafContext, cancel, leafWaits}),
	},
}
