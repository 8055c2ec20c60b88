package reference

import (
	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
)

// typed gives one type of the vocabulary to the functions of the reference as their type parameter.
type typed[T any] struct{ form inprocess.Form[T] }

// anyType is a typed of whatever type.
type anyType interface {
	insert(c *ctx, value string) (previous string, replaced bool)
	maybeInsert(c *ctx, value *string) (previous string, replaced bool)
	get(c ctx) (value string, present bool)
	ref(c *ctx) (inprocess.Handle, bool)
	remove(c *ctx) (value string, removed bool)
	getOrInsert(c *ctx, value string) inprocess.Handle
	getOrInsertDefault(c *ctx) inprocess.Handle
	getOrInsertWith(c *ctx, make func() string) inprocess.Handle
	getOrInsertFrom(c *ctx, make func(inprocess.Context) string) inprocess.Handle
	tryGetOrInsert(c *ctx, make func() (string, error)) (inprocess.Handle, error)
	adding(value string) wrapper
	getting(f func(string) string) (wrapper, error)
}

var types = map[string]anyType{
	inprocess.NumberForm.Type:       typed[inprocess.Number]{inprocess.NumberForm},
	inprocess.TextForm.Type:         typed[inprocess.Text]{inprocess.TextForm},
	inprocess.NameForm.Type:         typed[inprocess.Name]{inprocess.NameForm},
	inprocess.FlagForm.Type:         typed[inprocess.Flag]{inprocess.FlagForm},
	inprocess.MarkerForm.Type:       typed[inprocess.Marker]{inprocess.MarkerForm},
	inprocess.OptionalTextForm.Type: typed[inprocess.OptionalText]{inprocess.OptionalTextForm},
	inprocess.CounterForm.Type:      typed[inprocess.Counter]{inprocess.CounterForm},
	inprocess.HiddenTextForm.Type:   typed[inprocess.HiddenText]{inprocess.HiddenTextForm},
}

// text gives the text form of a value that may be absent.
func (t typed[T]) text(value T, is bool) (string, bool) {
	if !is {
		return "", false
	}
	return t.form.Format(value), true
}

func (t typed[T]) insert(c *ctx, value string) (string, bool) {
	return t.text(context.Insert(c, t.form.Parse(value)))
}

func (t typed[T]) maybeInsert(c *ctx, value *string) (string, bool) {
	var parsed T
	if value != nil {
		parsed = t.form.Parse(*value)
	}
	return t.text(context.MaybeInsert(c, parsed, value != nil))
}

func (t typed[T]) get(c ctx) (string, bool)     { return t.text(context.Get[T](c)) }
func (t typed[T]) remove(c *ctx) (string, bool) { return t.text(context.Remove[T](c)) }

func (t typed[T]) ref(c *ctx) (inprocess.Handle, bool) {
	ref, present := context.GetRef[T](c)
	if !present {
		return nil, false
	}
	return handle[T]{ref, t.form}, true
}

func (t typed[T]) getOrInsert(c *ctx, value string) inprocess.Handle {
	return handle[T]{context.GetOrInsert(c, t.form.Parse(value)), t.form}
}

func (t typed[T]) getOrInsertDefault(c *ctx) inprocess.Handle {
	return handle[T]{context.GetOrInsertDefault[T](c), t.form}
}

func (t typed[T]) getOrInsertWith(c *ctx, make func() string) inprocess.Handle {
	return handle[T]{context.GetOrInsertWith(c, func() T { return t.form.Parse(make()) }), t.form}
}

func (t typed[T]) getOrInsertFrom(c *ctx, make func(inprocess.Context) string) inprocess.Handle {
	return handle[T]{context.GetOrInsertWithContext(c, func(now ctx) T { return t.form.Parse(make(&carried{now})) }), t.form}
}

func (t typed[T]) tryGetOrInsert(c *ctx, make func() (string, error)) (inprocess.Handle, error) {
	ref, err := context.GetOrTryInsertWith(c, func() (T, error) {
		value, err := make()
		if err != nil {
			var none T
			return none, err
		}
		return t.form.Parse(value), nil
	})
	return handle[T]{ref, t.form}, err
}

func (t typed[T]) adding(value string) wrapper {
	return layer.NewAddExtension[state, string, string](t.form.Parse(value))
}

func (t typed[T]) getting(f func(string) string) (wrapper, error) {
	if f == nil {
		return layer.NewGetExtension[string, string, state, T](nil)
	}
	return layer.NewGetExtension[string, string](func(_ ctx, value T) { f(t.form.Format(value)) })
}

// handle is a reference to a value, by its text form.
type handle[T any] struct {
	ref  context.Ref[state, T]
	form inprocess.Form[T]
}

// Read implements inprocess.Handle.
func (h handle[T]) Read() string { return h.form.Format(h.ref.Get()) }

// Write implements inprocess.Handle.
func (h handle[T]) Write(text string) {
	value := h.ref.Get()
	h.form.Write(&value, text)
	h.ref.Set(value)
}

// Insert implements inprocess.Context.
func (c *carried) Insert(typ, value string) (string, bool) { return types[typ].insert(&c.ctx, value) }

// MaybeInsert implements inprocess.Context.
func (c *carried) MaybeInsert(typ string, value *string) (string, bool) {
	return types[typ].maybeInsert(&c.ctx, value)
}

// Get implements inprocess.Context.
func (c *carried) Get(typ string) (string, bool) { return types[typ].get(c.ctx) }

// Mutable implements inprocess.Context.
func (c *carried) Mutable(typ string) (inprocess.Handle, bool) { return types[typ].ref(&c.ctx) }

// Remove implements inprocess.Context.
func (c *carried) Remove(typ string) (string, bool) { return types[typ].remove(&c.ctx) }

// GetOrInsert implements inprocess.GetterOrInserter.
func (c *carried) GetOrInsert(typ, value string) inprocess.Handle {
	return types[typ].getOrInsert(&c.ctx, value)
}

// GetOrInsertDefault implements inprocess.GetterOrInserter.
func (c *carried) GetOrInsertDefault(typ string) inprocess.Handle {
	return types[typ].getOrInsertDefault(&c.ctx)
}

// GetOrInsertWith implements inprocess.GetterOrInserter.
func (c *carried) GetOrInsertWith(typ string, make func() string) inprocess.Handle {
	return types[typ].getOrInsertWith(&c.ctx, make)
}

// GetOrInsertFrom implements inprocess.GetterOrInserter.
func (c *carried) GetOrInsertFrom(typ string, make func(inprocess.Context) string) inprocess.Handle {
	return types[typ].getOrInsertFrom(&c.ctx, make)
}

// TryGetOrInsertWith implements inprocess.GetterOrInserter.
func (c *carried) TryGetOrInsertWith(typ string, make func() (string, error)) (inprocess.Handle, error) {
	return types[typ].tryGetOrInsert(&c.ctx, make)
}

// contextual builds a layer that works on contexts.
func (w *workshop) contextual(name, typ, value, function string) (wrapper, error) {
	carriedType, known := types[typ]
	switch {
	case name == "map-state":
		f, err := w.env.MapState(function)
		if err != nil {
			return nil, err
		}
		return layer.NewMapState[string, string](f)
	case !known:
		return nil, inprocess.Unsupported("type " + typ)
	case name == "add-extension":
		return carriedType.adding(value), nil
	default: // get-extension
		f, err := w.env.Map(function)
		if err != nil {
			return nil, err
		}
		return carriedType.getting(f)
	}
}
