package inprocess

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// openHost is one handle on a host.
type openHost struct {
	handle HostHandle
	env    *HostEnvironment // shared by the copies
}

// onHost takes one step on a numbered host.
func (r *runner) onHost(command script.Command) error {
	adapter, has := r.adapter.(HostAdapter)
	if !has {
		return r.unsupported("proxy")
	}
	step := command.HostStep
	if step.Op == script.NewHost {
		env := newHostEnvironment(r.env, step)
		handle, err := adapter.Host(env)
		if err != nil {
			return r.built(command, command.Host, err)
		}
		r.hosts[command.Host] = openHost{handle, env}
		return nil
	}
	number := command.Host
	if step.Op == script.CopyHost {
		number = step.Other
	}
	host, open := r.hosts[number]
	if !open && step.Op != script.OpenGate {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf("there is no host %d", number)}
	}
	switch step.Op {
	case script.CopyHost:
		r.hosts[command.Host] = openHost{host.handle.Copy(), host.env}
	case script.SetHost:
		host.env.set(*step.Settings)
	case script.OpenGate:
		r.env.hosting.open(step.Gate)
	case script.DropHost:
		delete(r.hosts, command.Host)
		host.handle.Drop()
	case script.Handle:
		r.handle(command, adapter, host.handle)
	case script.ShutdownHost:
		server, is := host.handle.(HostServer)
		if !is {
			return r.unsupported("proxy-server")
		}
		r.start(command, func(ctx context.Context) (script.Event, error) {
			return script.Event{Event: script.Done}, server.Shutdown(ctx)
		})
	default:
		return &subject.ScriptError{Command: command, Reason: "unknown step"}
	}
	return nil
}

// openOverHost builds a service whose innermost part is a host.
func (r *runner) openOverHost(command script.Command) error {
	adapter, is := r.adapter.(HostStacker)
	if !is {
		return Unsupported("proxy-service")
	}
	host, open := r.hosts[command.Host]
	if !open {
		return &subject.ScriptError{Command: command, Reason: fmt.Sprintf("there is no host %d", command.Host)}
	}
	service, err := adapter.Stack(r.env, command.Stack.Layers, host.handle)
	if err != nil {
		return err
	}
	r.keep(command.Service, service)
	r.overHost[command.Service] = true
	return nil
}

// handle starts one request of a host, and reads the body of its response.
func (r *runner) handle(command script.Command, adapter HostAdapter, host HostHandle) {
	request := HostRequest{
		Program: program(command.Operation, command.HostStep.Program),
		Data:    HostData{Text: command.HostStep.Data, operation: command.Operation},
	}
	ctx, cancel := context.WithCancel(context.Background())
	op := &operation{cancel: cancel}
	r.operations[command.Operation] = op
	go func() {
		growStack()
		var response HostResponse
		event, err := protect(ctx, func(ctx context.Context) (script.Event, error) {
			var err error
			response, err = host.Handle(ctx, request)
			return script.Event{Event: script.Response, HostDetail: script.HostDetail{Code: response.Code}}, err
		})
		if err != nil {
			event = r.hostFailure(adapter, err)
		}
		if op.cancelled.Load() {
			event = script.Event{Event: script.Cancelled}
		}
		event.Operation = command.Operation
		r.env.log(event)
		if response.Body == nil {
			return
		}
		if event.Event != script.Response {
			_ = response.Body.Close()
			return
		}
		stop := context.AfterFunc(ctx, func() { _ = response.Body.Close() })
		text, err := io.ReadAll(response.Body)
		stop()
		_ = response.Body.Close()
		if op.cancelled.Load() {
			return
		}
		event = script.Event{Event: script.Body, Operation: command.Operation, Text: string(text)}
		if err != nil {
			event.Kinds = r.env.Kinds(err)
		}
		r.env.log(event)
	}()
}

// hostFailure is how a request failed, with what a failed instantiation gives back.
func (r *runner) hostFailure(adapter HostAdapter, err error) script.Event {
	event := r.failure(err)
	if request, cause, is := adapter.GivenBack(err); is && event.Event == script.Failed {
		_, event.Program = enters(request.Program)
		event.Data = request.Data.Text
		event.Cause = r.env.hosting.cause(cause)
	}
	return event
}

// cause numbers the errors of failed instantiations: the same error has the same number.
func (h *hosting) cause(err error) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	for index, known := range h.causes {
		if err != nil && reflect.TypeOf(err).Comparable() && err == known { //nolint:errorlint // it is identity that counts
			return index + 1
		}
	}
	h.causes = append(h.causes, err)
	return len(h.causes)
}

// request is the text of a call: for a service over a host, a program that says for which operation it is.
func (r *runner) request(command script.Command) string {
	switch {
	case command.Request == nil:
		return ""
	case r.programmed[command.Caller]:
		return program(command.Operation, *command.Request)
	default:
		return *command.Request
	}
}

// program is a program that says for which operation it is.
func program(operation int, text string) string {
	return strings.TrimSuffix(script.EnterStep+strconv.Itoa(operation)+" "+text, " ")
}

// enters takes the operation off a program.
func enters(text string) (operation int, rest string) {
	first, rest, _ := strings.Cut(text, " ")
	number, is := strings.CutPrefix(first, script.EnterStep)
	if operation, err := strconv.Atoi(number); is && err == nil {
		return operation, rest
	}
	return 0, text
}

// Programmed makes a request of the text that a service over a host was given. Its data has no text.
func Programmed(text string) HostRequest {
	operation, _ := enters(text)
	return HostRequest{Program: text, Data: HostData{operation: operation}}
}

// Text reads the whole body of a response.
func (r HostResponse) Text() (string, error) {
	if r.Body == nil {
		return "", nil
	}
	text, err := io.ReadAll(r.Body)
	return string(text), errors.Join(err, r.Body.Close())
}
