package script

import (
	"math"
	"reflect"
	"time"
)

// Scaled is the command with every duration multiplied by factor, for a subject on a clock that runs so much slower. Rates
// (Budget.PerSecond) and shares stay as they are.
func (c Command) Scaled(factor float64) Command {
	scale := scaling(factor)
	c.After, c.Duration = scale.span(c.After), scale.span(c.Duration)
	c.Stack, c.HostStep = scale.stack(c.Stack), scale.host(c.HostStep)
	return c
}

// HasDuration tells whether there is a duration in the command.
func (c Command) HasDuration() bool { return !reflect.DeepEqual(c, c.Scaled(2)) }

// scaling is the factor.
type scaling float64

func (s scaling) duration(d Duration) Duration {
	scaled := math.Round(float64(d) * float64(s))
	// A span of centuries stays one.
	return Duration(max(min(scaled, float64(math.MaxInt64-int64(time.Second))), math.MinInt64))
}

func (s scaling) span(d *Duration) *Duration {
	if d == nil {
		return nil
	}
	return new(s.duration(*d))
}

func (s scaling) stack(stack *Stack) *Stack {
	if stack == nil {
		return nil
	}
	return &Stack{Layers: s.layers(stack.Layers), Leaf: stack.Leaf}
}

func (s scaling) layers(layers []Layer) []Layer {
	var scaled []Layer
	for _, layer := range layers {
		layer.Per, layer.Timeout, layer.Idle = s.span(layer.Per), s.span(layer.Timeout), s.span(layer.Idle)
		layer.Layers, layer.Service, layer.Policy = s.layers(layer.Layers), s.stack(layer.Service), s.policy(layer.Policy)
		scaled = append(scaled, layer)
	}
	return scaled
}

func (s scaling) policy(policy *Policy) *Policy {
	if policy == nil {
		return nil
	}
	scaled := *policy
	scaled.Delay = s.duration(policy.Delay)
	if policy.Backoff != nil {
		backoff := *policy.Backoff
		backoff.Min, backoff.Max = s.duration(backoff.Min), s.duration(backoff.Max)
		scaled.Backoff = &backoff
	}
	if policy.Budget != nil {
		budget := *policy.Budget
		budget.TTL = s.duration(budget.TTL)
		scaled.Budget = &budget
	}
	return &scaled
}

func (s scaling) host(step *HostStep) *HostStep {
	if step == nil {
		return nil
	}
	scaled := *step
	if step.Serve != nil {
		serve := *step.Serve
		serve.IdleTimeout, serve.RequestTimeout = s.span(serve.IdleTimeout), s.span(serve.RequestTimeout)
		scaled.Serve = &serve
	}
	if step.Settings != nil {
		settings := *step.Settings
		settings.Idle, settings.Requests = s.span(settings.Idle), s.span(settings.Requests)
		settings.PostReturn, settings.Request = s.span(settings.PostReturn), s.span(settings.Request)
		scaled.Settings = &settings
	}
	return &scaled
}
