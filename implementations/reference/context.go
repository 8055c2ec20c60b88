package reference

import (
	gocontext "context"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// NewContext implements inprocess.ContextAdapter.
func (Adapter) NewContext(_ *inprocess.Environment, given *inprocess.State, graceful bool) (inprocess.Context, error) {
	initial := inprocess.NewState("")
	if given != nil {
		initial = *given
	}
	made := context.New(gocontext.Background(), initial)
	if graceful {
		made = made.WithGuard(context.NewGuard())
	}
	return &carried{made}, nil
}

// Types implements inprocess.ContextAdapter.
func (Adapter) Types() []string { return script.Types() }

// InvokeIn implements inprocess.ContextCaller.
func (c *caller) InvokeIn(g gocontext.Context, in inprocess.Context, request string) (string, error) {
	return c.invoke(in.(*carried).ctx.With(g), request)
}

// InvokeIn implements inprocess.ContextCaller.
func (latecomer) InvokeIn(gocontext.Context, inprocess.Context, string) (string, error) {
	return "", service.ErrClosed
}

// call hands a call to the leaf, with a context if the script has made one: every such state has a handle.
func (l leaf) call(c ctx, request string) (string, error) {
	if c.State().Shared == nil {
		return l.leaf.Call(c, request)
	}
	return l.leaf.CallIn(c, &carried{c}, request)
}

// carried is a variable that holds a context of the reference.
type carried struct{ ctx ctx }

// Clone implements inprocess.Context.
func (c *carried) Clone() inprocess.Context {
	clone := *c
	return &clone
}

// State implements inprocess.Context.
func (c *carried) State() inprocess.State { return c.ctx.State() }

// WriteState implements inprocess.Context.
func (c *carried) WriteState(text string) {
	written := c.ctx.State()
	written.Text = text
	c.ctx.SetState(written)
}

// MapState implements inprocess.StateMapper.
func (c *carried) MapState(f func(inprocess.State) inprocess.State) inprocess.Context {
	return &carried{context.MapState(&c.ctx, f)}
}

// SwapState implements inprocess.StateMapper.
func (c *carried) SwapState(other inprocess.State) (inprocess.Context, inprocess.State) {
	swapped, old := context.SwapState(&c.ctx, other)
	return &carried{swapped}, old
}

// CloneWithState implements inprocess.StateMapper.
func (c *carried) CloneWithState(other inprocess.State) inprocess.Context {
	return &carried{context.WithState(c.ctx, other)}
}

// CloneMapState implements inprocess.StateMapper.
func (c *carried) CloneMapState(f func(inprocess.State) inprocess.State) inprocess.Context {
	return &carried{context.CloneMapState(c.ctx, f)}
}

// TakeApart implements inprocess.Dismantler.
func (c *carried) TakeApart() inprocess.Context { return &carried{context.FromParts(c.ctx.Parts())} }

// Guarded implements inprocess.Guarded.
func (c *carried) Guarded() bool { return c.ctx.Guard() != nil }

// Spawn implements inprocess.Spawner.
func (c *carried) Spawn(work func(gocontext.Context)) { c.ctx.Spawn(func(own ctx) { work(own) }) }

// Clear implements inprocess.Context.
func (c *carried) Clear() { context.Clear(&c.ctx) }

// Extend implements inprocess.Extender.
func (c *carried) Extend(other inprocess.Context) { context.Extend(&c.ctx, &other.(*carried).ctx) }
