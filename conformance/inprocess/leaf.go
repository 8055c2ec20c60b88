package inprocess

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Leaf is the innermost service, scripted by the suite. An adapter wraps it in whatever its implementation calls a
// service, and adds nothing. It is safe for concurrent use.
type Leaf struct {
	env  *Environment
	name string

	mu      sync.Mutex
	does    script.Leaf
	changed chan struct{} // closed and replaced when does changes
}

func newLeaf(env *Environment, name string) *Leaf {
	return &Leaf{
		env: env, name: name, changed: make(chan struct{}),
		does: script.Leaf{Name: name, Ready: "ok", Answers: "manual", Shutdown: "done", Poll: "ok", Create: "ok", Cancel: "heed"},
	}
}

// Name is the leaf's name in the stack.
func (l *Leaf) Name() string { return l.name }

// Ready is the leaf's readiness check: done at once, failed, or waiting until the script says otherwise or ctx ends.
func (l *Leaf) Ready(ctx context.Context) error {
	l.env.log(script.Event{Event: script.Asked, Leaf: l.name})
	for {
		does, changed := l.now()
		if does.Ready != "wait" {
			return scriptedError(does.Ready)
		}
		select {
		case <-ctx.Done():
			l.env.log(script.Event{Event: script.AskedAbandoned, Leaf: l.name})
			return ctx.Err()
		case <-l.env.ended:
			return &Error{Kind: "subject-ended"}
		case <-changed:
		}
	}
}

// Call is one exchange. It is answered as the script says; when ctx ends first, the exchange is abandoned, and Call returns
// unless the script has the leaf ignore that.
func (l *Leaf) Call(ctx context.Context, request string) (string, error) {
	return l.CallIn(ctx, nil, request)
}

// CallIn is Call with the context that the leaf received, which is the leaf's own from here on: the suite sees it, and may
// have the leaf change it. A nil context is a call that carries none.
func (l *Leaf) CallIn(ctx context.Context, c Context, request string) (string, error) {
	exchange := l.env.begin(l.name, request, see(l.env.types, c))
	does, _ := l.now()
	if c != nil {
		for _, step := range does.Context {
			if err := l.change(c, step); err != nil {
				return "", err
			}
		}
	}
	switch kind, is := strings.CutPrefix(does.Answers, "error:"); {
	case is:
		return "", scripted(kind)
	case does.Answers == "echo":
		return request, nil
	case does.Answers == "panic":
		panic(&toldToPanic{exchange.number})
	}
	select {
	case answer := <-exchange.answer:
		if does.Cancel == "ignore" {
			return l.complete(context.WithoutCancel(ctx), exchange, answer)
		}
		return l.complete(ctx, exchange, answer)
	case <-ctx.Done():
		err := l.abandon(ctx, exchange)
		if does.Cancel == "heed" {
			return "", err
		}
	case <-l.env.ended:
		return "", &Error{Kind: "subject-ended"}
	}
	// The call is cancelled, and this leaf does not mind.
	select {
	case answer := <-exchange.answer:
		return l.complete(context.WithoutCancel(ctx), exchange, answer)
	case <-l.env.ended:
		return "", &Error{Kind: "subject-ended"}
	}
}

// change takes one step on the context of a call.
func (l *Leaf) change(c Context, step script.ContextStep) error {
	if step.Op != script.Spawn {
		_, err := takeStep(c, step)
		return err
	}
	spawner, is := c.(Spawner)
	if !is {
		l.env.log(script.Event{Event: script.Unsupported, What: "spawn"})
		return nil
	}
	worker := l.env.Leaf(*step.Value)
	spawner.Spawn(func(ctx context.Context) { _, _ = worker.Call(ctx, "spawned") }) // nobody waits for what it returns
	return nil
}

func (l *Leaf) complete(ctx context.Context, exchange *exchange, answer script.Command) (string, error) {
	if answer.After != nil {
		timer := time.NewTimer(time.Duration(*answer.After))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return "", l.abandon(ctx, exchange)
		case <-l.env.ended:
			return "", &Error{Kind: "subject-ended"}
		}
	}
	switch outcome := answer.Outcome; {
	case outcome.Panic:
		panic(&toldToPanic{exchange.number})
	case outcome.Error != "":
		return "", scripted(outcome.Error)
	default:
		return *outcome.Response, nil
	}
}

func (l *Leaf) abandon(ctx context.Context, exchange *exchange) error {
	l.env.log(script.Event{Event: script.Abandoned, Exchange: exchange.number})
	return ctx.Err()
}

// Poll is the leaf's background work.
func (l *Leaf) Poll(context.Context) error {
	l.env.log(script.Event{Event: script.Polled, Leaf: l.name})
	does, _ := l.now()
	return scriptedError(does.Poll)
}

// Shutdown is the leaf's shutdown: done at once, or when the script says so.
func (l *Leaf) Shutdown(ctx context.Context) error {
	l.env.log(script.Event{Event: script.LeafShutdown, Leaf: l.name})
	for {
		does, changed := l.now()
		if does.Shutdown == "done" {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.env.ended:
			return &Error{Kind: "subject-ended"}
		case <-changed:
		}
	}
}

// Create is what the leaf's factory does: it reports the configuration, and fails if the script says so.
func (l *Leaf) Create(config string) error {
	does, _ := l.now()
	if err := scriptedError(does.Create); err != nil {
		return err
	}
	l.env.log(script.Event{Event: script.Created, Leaf: l.name, Config: config})
	return nil
}

func (l *Leaf) now() (script.Leaf, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.does, l.changed
}

func (l *Leaf) set(next script.Leaf) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, field := range []struct {
		to   *string
		from string
	}{
		{&l.does.Ready, next.Ready}, {&l.does.Answers, next.Answers}, {&l.does.Shutdown, next.Shutdown},
		{&l.does.Poll, next.Poll}, {&l.does.Create, next.Create}, {&l.does.Cancel, next.Cancel},
	} {
		if field.from != "" {
			*field.to = field.from
		}
	}
	if next.Context != nil {
		l.does.Context = next.Context
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

func scriptedError(text string) error {
	if kind, is := strings.CutPrefix(text, "error:"); is {
		return scripted(kind)
	}
	return nil
}

// toldToPanic is what a leaf panics with because the script says so. It is no error, as errPanicked is one: implementations that look at what
// a panic carries are shown both.
type toldToPanic struct{ exchange int }

// String is what people read.
func (p *toldToPanic) String() string {
	return fmt.Sprintf("the leaf was told to panic in exchange %d", p.exchange)
}

// exchange is one call that a leaf received.
type exchange struct {
	number int
	answer chan script.Command // holds the one answer
}

func (e *Environment) begin(leaf, request string, seen *script.Seen) *exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	x := &exchange{number: len(e.exchanges) + 1, answer: make(chan script.Command, 1)}
	e.exchanges = append(e.exchanges, x)
	e.append(script.Event{Event: script.Received, Leaf: leaf, Exchange: x.number, Request: request, Seen: seen})
	return x
}

func (e *Environment) exchange(number int) *exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	if number < 1 || number > len(e.exchanges) {
		return nil
	}
	return e.exchanges[number-1]
}
