package reference

import (
	gocontext "context"
	"errors"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/parameter"
	"github.com/plumbline-spec/plumbline/reference/service"
)

// The types that every stack of a script is made of: the suite's state, requests and responses that are texts.
type (
	state   = inprocess.State
	ctx     = context.Context[state]
	svc     = service.Service[state, string, string]
	wrapper = layer.Layer[svc, svc]
	builder = layer.Builder[state, string, string]
)

// Adapter checks the reference. It keeps nothing between subjects.
type Adapter struct {
	Inline bool // callers run guests on their own goroutines
}

// Compose implements inprocess.Adapter.
func (Adapter) Compose(env *inprocess.Environment, layers []script.Layer) (inprocess.Composed, error) {
	composed, err := (&workshop{env}).compose(layers)
	if err != nil {
		return nil, refused(err)
	}
	return &stack{composed}, nil
}

// kinds names the reference's own errors in the words of the specification.
var kinds = map[error]string{
	layer.ErrElapsed:     "elapsed",
	layer.ErrOverloaded:  "overloaded",
	layer.ErrClosed:      "closed",
	layer.ErrIdle:        "idle",
	service.ErrNotReady:  "not-ready",
	service.ErrClosed:    "shut-down",
	gocontext.Canceled:   "cancelled",
	context.ErrWouldWait: "would-wait",
}

// Kind implements inprocess.Adapter.
func (Adapter) Kind(err error) string {
	if _, is := err.(*layer.BufferError); is { //nolint:errorlint // each link is judged by itself
		return "buffer-failed"
	}
	if _, is := err.(*service.PanicError); is { //nolint:errorlint // as above
		return "panic"
	}
	if kind := hostKind(err); kind != "" {
		return kind
	}
	for known, kind := range kinds {
		if err == known { //nolint:errorlint // as above
			return kind
		}
	}
	return ""
}

// parameters translates the names that the reference gives to parameters into those of the script.
var parameters = map[string]string{
	"f": "function", "predicate": "function",
	"after": "timeout",
}

func refused(err error) error {
	var named *inprocess.RefusedError
	var refusal *parameter.Error
	if errors.As(err, &named) || !errors.As(err, &refusal) {
		return err
	}
	name := refusal.Parameter
	if translated, is := parameters[name]; is {
		name = translated
	}
	return inprocess.Refused(name, err)
}

// stack is layers that wait for a leaf.
type stack struct{ layers builder }

// Apply implements inprocess.Composed.
func (s *stack) Apply(l *inprocess.Leaf) (inprocess.Service, error) {
	chain := service.NewChain[state, string, string](leaf{l})
	p, err := service.Extend(chain, s.layers.Layer).Pipeline()
	if err != nil {
		return nil, refused(err)
	}
	return &opened{pipeline: p}, nil
}

// leaf is a leaf as a service of the reference.
type leaf struct{ leaf *inprocess.Leaf }

func (l leaf) Ready(c ctx) error                          { return l.leaf.Ready(c) }
func (l leaf) Call(c ctx, request string) (string, error) { return l.call(c, request) }
func (l leaf) Shutdown(c ctx) error                       { return l.leaf.Shutdown(c) }
func (l leaf) Poll(c ctx) error                           { return l.leaf.Poll(c) }
