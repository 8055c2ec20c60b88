package script

import (
	"fmt"
	"strings"
)

// Stack is a service as data: layers around a leaf.
type Stack struct {
	Layers []Layer `json:"layers,omitempty"` // the first is outermost
	Leaf   string  `json:"leaf"`
}

// Layer is one layer as data: its name, which is also the feature that it needs, and its parameters.
// A parameter that is left out takes the implementation's default.
type Layer struct {
	Name     string    `json:"layer"`
	Limit    *int      `json:"limit,omitempty"`    // calls at once, or grants in one window
	Bound    *int      `json:"bound,omitempty"`    // requests that may wait in a buffer
	Per      *Duration `json:"per,omitempty"`      // the window of a rate limit
	Timeout  *Duration `json:"timeout,omitempty"`  // how long a call may take
	Idle     *Duration `json:"idle,omitempty"`     // how long keep-alive lets a service rest
	Function string    `json:"function,omitempty"` // a function of the vocabulary; "nil" stands for none at all
	Group    string    `json:"group,omitempty"`    // layers of one group share one limit
	Type     string    `json:"type,omitempty"`     // add-extension, get-extension: a type of the vocabulary
	Value    string    `json:"value,omitempty"`    // add-extension: the text form of the value
	Tag      string    `json:"tag,omitempty"`      // the name that a layer-fn or middleware reports when it is applied
	Layers   []Layer   `json:"layers,omitempty"`   // option-layer: what the option holds; layers: a composed list
	Service  *Stack    `json:"service,omitempty"`  // service-and-then, service-then: the second service
	Policy   *Policy   `json:"policy,omitempty"`   // retry
}

// Policy is a retry policy as data. It is consulted after each attempt.
type Policy struct {
	Retries    int      `json:"retries"`              // attempts after the first
	On         string   `json:"on,omitempty"`         // "errors" (the default), "all", "never" or "response:TEXT"
	Delay      Duration `json:"delay,omitempty"`      // what the policy waits before the next attempt
	Backoff    *Backoff `json:"backoff,omitempty"`    // instead of Delay
	Budget     *Budget  `json:"budget,omitempty"`     // a retry withdraws from it; without enough there is none
	Request    string   `json:"request,omitempty"`    // a function that changes the request of the next attempt
	Result     string   `json:"result,omitempty"`     // a function that changes the last result
	Uncopyable bool     `json:"uncopyable,omitempty"` // the request cannot be copied
}

// Backoff is an exponential delay: Min doubled at each attempt up to Max, plus a random part that grows with Jitter.
type Backoff struct {
	Min    Duration `json:"min"`
	Max    Duration `json:"max"`
	Jitter float64  `json:"jitter,omitempty"` // 0 to 100, the more the larger
}

// Budget is a retry budget: each first attempt deposits, each retry withdraws.
type Budget struct {
	TTL       Duration `json:"ttl"`       // how long a deposit lasts
	PerSecond int      `json:"perSecond"` // retries a second that are always allowed
	Percent   float64  `json:"percent"`   // retries allowed for 100 calls
}

// String is the stack with its outermost layer first.
func (s *Stack) String() string {
	if s == nil {
		return "nothing"
	}
	parts := make([]string, 0, len(s.Layers)+1)
	for _, layer := range s.Layers {
		parts = append(parts, layer.String())
	}
	return strings.Join(append(parts, leafName(s.Leaf)), " > ")
}

// String is the layer's name with its parameters.
func (l Layer) String() string {
	var parameters []string
	add := func(name string, value any) { parameters = append(parameters, fmt.Sprintf("%s=%v", name, value)) }
	if l.Limit != nil {
		add("limit", *l.Limit)
	}
	if l.Bound != nil {
		add("bound", *l.Bound)
	}
	if l.Per != nil {
		add("per", *l.Per)
	}
	if l.Timeout != nil {
		add("timeout", *l.Timeout)
	}
	if l.Idle != nil {
		add("idle", *l.Idle)
	}
	for _, text := range [][2]string{{"function", l.Function}, {"group", l.Group}, {"type", l.Type}, {"value", l.Value}, {"tag", l.Tag}} {
		if text[1] != "" {
			add(text[0], text[1])
		}
	}
	if len(l.Layers) > 0 {
		add("layers", l.Layers)
	}
	if l.Service != nil {
		add("service", l.Service)
	}
	if p := l.Policy; p != nil {
		add("retries", p.Retries)
		if p.On != "" {
			add("on", p.On)
		}
		if p.Delay != 0 {
			add("delay", p.Delay)
		}
		if p.Backoff != nil {
			add("backoff", fmt.Sprintf("%v..%v jitter %v", p.Backoff.Min, p.Backoff.Max, p.Backoff.Jitter))
		}
		if p.Budget != nil {
			add("budget", fmt.Sprintf("%d/s + %v%% for %v", p.Budget.PerSecond, p.Budget.Percent, p.Budget.TTL))
		}
		for _, text := range [][2]string{{"request", p.Request}, {"result", p.Result}} {
			if text[1] != "" {
				add(text[0], text[1])
			}
		}
		if p.Uncopyable {
			add("request", "uncopyable")
		}
	}
	if len(parameters) == 0 {
		return l.Name
	}
	return l.Name + "(" + strings.Join(parameters, " ") + ")"
}
