package vocabulary

import (
	"fmt"
	"slices"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Host is one handle on a host of guests.
type Host struct {
	session *session
	number  int
}

// NewHost builds a host in a fresh subject, with whatever form of guest the implementation prefers. Its policy answers yes
// and nothing expires, unless the settings say otherwise.
func NewHost(settings ...HostSetting) *Host {
	ginkgo.GinkgoHelper()
	return newSession().host(script.HostStep{Op: script.NewHost, Settings: collect(settings)})
}

// NewSynchronousHost is NewHost with guests of the synchronous form.
func NewSynchronousHost(settings ...HostSetting) *Host {
	ginkgo.GinkgoHelper()
	return newSession().host(script.HostStep{Op: script.NewHost, Form: script.SyncForm, Settings: collect(settings)})
}

// NewServedHost builds a host behind a server with these limits, in a fresh subject.
func NewServedHost(limits ...ServerLimit) *Host {
	ginkgo.GinkgoHelper()
	serve := new(script.Serve)
	for _, limit := range limits {
		limit(serve)
	}
	return newSession().host(script.HostStep{Op: script.NewHost, Serve: serve})
}

// host builds a host with the next number.
func (s *session) host(step script.HostStep) *Host {
	ginkgo.GinkgoHelper()
	s.hosts++
	made := &Host{session: s, number: s.hosts}
	made.take(step)
	return made
}

func (h *Host) take(step script.HostStep) {
	ginkgo.GinkgoHelper()
	h.session.do(script.Command{Do: script.OnHost, Host: h.number, HostStep: &step})
}

// Copy is another handle on the same host.
func (h *Host) Copy() *Host {
	ginkgo.GinkgoHelper()
	return h.session.host(script.HostStep{Op: script.CopyHost, Other: h.number})
}

// Drop ends this handle.
func (h *Host) Drop() {
	ginkgo.GinkgoHelper()
	h.take(script.HostStep{Op: script.DropHost})
}

// Embedder changes what the embedder does from now on.
func (h *Host) Embedder(settings ...HostSetting) {
	ginkgo.GinkgoHelper()
	h.take(script.HostStep{Op: script.SetHost, Settings: collect(settings)})
}

// Handle hands over a request whose guest carries out the program.
func (h *Host) Handle(program string) *Operation {
	ginkgo.GinkgoHelper()
	return h.HandleWith("", program)
}

// HandleWith is Handle with data of the embedder's own.
func (h *Host) HandleWith(data, program string) *Operation {
	ginkgo.GinkgoHelper()
	return h.session.start(script.Command{
		Do: script.OnHost, Host: h.number, HostStep: &script.HostStep{Op: script.Handle, Program: program, Data: data},
	})
}

// OpenGate lets every task go on that waits at the gate, now or later.
func (h *Host) OpenGate(gate string) {
	ginkgo.GinkgoHelper()
	h.take(script.HostStep{Op: script.OpenGate, Gate: gate})
}

// Shutdown shuts the server down.
func (h *Host) Shutdown() *Operation {
	ginkgo.GinkgoHelper()
	return h.session.start(script.Command{Do: script.OnHost, Host: h.number, HostStep: &script.HostStep{Op: script.ShutdownHost}})
}

// Advance moves virtual time.
func (h *Host) Advance(by time.Duration) {
	ginkgo.GinkgoHelper()
	h.session.advance(by)
}

// Under builds layers, the first being outermost, around the host. Requests of the service are programs.
func (h *Host) Under(layers ...script.Layer) *Service {
	ginkgo.GinkgoHelper()
	return h.session.open(script.Command{Host: h.number, Stack: &script.Stack{Layers: layers, Leaf: mainLeaf}}).opened()
}

// Instantiations is how many instances the embedder was asked for so far.
func (h *Host) Instantiations() int { return h.count(script.Instantiating) }

// Instances is how many instances were made so far.
func (h *Host) Instances() int { return h.count(script.Instantiated) }

func (h *Host) count(event script.Happening) int {
	return len(h.session.find(func(e script.Event) bool { return e.Event == event }))
}

// Worker is a worker of the subject. Workers are numbered from 1, in the order in which their instances were asked for.
func (h *Host) Worker(number int) *Worker { return &Worker{session: h.session, number: number} }

// Worker is one worker of a host.
type Worker struct {
	session *session
	number  int
}

// String names the worker in failure messages.
func (w *Worker) String() string { return fmt.Sprintf("worker %d", w.number) }

func (w *Worker) find(event script.Happening) []script.Event {
	return w.session.find(func(e script.Event) bool { return e.Event == event && e.Worker == w.number })
}

// Asked lists what the policy was asked for the worker so far, as "IN FLIGHT of IN ALL".
func (w *Worker) Asked() []string {
	var asked []string
	for _, event := range w.find(script.AcceptAsked) {
		asked = append(asked, fmt.Sprintf("%d of %d", event.Concurrent, event.Total))
	}
	return asked
}

// Started lists the data of the requests for which the worker's request-start hook ran.
func (w *Worker) Started() []string {
	var data []string
	for _, event := range w.find(script.Accepted) {
		data = append(data, event.Data)
	}
	return data
}

// Drops is how often the worker's drop hook ran.
func (w *Worker) Drops() int { return len(w.find(script.Dropped)) }

// Status is the worker's latest, as "STATUS since INSTANT"; empty if its expiration was not asked for.
func (w *Worker) Status() string {
	statuses := w.find(script.WorkerStatus)
	if len(statuses) == 0 {
		return ""
	}
	last := statuses[len(statuses)-1]
	return fmt.Sprintf("%s since %s", last.Status, last.Since)
}

// Next is what was heard of the worker's request-start hook and its guest after that was: "started #2", "entered #2" or
// "waits #2 at a", by the requests' numbers. It is empty where nothing followed.
func (w *Worker) Next(told string) string {
	all := w.told()
	if index := slices.Index(all, told); index >= 0 && index+1 < len(all) {
		return all[index+1]
	}
	return ""
}

// Entered lists the requests whose tasks the worker's guest has begun, in order, by their numbers.
func (w *Worker) Entered() []int {
	var requests []int
	for _, event := range w.find(script.Entered) {
		requests = append(requests, event.Operation)
	}
	return requests
}

func (w *Worker) told() []string {
	var told []string
	for _, event := range w.session.find(func(e script.Event) bool { return e.Worker == w.number }) {
		switch event.Event {
		case script.Accepted:
			told = append(told, fmt.Sprintf("started #%d", event.Operation))
		case script.Entered:
			told = append(told, fmt.Sprintf("entered #%d", event.Operation))
		case script.Waiting:
			told = append(told, fmt.Sprintf("waits #%d at %s", event.Operation, event.Gate))
		}
	}
	return told
}

// EnteredBy is the number of the worker whose guest began the request's task; 0 if none did.
func (o *Operation) EnteredBy() int {
	for _, event := range o.about(script.Entered) {
		return event.Worker
	}
	return 0
}

// StartedBy lists the numbers of the workers whose request-start hook ran for the request.
func (o *Operation) StartedBy() []int {
	var workers []int
	for _, event := range o.about(script.Accepted) {
		workers = append(workers, event.Worker)
	}
	return workers
}

// StartedWith lists the data that the request-start hook was given for the request.
func (o *Operation) StartedWith() []string {
	var data []string
	for _, event := range o.about(script.Accepted) {
		data = append(data, event.Data)
	}
	return data
}

// Tasks lists the tasks that the request-start hook and the guest were told of for the request, in order, as "started TASK"
// and "entered TASK".
func (o *Operation) Tasks() []string {
	var tasks []string
	for _, event := range o.session.find(func(e script.Event) bool { return e.Operation == o.number }) {
		switch event.Event {
		case script.Accepted:
			tasks = append(tasks, fmt.Sprintf("started %d", event.Task))
		case script.Entered:
			tasks = append(tasks, fmt.Sprintf("entered %d", event.Task))
		}
	}
	return tasks
}

// Task is the task that the guest has for the request; 0 if there is none.
func (o *Operation) Task() int {
	for _, event := range o.about(script.Entered) {
		return event.Task
	}
	return 0
}

// Waits tells whether the request's task has come to that gate.
func (o *Operation) Waits(gate string) bool {
	return slices.ContainsFunc(o.about(script.Waiting), func(e script.Event) bool { return e.Gate == gate })
}

// about lists the events of that name that are about the request.
func (o *Operation) about(event script.Happening) []script.Event {
	return o.session.find(func(e script.Event) bool { return e.Event == event && e.Operation == o.number })
}
