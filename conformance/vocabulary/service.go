package vocabulary

import (
	"fmt"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// mainLeaf is the name of the leaf of a stack that has only one.
const mainLeaf = "leaf"

// Service is an opened service.
type Service struct {
	session *session
	number  int
	leaf    string
}

// Open builds the layers, the first being outermost, around a leaf in a fresh subject. The spec fails if construction
// is refused.
func Open(layers ...script.Layer) *Service {
	ginkgo.GinkgoHelper()
	return newSession().open(script.Command{Stack: &script.Stack{Layers: layers, Leaf: mainLeaf}}).opened()
}

// Beside builds another service, around a leaf of its own name, in the same subject.
func (s *Service) Beside(leaf string, layers ...script.Layer) *Service {
	ginkgo.GinkgoHelper()
	return s.session.open(script.Command{Stack: &script.Stack{Layers: layers, Leaf: leaf}}).opened()
}

// SameLayers applies the very layer value that s was built with to a leaf of another name.
func (s *Service) SameLayers(leaf string) *Service {
	ginkgo.GinkgoHelper()
	return s.session.open(script.Command{Reuse: s.number, Stack: &script.Stack{Leaf: leaf}}).opened()
}

// Construction is an attempt to build a service.
type Construction struct {
	service *Service
	text    string
	events  []script.Event
}

// TryOpen attempts to build the layers around a leaf in a fresh subject.
func TryOpen(layers ...script.Layer) *Construction {
	ginkgo.GinkgoHelper()
	return newSession().open(script.Command{Stack: &script.Stack{Layers: layers, Leaf: mainLeaf}})
}

func (s *session) open(command script.Command) *Construction {
	ginkgo.GinkgoHelper()
	s.services++
	command.Do, command.Service = script.Open, s.services
	return &Construction{
		service: &Service{session: s, number: s.services, leaf: command.Stack.Leaf},
		text:    command.Stack.String(),
		events:  s.do(command),
	}
}

// Refused tells whether construction was refused, for whatever parameter.
func (c *Construction) Refused() bool {
	for _, event := range c.events {
		if event.Event == script.Refused {
			return true
		}
	}
	return false
}

// Service is the service that was built; the spec fails if there is none.
func (c *Construction) Service() *Service {
	ginkgo.GinkgoHelper()
	return c.opened()
}

func (c *Construction) opened() *Service {
	ginkgo.GinkgoHelper()
	for _, event := range c.events {
		if event.Event == script.Opened {
			return c.service
		}
	}
	FailSpec(fmt.Sprintf("Expected %s to be built, but %s.", c.text, inWords(c.events)))
	return nil
}

// Leaf is the service's leaf.
func (s *Service) Leaf() *Leaf { return s.LeafNamed(s.leaf) }

// LeafNamed is the leaf of that name: the one of a second service, say.
func (s *Service) LeafNamed(name string) *Leaf { return &Leaf{session: s.session, name: name} }

// Caller is a new caller of the service.
func (s *Service) Caller() *Caller {
	ginkgo.GinkgoHelper()
	s.session.callers++
	caller := &Caller{session: s.session, number: s.session.callers}
	s.session.do(script.Command{Do: script.NewCaller, Caller: caller.number, Service: s.number})
	return caller
}

// Advance moves the script's time. What is due at an instant is looked at with JustBefore, JustAfter and OverTheInstant, which know
// how exact the clock is.
func (s *Service) Advance(by time.Duration) {
	ginkgo.GinkgoHelper()
	s.session.advance(by)
}

// Close drops every handle on the service.
func (s *Service) Close() {
	ginkgo.GinkgoHelper()
	s.session.do(script.Command{Do: script.Close, Service: s.number})
}

// Applied lists what a function of the vocabulary was applied to so far, in order: requests, responses, and errors as
// "error:KIND<CAUSE".
func (s *Service) Applied(function string) []string { return s.session.applied(function) }

// Built lists the names of the layers that were applied, in the order of their construction.
func (s *Service) Built() []string {
	var names []string
	for _, event := range s.session.find(func(e script.Event) bool { return e.Event == script.Built }) {
		names = append(names, event.Name)
	}
	return names
}

// Requests lists every request that any leaf of the subject received, in order, as LEAF:REQUEST.
func (s *Service) Requests() []string {
	var requests []string
	for _, event := range s.session.find(func(e script.Event) bool { return e.Event == script.Received }) {
		requests = append(requests, event.Leaf+":"+event.Request)
	}
	return requests
}

// Factory is an opened service factory.
type Factory struct {
	session *session
	number  int
}

// OpenFactory builds a factory of the stack's services in a fresh subject.
func OpenFactory(layers ...script.Layer) *Factory {
	ginkgo.GinkgoHelper()
	s := newSession()
	s.factories++
	events := s.do(script.Command{Do: script.OpenFactory, Factory: s.factories, Stack: &script.Stack{Layers: layers, Leaf: mainLeaf}})
	for _, event := range events {
		if event.Event == script.Opened {
			return &Factory{session: s, number: s.factories}
		}
	}
	FailSpec(fmt.Sprintf("Expected the factory to be built, but %s.", inWords(events)))
	return nil
}

// Create has the factory make a service. The service may be used when the operation is done.
func (f *Factory) Create(config string) (*Operation, *Service) {
	ginkgo.GinkgoHelper()
	f.session.services++
	service := &Service{session: f.session, number: f.session.services, leaf: mainLeaf}
	operation := f.session.start(script.Command{Do: script.Create, Factory: f.number, Service: service.number, Config: config})
	return operation, service
}

// LeafNamed is the leaf of that name.
func (f *Factory) LeafNamed(name string) *Leaf { return &Leaf{session: f.session, name: name} }

// Leaf is the leaf of the factory's stack.
func (f *Factory) Leaf() *Leaf { return f.LeafNamed(mainLeaf) }

// Created lists what the leaves' factories made, in order, as LEAF:CONFIG.
func (f *Factory) Created() []string {
	var made []string
	for _, event := range f.session.find(func(e script.Event) bool { return e.Event == script.Created }) {
		made = append(made, event.Leaf+":"+event.Config)
	}
	return made
}

// Applied lists what a function of the vocabulary was applied to so far.
func (f *Factory) Applied(function string) []string { return f.session.applied(function) }

// Built lists the names of the layers that were applied, in the order of their construction.
func (f *Factory) Built() []string { return (&Service{session: f.session}).Built() }
