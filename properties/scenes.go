package properties

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// scene is a kind of script: what is built, and what is done with it.
type scene struct {
	name     string
	needs    []string // features without which it is about nothing of its own
	either   []string // the same, of which one is enough
	leaves   []string
	stack    func(*rapid.T) []script.Layer
	built    int  // how many services; 0 means one
	reuse    bool // of one layer value
	factory  bool
	calm     bool // the leaf does not panic
	timed    bool // time matters
	plain    bool // a call makes no check of its own
	queue    int  // how many operations may wait; 0 for any number
	alone    bool // one operation at a time
	once     bool // a caller that is ready is not asked again
	pair     bool // there is a second service
	spawned  bool // checks go on by themselves
	idle     bool // a service fails that was not called for too long
	endless  bool // there is no end that asks whether all is whole
	drains   bool // a service may be closed while calls are queued in it
	inFlight bool // the limit counts calls, and holds nothing before
	server   bool // requests come by connections to a server
	actions  []action
}

// build builds the services of the scene, and tells whether there are any.
func (e *explorer) build() bool {
	stack := &script.Stack{Leaf: "leaf"}
	if e.scene.stack != nil {
		stack.Layers = e.audience.Declares.layers(e.scene.stack(e.rt))
		if e.audience.Stranger {
			stack.Layers = e.audience.apart(stack.Layers)
		}
	}
	if e.scene.factory {
		return accepted(e.do(script.Command{Do: script.OpenFactory, Factory: 1, Stack: stack}))
	}
	if e.scene.built < 0 {
		return true // there are none, and nothing misses them
	}
	for number := range max(1, e.scene.built) {
		command := script.Command{Do: script.Open, Service: number + 1, Stack: stack}
		if number > 0 && e.scene.reuse {
			command.Reuse, command.Stack = 1, &script.Stack{Leaf: stack.Leaf}
		}
		if !accepted(e.do(command)) {
			return false
		}
		e.services = append(e.services, number+1)
	}
	e.places.opened(stack.Layers)
	e.layered = len(stack.Layers) > 0
	for _, l := range stack.Layers {
		if l.Name == "add-extension" {
			e.added = append(e.added, l.Type)
		}
	}
	e.budgeted = slices.ContainsFunc(stack.Layers, func(l script.Layer) bool { return l.Policy != nil && l.Policy.Budget != nil })
	e.limited = slices.ContainsFunc(stack.Layers, func(l script.Layer) bool { return l.Name == "concurrency-limit" })
	if len(stack.Layers) > 0 && stack.Layers[0].Limit != nil {
		e.limit = *stack.Layers[0].Limit
	}
	if e.scene.server {
		e.listen()
	}
	return true
}

// accepted tells whether a construction came to something.
func accepted(events []script.Event) bool {
	return len(only(events, script.Opened)) > 0
}

func limit(rt *rapid.T) *int { return new(one(rt, 1, 2, 3)) }

func layer(name string) script.Layer { return script.Layer{Name: name} }

func function(name, f string) script.Layer { return script.Layer{Name: name, Function: f} }

// mappings are the features of the layers that mapping draws.
var mappings = []string{
	"map-request", "map-response", "map-error", "map", "map-err", "map-result", "then", "and-then", "map-future", "layer-fn", "middleware", "filter", "filter-async",
}

// mapping draws a layer that changes what passes it.
func mapping(rt *rapid.T) script.Layer {
	n := rapid.IntRange(1, 3).Draw(rt, "n")
	return one(rt,
		function("map-request", fmt.Sprintf("append:a%d", n)), function("map-response", fmt.Sprintf("append:b%d", n)),
		function("map-error", fmt.Sprintf("wrap:w%d", n)), function("map", fmt.Sprintf("append:m%d", n)), function("map-err", fmt.Sprintf("wrap:e%d", n)),
		function("map-result", one(rt, "append:x", "wrap:x", "recover:x", "fail:x")), function("then", one(rt, "append:t", "wrap:t", "recover:t", "fail:t")),
		function("and-then", one(rt, "append:u", "fail:u")), function("map-future", one(rt, "append:f", "wrap:f", "recover:f", "fail:f")),
		script.Layer{Name: "layer-fn", Tag: fmt.Sprintf("l%d", n)}, script.Layer{Name: "middleware", Tag: fmt.Sprintf("w%d", n)},
		function("filter", one(rt, "accept", "append:p", "reject:no", "reject-if:q1:no")),
		function("filter-async", one(rt, "accept", "append:p", "reject:no", "reject-if:q1:no")),
	)
}

// transparent draws a layer that lets everything pass.
func transparent(rt *rapid.T) script.Layer {
	return one(rt,
		layer("boxed"), layer("chain"), layer("option-layer"), layer("layers"), function("map-request", "append:z"),
		script.Layer{Name: "timeout", Timeout: new(span(100_000))}, function("shutdown-hook", "append:h"), function("filter", "accept"), function("filter-async", "accept"),
		script.Layer{Name: "retry", Policy: &script.Policy{On: "never"}}, script.Layer{Name: "option-layer", Layers: []script.Layer{layer("boxed")}},
	)
}

// around puts up to two layers that change nothing around the layers, or among them.
func around(rt *rapid.T, layers ...script.Layer) []script.Layer {
	for range rapid.IntRange(0, 2).Draw(rt, "around") {
		at := rapid.IntRange(0, len(layers)).Draw(rt, "at")
		layers = slices.Insert(layers, at, transparent(rt))
	}
	return layers
}

// second draws a second service in a row.
func second(rt *rapid.T, layers ...script.Layer) script.Layer {
	return script.Layer{Name: one(rt, "service-and-then", "service-then"), Service: &script.Stack{Layers: layers, Leaf: "second"}}
}

// upTo draws a number of layers.
func upTo(rt *rapid.T, most int, draw func(*rapid.T) script.Layer) []script.Layer {
	var layers []script.Layer
	for range rapid.IntRange(0, most).Draw(rt, "layers") {
		layers = append(layers, draw(rt))
	}
	return layers
}

var calls = slices.Concat(many(4, invoke), many(3, answer), many(2, cancel))

var readiness = slices.Concat(many(2, ready), many(2, call), many(2, leave), []action{readyAgain}, many(2, leafReady))

// scenes are the kinds of scripts that are explored.
var scenes = append(contextScenes, []scene{
	{
		name: "plain services", plain: true, leaves: []string{"leaf"},
		stack:   func(rt *rapid.T) []script.Layer { return upTo(rt, 2, transparent) },
		actions: slices.Concat(calls, readiness, []action{leafAnswers}),
	},
	{
		name: "mapping layers", either: mappings, leaves: []string{"leaf"},
		stack:   func(rt *rapid.T) []script.Layer { return upTo(rt, 4, mapping) },
		actions: slices.Concat(calls, readiness, []action{leafAnswers}),
	},
	{
		name: "composed layers", needs: []string{"layers"}, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, upTo(rt, 3, func(rt *rapid.T) script.Layer {
				return one(rt, script.Layer{Name: "layers", Layers: upTo(rt, 3, mapping)}, script.Layer{Name: "option-layer", Layers: []script.Layer{mapping(rt)}})
			})...)
		},
		actions: calls,
	},
	{
		name: "concurrency limits", needs: []string{"concurrency-limit"}, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, script.Layer{Name: "concurrency-limit", Limit: limit(rt)})
		},
		actions: slices.Concat(calls, readiness),
	},
	{
		name: "shared limits", needs: []string{"global-concurrency-limit"}, leaves: []string{"leaf"}, built: 2, queue: 1,
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, script.Layer{Name: "global-concurrency-limit", Limit: limit(rt), Group: "g"})
		},
		actions: slices.Concat(calls, readiness),
	},
	{
		name: "layers used again", needs: []string{"layer-reuse"}, leaves: []string{"leaf"}, built: 2, reuse: true, timed: true,
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, one(rt, script.Layer{Name: "concurrency-limit", Limit: limit(rt)}, script.Layer{Name: "rate-limit", Limit: limit(rt), Per: new(span(20))}))
		},
		actions: slices.Concat(calls, readiness, []action{advance}),
	},
	{
		name: "in-flight limits", needs: []string{"in-flight-limit"}, inFlight: true, once: true, queue: 1, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, script.Layer{Name: "in-flight-limit", Limit: limit(rt)})
		},
		actions: slices.Concat(calls, readiness),
	},
	{
		name: "load shed", needs: []string{"load-shed", "concurrency-limit"}, once: true, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, layer("load-shed"), script.Layer{Name: "concurrency-limit", Limit: limit(rt)})
		},
		actions: slices.Concat(calls, many(3, probe), many(2, leafReady)),
	},
	{
		name: "buffers", needs: []string{"buffer"}, leaves: []string{"leaf"}, once: true, stack: buffered,
		actions: slices.Concat(calls, many(2, ready), many(2, call), many(2, leave), []action{leafWaits}),
	},
	{
		name: "buffers that fail", needs: []string{"buffer", "reserving"}, leaves: []string{"leaf"}, once: true, stack: buffered,
		actions: slices.Concat(many(4, invoke), many(2, answer), many(2, ready), many(2, call), many(2, leafReady)),
	},
	{
		name: "buffers that end", needs: []string{"buffer", "close"}, drains: true, leaves: []string{"leaf"}, queue: 1,
		stack: func(rt *rapid.T) []script.Layer {
			return []script.Layer{{Name: "buffer", Bound: limit(rt)}, {Name: "concurrency-limit", Limit: new(1)}}
		},
		actions: slices.Concat(many(8, invoke), many(2, answer), []action{cancel, closeService, shutdown}),
	},
	{
		name: "in-flight limits shed", needs: []string{"in-flight-limit", "load-shed"}, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, layer("load-shed"), script.Layer{Name: "in-flight-limit", Limit: limit(rt)})
		},
		actions: calls,
	},
	{
		name: "spawned readiness", needs: []string{"spawn-ready"}, spawned: true, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			layers := []script.Layer{layer("spawn-ready")}
			if rapid.Bool().Draw(rt, "limited") {
				layers = append(layers, script.Layer{Name: "concurrency-limit", Limit: limit(rt)})
			}
			return layers
		},
		actions: slices.Concat(calls, readiness, readiness, many(3, giveUpAndLeave)),
	},
	{
		name: "rate limits", needs: []string{"rate-limit"}, leaves: []string{"leaf"}, timed: true,
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, script.Layer{Name: "rate-limit", Limit: limit(rt), Per: new(span(one(rt, 20, 10)))})
		},
		actions: slices.Concat(calls, readiness, many(4, advance)),
	},
	{
		name: "budgets", needs: []string{"retry", "retry-budget"}, leaves: []string{"leaf"}, timed: true, alone: true,
		stack: func(rt *rapid.T) []script.Layer {
			p := policy(rt)
			p.Budget = budget(rt)
			return around(rt, script.Layer{Name: "retry", Policy: p})
		},
		actions: slices.Concat(many(3, invoke), many(6, answer), many(2, advance), []action{advanceFar, leafAnswers}),
	},
	{
		name: "retries", needs: []string{"retry"}, leaves: []string{"leaf"}, timed: true,
		stack:   func(rt *rapid.T) []script.Layer { return around(rt, script.Layer{Name: "retry", Policy: policy(rt)}) },
		actions: slices.Concat(many(3, invoke), many(6, answer), many(2, advance), []action{cancel, leafReady, leafAnswers}),
	},
	{
		name: "timeouts", needs: []string{"timeout"}, queue: 1, leaves: []string{"leaf"}, timed: true,
		stack: func(rt *rapid.T) []script.Layer {
			layers := []script.Layer{{Name: "timeout", Timeout: new(span(one(rt, 10, 20, 30)))}}
			switch rapid.IntRange(0, 3).Draw(rt, "with") {
			case 1:
				layers = append(layers, script.Layer{Name: "buffer", Bound: limit(rt)}, script.Layer{Name: "concurrency-limit", Limit: limit(rt)})
			case 2:
				layers = append([]script.Layer{{Name: "concurrency-limit", Limit: limit(rt)}}, layers...)
			}
			return around(rt, layers...)
		},
		actions: slices.Concat(many(4, invokeApart), many(3, answer), []action{cancel}, many(2, answerLater), many(4, advance), []action{leafCancel}, many(3, leafReady)),
	},
	{
		name: "keep-alive", needs: []string{"keep-alive"}, once: true, idle: true, leaves: []string{"leaf"}, timed: true,
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, script.Layer{Name: "keep-alive", Idle: new(span(one(rt, 20, 30, 1500)))})
		},
		actions: slices.Concat(calls, readiness, many(4, advance)),
	},
	{
		name: "two services in a row", needs: []string{"service-and-then", "service-then"}, pair: true, leaves: []string{"leaf", "second"},
		stack:   func(rt *rapid.T) []script.Layer { return around(rt, second(rt)) },
		actions: slices.Concat(calls, readiness, many(2, leafReady), []action{leafAnswers, leavesApart}),
	},
	{
		name: "applied functions", needs: []string{"apply"}, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			return around(rt, one(rt, function("apply", "call:2"), function("apply", "call:3"), function("function-service", one(rt, "append:f", "fail:f"))))
		},
		actions: slices.Concat(many(3, invoke), many(3, answer), []action{cancel, leafReady, ready, call, shutdown, poll}),
	},
	{
		name: "polls and shutdowns", needs: []string{"poll", "shutdown"}, pair: true, leaves: []string{"leaf", "second"},
		stack: func(rt *rapid.T) []script.Layer {
			layers := upTo(rt, 2, func(rt *rapid.T) script.Layer {
				return one(rt, layer("boxed"), layer("chain"), function("map", "append:m"), function("map-err", "wrap:e"), function("shutdown-hook", "append:h"), transparent(rt))
			})
			if rapid.Bool().Draw(rt, "pair") {
				layers = append(layers, second(rt))
			}
			return layers
		},
		actions: slices.Concat(many(3, poll), many(2, leafPoll), []action{shutdown, invoke, answer, leafShutdown, closeService, leave, ready, leafReady, cancel}),
	},
	{
		name: "shutdowns", needs: []string{"shutdown"}, leaves: []string{"leaf", "second"}, pair: true,
		stack: func(rt *rapid.T) []script.Layer {
			layers := upTo(rt, 1, func(rt *rapid.T) script.Layer {
				return one(rt, layer("boxed"), layer("chain"), function("map", "append:m"), function("shutdown-hook", "append:h"), transparent(rt))
			})
			if rapid.Bool().Draw(rt, "pair") {
				layers = append(layers, second(rt))
			}
			return layers
		},
		actions: slices.Concat(many(3, shutdown), many(3, leafShutdown), []action{invoke, answer, closeService}),
	},
	{
		name: "filters over limits", needs: []string{"filter", "concurrency-limit"}, leaves: []string{"leaf"},
		stack: func(rt *rapid.T) []script.Layer {
			return []script.Layer{function(one(rt, "filter", "filter-async"), one(rt, "reject-if:q1:no", "reject:no", "accept")), {Name: "concurrency-limit", Limit: limit(rt)}}
		},
		actions: slices.Concat(many(3, invoke), many(2, answer), many(2, ready), many(2, call), []action{leave}),
	},
	{
		name: "factories", needs: []string{"factory"}, pair: true, leaves: []string{"leaf", "second"}, factory: true,
		stack: func(rt *rapid.T) []script.Layer {
			layers := upTo(rt, 3, func(rt *rapid.T) script.Layer {
				return one(rt, function("map", "append:m"), function("map-err", "wrap:e"), function("map-init-error", "wrap:i"), script.Layer{Name: "middleware", Tag: "mw"},
					script.Layer{Name: "middleware", Tag: "mx"}, layer("boxed"))
			})
			if rapid.Bool().Draw(rt, "pair") {
				layers = append(layers, second(rt))
			}
			return layers
		},
		actions: slices.Concat(many(3, create), many(2, leafCreate), many(2, invoke), many(2, answer), []action{leafReady, cancel}),
	},
	{
		name: "calls without readiness", needs: []string{"concurrency-limit", "reserving"}, leaves: []string{"leaf"}, queue: 1,
		stack: func(rt *rapid.T) []script.Layer {
			return []script.Layer{{Name: "concurrency-limit", Limit: limit(rt)}}
		},
		actions: slices.Concat(many(2, ready), many(2, call), many(2, unreadyCall), many(2, answer), []action{invoke, leave}),
	},
	{
		name: "servers", needs: []string{"server", "context"}, leaves: []string{"leaf"}, server: true, endless: true, calm: true,
		stack: func(rt *rapid.T) []script.Layer {
			return upTo(rt, 1, func(rt *rapid.T) script.Layer { return function("map-state", "append:l") })
		},
		actions: slices.Concat(many(2, connect), many(5, request), many(4, answer), []action{disconnect, leafContext, lookAtContext, changeState, changeExtensions}),
	},
	{
		name: "construction", either: []string{"buffer", "timeout", "rate-limit", "retry"}, leaves: []string{"leaf"},
		stack:   func(rt *rapid.T) []script.Layer { return []script.Layer{doubtful(rt)} },
		actions: slices.Concat(many(3, invoke), []action{answer}),
	},
}...)

// buffered draws a buffer, perhaps with a limit inside.
func buffered(rt *rapid.T) []script.Layer {
	layers := []script.Layer{{Name: "buffer", Bound: limit(rt)}}
	if rapid.Bool().Draw(rt, "limited") {
		layers = append(layers, script.Layer{Name: "concurrency-limit", Limit: limit(rt)})
	}
	return around(rt, layers...)
}

// policy draws a retry policy.
func policy(rt *rapid.T) *script.Policy {
	p := &script.Policy{Retries: one(rt, 2, 0, 1, 3, 5), On: one(rt, "", "errors", "all", "response:ok", "never")}
	switch rapid.IntRange(0, 3).Draw(rt, "delay") {
	case 1:
		p.Delay = span(one(rt, 10, 20))
	case 2:
		p.Backoff = &script.Backoff{Min: span(10), Max: span(one(rt, 30, 10, 1000))}
	}
	switch rapid.IntRange(0, 5).Draw(rt, "changes") {
	case 1:
		p.Request = "append:again"
	case 2:
		p.Result = one(rt, "append:r", "wrap:r", "recover:r")
	case 3:
		p.Uncopyable = true
		p.Result = one(rt, "", "append:r", "wrap:r", "recover:r")
	}
	return p
}

// budget draws a retry budget.
func budget(rt *rapid.T) *script.Budget {
	return &script.Budget{TTL: span(one(rt, 1000, 2000, 10_000)), PerSecond: one(rt, 0, 1, 2), Percent: one(rt, 0.0, 50, 100, 20)}
}

// doubtful draws a layer whose parameter may be out of range.
func doubtful(rt *rapid.T) script.Layer {
	number := new(one(rt, 1, 0, -1))
	duration := new(span(one(rt, 10, 0, -1)))
	good := new(span(10))
	jitter := one(rt, 0.0, -1, 101)
	return one(rt,
		script.Layer{Name: "buffer", Bound: number},
		script.Layer{Name: "timeout", Timeout: duration}, script.Layer{Name: "rate-limit", Limit: number, Per: good}, script.Layer{Name: "rate-limit", Limit: new(1), Per: duration},
		script.Layer{Name: "retry", Policy: &script.Policy{Retries: 1, Backoff: &script.Backoff{Min: span(one(rt, 0, 10)), Max: span(one(rt, 10, 0, 5, -1))}}},
		script.Layer{Name: "retry", Policy: &script.Policy{Retries: 1, Backoff: &script.Backoff{Min: *good, Max: *good, Jitter: jitter}}},
		script.Layer{Name: "retry", Policy: &script.Policy{Retries: 1, Budget: &script.Budget{TTL: span(one(rt, 1000, 0, 999, 60_001)), PerSecond: 1, Percent: one(rt, 10.0, -1, 100_001)}}},
	)
}
