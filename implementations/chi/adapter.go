package chi

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

// A backlog has to have a size and an end. These are more than any script makes use of.
const (
	backlog        = 1000
	backlogTimeout = 100 * 365 * 24 * time.Hour
)

// Adapter checks go-chi. It keeps nothing between subjects.
type Adapter struct{}

// Compose implements inprocess.Adapter. Layers and middlewares are both written with the outermost first.
func (Adapter) Compose(env *inprocess.Environment, layers []script.Layer) (inprocess.Composed, error) {
	var built stack
	for index := 0; index < len(layers); index++ {
		l := layers[index]
		throttle := middleware.ThrottleBacklog
		if l.Name == "load-shed" {
			// To shed is what Throttle does when it is full: load-shedder and limit are one.
			if index++; index == len(layers) || layers[index].Name != "concurrency-limit" {
				return nil, inprocess.Unsupported(l.Name)
			}
			l = layers[index]
			throttle = func(limit, _ int, _ time.Duration) wrapper { return middleware.Throttle(limit) }
		}
		next, err := wrap(env, l, throttle)
		if err != nil {
			return nil, err
		}
		built = append(built, next)
	}
	return built, nil
}

func wrap(env *inprocess.Environment, l script.Layer, throttle func(int, int, time.Duration) wrapper) (wrapper, error) {
	switch l.Name {
	case "concurrency-limit":
		return limited(l, throttle)
	case "global-concurrency-limit":
		// A middleware that wraps several handlers counts their requests together.
		shared, err := env.Shared("throttle "+l.Group, func() (any, error) { return limited(l, throttle) })
		if err != nil {
			return nil, err
		}
		return shared.(wrapper), nil
	case "timeout":
		if l.Timeout == nil {
			return nil, inprocess.Refused("timeout", errNoDefault)
		}
		return middleware.Timeout(time.Duration(*l.Timeout)), nil
	case "layer-fn":
		return tagged(env, l.Tag), nil
	default:
		return nil, inprocess.Unsupported(l.Name)
	}
}

var errNoDefault = errors.New("there is no default")

// limited builds a throttle. It refuses by a panic that says what is wrong.
func limited(l script.Layer, throttle func(int, int, time.Duration) wrapper) (built wrapper, err error) {
	if l.Limit == nil {
		return nil, inprocess.Refused("limit", errNoDefault)
	}
	defer func() {
		value := recover()
		if text, is := value.(string); is && strings.HasPrefix(text, "chi/middleware: Throttle expects limit") {
			err = inprocess.Refused("limit", errors.New(text))
		} else if value != nil {
			panic(value)
		}
	}()
	return throttle(*l.Limit, backlog, backlogTimeout), nil
}

// Kind implements inprocess.Adapter.
func (Adapter) Kind(err error) string {
	switch err { //nolint:errorlint // each link is judged by itself
	case errTooManyRequests:
		return "overloaded"
	case errGatewayTimeout:
		return "elapsed"
	case context.Canceled:
		return "cancelled"
	default:
		return ""
	}
}

// stack is middlewares that wait for a handler.
type stack []wrapper

// Apply implements inprocess.Composed.
func (s stack) Apply(leaf *inprocess.Leaf) (inprocess.Service, error) {
	return client{chi.Chain(s...).Handler(answering(leaf))}, nil
}
