package inprocess

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Environment is what an Adapter gets from the suite while it builds: leaves and the functions of the vocabulary.
// It belongs to one subject. It is safe for concurrent use.
type Environment struct {
	start time.Time
	scale float64 // how long a unit of the script's time lasts
	kind  func(error) string
	types []string // the types of extensions that the implementation can carry

	mu        sync.Mutex
	events    []script.Event
	happened  int // counts events
	leaves    map[string]*Leaf
	exchanges []*exchange
	shared    map[string]any
	ended     chan struct{} // closed when the subject ends
	hosting   hosting
}

func newEnvironment(kind func(error) string) *Environment {
	return &Environment{start: time.Now(), scale: 1, kind: kind, leaves: map[string]*Leaf{}, ended: make(chan struct{})}
}

// Leaf returns the leaf of that name, made when it is first asked for.
func (e *Environment) Leaf(name string) *Leaf {
	e.mu.Lock()
	defer e.mu.Unlock()
	leaf := e.leaves[name]
	if leaf == nil {
		leaf = newLeaf(e, name)
		e.leaves[name] = leaf
	}
	return leaf
}

// Built reports that the named layer was just applied to its inner service.
func (e *Environment) Built(name string) {
	e.log(script.Event{Event: script.Built, Name: name})
}

// Result returns a function of the vocabulary that works on results. Each use is seen by the suite. For the text
// "nil" it returns a nil function, for a text outside the vocabulary Unsupported.
func (e *Environment) Result(text string) (func(string, error) (string, error), error) {
	if text == script.NilFunction {
		return nil, nil
	}
	function, err := script.ParseFunction(text)
	if err != nil {
		return nil, Unsupported("function " + text)
	}
	return func(value string, err error) (string, error) {
		input := value
		if err != nil {
			input = "error:" + strings.Join(kindsOf(err, e.kind), "<")
		}
		e.log(script.Event{Event: script.Applied, Function: text, Input: input})
		return apply(function, value, err)
	}, nil
}

// Map returns a function of the vocabulary that works on requests or responses: append:X, or panic.
func (e *Environment) Map(text string) (func(string) string, error) {
	result, err := e.Result(text)
	if result == nil {
		return nil, err
	}
	return func(value string) string {
		mapped, err := result(value, nil)
		if err != nil {
			panic(fmt.Sprintf("%s cannot map: %v", text, err))
		}
		return mapped
	}, nil
}

// Fallible returns a function of the vocabulary that works on requests or good responses and may fail: a predicate, or
// the second step of and_then.
func (e *Environment) Fallible(text string) (func(string) (string, error), error) {
	result, err := e.Result(text)
	if result == nil {
		return nil, err
	}
	return func(value string) (string, error) { return result(value, nil) }, nil
}

// MapError returns a function of the vocabulary that works on errors: wrap:X.
func (e *Environment) MapError(text string) (func(error) error, error) {
	result, err := e.Result(text)
	if result == nil {
		return nil, err
	}
	return func(cause error) error {
		_, err := result("", cause)
		return err
	}, nil
}

// MapCall returns a function of the vocabulary for map-future: it makes the call that it is given, and returns what the
// function makes of the outcome. The suite sees it when it is given the call, with no input.
func (e *Environment) MapCall(text string) (func(call func() (string, error)) (string, error), error) {
	if text == script.NilFunction {
		return nil, nil
	}
	function, err := script.ParseFunction(text)
	if err != nil {
		return nil, Unsupported("function " + text)
	}
	return func(call func() (string, error)) (string, error) {
		e.Applied(text, "")
		value, err := call()
		return apply(function, value, err)
	}, nil
}

// MapState returns a function of the vocabulary that works on states: append:X on the text, or panic. The state's handle
// stays. Each use is seen by the suite, with the text.
func (e *Environment) MapState(text string) (func(State) State, error) {
	mapText, err := e.Map(text)
	if mapText == nil {
		return nil, err
	}
	return func(state State) State {
		state.Text = mapText(state.Text)
		return state
	}, nil
}

// Times reads call:N, the function of apply, and reports each use.
func (e *Environment) Times(text string) (int, error) {
	function, err := script.ParseFunction(text)
	if err != nil || function.Name != "call" {
		return 0, Unsupported("function " + text)
	}
	times, err := strconv.Atoi(function.Argument)
	if err != nil {
		return 0, Unsupported("function " + text)
	}
	return times, nil
}

// Shared returns what make made when key was first asked for in this subject: the limit of a group of layers, say.
func (e *Environment) Shared(key string, make func() (any, error)) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if value, is := e.shared[key]; is {
		return value, nil
	}
	value, err := make()
	if err == nil {
		if e.shared == nil {
			e.shared = map[string]any{}
		}
		e.shared[key] = value
	}
	return value, err
}

// Applied reports that a function of the vocabulary ran, for functions that an Adapter had to write itself.
func (e *Environment) Applied(function, input string) {
	e.log(script.Event{Event: script.Applied, Function: function, Input: input})
}

// Kinds lists the kinds along an error's chain of causes, outermost first.
func (e *Environment) Kinds(err error) []string { return kindsOf(err, e.kind) }

var errPanicked = errors.New("the vocabulary's panic")

func apply(function script.Function, value string, err error) (string, error) {
	switch function.Name {
	case "append":
		if err == nil {
			value += ">" + function.Argument
		}
	case "fail":
		if err == nil {
			return "", &Error{Kind: function.Argument}
		}
	case "wrap":
		if err != nil {
			return "", &Error{Kind: function.Argument, Cause: err}
		}
	case "recover":
		if err != nil {
			return function.Argument, nil
		}
	case "reject":
		return "", &Error{Kind: function.Argument}
	case "reject-if":
		if value == function.Match {
			return "", &Error{Kind: function.Argument}
		}
	case "panic":
		panic(errPanicked)
	}
	return value, err
}

func (e *Environment) now() script.Duration {
	return script.Duration(float64(time.Since(e.start)) / e.scale)
}

func (e *Environment) log(event script.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.append(event)
}

// append is log for those who hold the lock.
func (e *Environment) append(event script.Event) {
	event.At = e.now()
	e.happened++
	if len(e.events) == cap(e.events) {
		e.events = slices.Grow(e.events, eventsAtOnce)
	}
	e.events = append(e.events, event)
}

// eventsAtOnce is for how many events room is made at a time: scripts of properties were seen to have 46 on average, some 120.
const eventsAtOnce = 32

// activity grows whenever something happens.
func (e *Environment) activity() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.happened
}

func (e *Environment) take() []script.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := len(e.events)
	events := e.events[:n:n]
	e.events = e.events[n:]
	return events
}
