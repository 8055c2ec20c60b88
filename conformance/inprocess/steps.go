package inprocess

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// onContext takes one step on a numbered context and reports the answer.
func (r *runner) onContext(command script.Command) error {
	adapter, has := r.adapter.(ContextAdapter)
	step := command.Step
	switch {
	case !has:
		return r.unsupported("context")
	case step.Type != "" && !slices.Contains(r.env.types, step.Type):
		return r.unsupported(step.Type)
	}
	answer := script.Event{Event: script.ContextAnswer, Context: command.Context}
	err := r.answer(adapter, command, &answer)
	var unsupported *UnsupportedError
	var wrong *subject.ScriptError
	switch {
	case errors.As(err, &unsupported):
		return r.unsupported(unsupported.What)
	case errors.As(err, &wrong):
		return err
	case err != nil:
		answer.Kinds = r.env.Kinds(err)
	}
	r.env.log(answer)
	return nil
}

// answer takes the step. A panic of the implementation, which passes on those of the script's functions, is an answer.
func (r *runner) answer(adapter ContextAdapter, command script.Command, answer *script.Event) (err error) {
	defer func() {
		if value := recover(); value != nil {
			answer.Panic, answer.Text = true, fmt.Sprint(value)
		}
	}()
	step := *command.Step
	switch step.Op {
	case script.NewContext:
		var state *State
		if step.Value != nil {
			made := NewState(*step.Value)
			state = &made
		}
		made, err := adapter.NewContext(r.env, state, step.Graceful)
		if err != nil {
			return err
		}
		r.contexts[command.Context] = made
		return nil
	case script.CloneContext, script.CloneWithState, script.CloneMapState:
		return r.clone(command)
	}
	c := r.contexts[command.Context]
	if c == nil {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf("there is no context %d", command.Context)}
	}
	switch step.Op {
	case script.Look:
		answer.Seen = see(r.env.types, c)
	case script.GetOrInsert:
		answer.Value, err = r.getOrInsert(c, step)
	case script.Extend:
		extender, is := c.(Extender)
		if !is {
			return Unsupported("extensions-extend")
		}
		extender.Extend(r.contexts[step.Other])
	case script.MapState, script.SwapState:
		replaced, old, err := r.replaceState(c, step)
		if err == nil {
			r.contexts[command.Context], answer.Value = replaced, old
		}
		return err
	case script.Parts:
		dismantler, is := c.(Dismantler)
		if !is {
			return Unsupported("context-parts")
		}
		r.contexts[command.Context] = dismantler.TakeApart()
	default:
		answer.Value, err = takeStep(c, step)
	}
	return err
}

// clone makes a context out of another.
func (r *runner) clone(command script.Command) error {
	step := command.Step
	source := r.contexts[step.Other]
	if source == nil {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf("there is no context %d", step.Other)}
	}
	if step.Op == script.CloneContext {
		r.contexts[command.Context] = source.Clone()
		return nil
	}
	mapper, is := source.(StateMapper)
	if !is {
		return Unsupported("context-state-map")
	}
	if step.Op == script.CloneWithState {
		r.contexts[command.Context] = mapper.CloneWithState(NewState(*step.Value))
		return nil
	}
	function, err := r.env.MapState(step.Function)
	if err != nil {
		return err
	}
	r.contexts[command.Context] = mapper.CloneMapState(function)
	return nil
}

// replaceState takes a step that consumes the context, and returns what comes of it.
func (r *runner) replaceState(c Context, step script.ContextStep) (replaced Context, old *string, err error) {
	mapper, is := c.(StateMapper)
	if !is {
		return nil, nil, Unsupported("context-state-map")
	}
	if step.Op == script.SwapState {
		swapped, old := mapper.SwapState(NewState(*step.Value))
		return swapped, &old.Text, nil
	}
	function, err := r.env.MapState(step.Function)
	if err != nil {
		return nil, nil, err
	}
	return mapper.MapState(function), nil, nil
}

// takeStep takes a step that needs nothing but the context.
func takeStep(c Context, step script.ContextStep) (*string, error) {
	switch step.Op {
	case script.ReadState:
		text := c.State().Text
		return &text, nil
	case script.WriteState:
		c.WriteState(*step.Value)
	case script.WriteShared:
		number, err := strconv.ParseInt(*step.Value, 10, 64)
		if err != nil {
			return nil, err
		}
		c.State().Shared.Write(number)
	case script.Insert:
		return present(c.Insert(step.Type, *step.Value))
	case script.MaybeInsert:
		return present(c.MaybeInsert(step.Type, step.Value))
	case script.Get:
		return present(c.Get(step.Type))
	case script.Remove:
		return present(c.Remove(step.Type))
	case script.Clear:
		c.Clear()
	case script.Update:
		handle, is := c.Mutable(step.Type)
		if !is {
			return nil, nil
		}
		handle.Write(*step.Value)
		return present(handle.Read(), true)
	case script.Count:
		return count(c, step.Type)
	case script.Match:
		matching, is := c.(Matching)
		if !is {
			return nil, Unsupported("matchers")
		}
		return present(strconv.FormatBool(matching.Match(*step.Matcher)), true)
	default:
		return nil, Unsupported("step " + string(step.Op))
	}
	return nil, nil
}

// count adds one to what a handle refers to: the extension of that type, or the state's handle.
func count(c Context, typ string) (*string, error) {
	if typ == "" {
		shared := c.State().Shared
		shared.Write(shared.Read() + 1)
		return present(strconv.FormatInt(shared.Read(), 10), true)
	}
	handle, is := c.Mutable(typ)
	if !is {
		return nil, nil
	}
	number, err := strconv.ParseInt(handle.Read(), 10, 64)
	if err != nil {
		return nil, err
	}
	handle.Write(strconv.FormatInt(number+1, 10))
	return present(handle.Read(), true)
}

func present(value string, is bool) (*string, error) {
	if !is {
		return nil, nil
	}
	return &value, nil
}

// getOrInsert reads the form of making. Functions report that they run.
func (r *runner) getOrInsert(c Context, step script.ContextStep) (*string, error) {
	inserter, is := c.(GetterOrInserter)
	if !is {
		return nil, Unsupported("extensions-get-or-insert")
	}
	var handle Handle
	var err error
	form, argument, _ := strings.Cut(step.Make, ":")
	ran := func() string { r.env.Applied(step.Make, ""); return argument }
	switch {
	case strings.HasPrefix(step.Make, script.MakeValue):
		handle = inserter.GetOrInsert(step.Type, argument)
	case step.Make == script.MakeDefault:
		handle = inserter.GetOrInsertDefault(step.Type)
	case strings.HasPrefix(step.Make, script.MakeFunction):
		handle = inserter.GetOrInsertWith(step.Type, ran)
	case step.Make == script.MakePanic:
		handle = inserter.GetOrInsertWith(step.Type, func() string { ran(); panic(errPanicked) })
	case strings.HasPrefix(step.Make, script.MakeContext):
		handle = inserter.GetOrInsertFrom(step.Type, func(within Context) string {
			ran()
			value, _ := within.Get(argument)
			return within.State().Text + ">" + value
		})
	case strings.HasPrefix(step.Make, script.MakeTry):
		handle, err = inserter.TryGetOrInsertWith(step.Type, func() (string, error) { return ran(), nil })
	case strings.HasPrefix(step.Make, script.MakeFail):
		handle, err = inserter.TryGetOrInsertWith(step.Type, func() (string, error) { return "", scripted(ran()) })
	default:
		return nil, Unsupported("making " + form)
	}
	if err != nil {
		return nil, err
	}
	value := handle.Read()
	if step.Write != nil {
		handle.Write(*step.Write)
	}
	return &value, nil
}

// see reads everything that a context shows; nil shows nothing.
func see(types []string, c Context) *script.Seen {
	if c == nil {
		return nil
	}
	state := c.State()
	seen := &script.Seen{State: state.Text, Extensions: map[string]string{}}
	if state.Shared != nil {
		seen.Shared = strconv.FormatInt(state.Shared.Read(), 10)
	}
	for _, name := range types {
		if value, is := c.Get(name); is {
			seen.Extensions[name] = value
		}
	}
	if guarded, is := c.(Guarded); is {
		seen.Guarded = guarded.Guarded()
	}
	return seen
}

// invokeIn starts an invocation that carries a context.
func (r *runner) invokeIn(command script.Command, caller Caller) error {
	contextual, is := caller.(ContextCaller)
	if !is {
		return r.unsupported("context")
	}
	c := r.contexts[command.Context]
	if c == nil {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf("there is no context %d", command.Context)}
	}
	r.start(command, func(ctx context.Context) (script.Event, error) {
		response, err := contextual.InvokeIn(ctx, c, *command.Request)
		return script.Event{Event: script.Response, Text: response}, err
	})
	return nil
}
