package properties

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// Hosts is the property of hosts: each request is accepted at most once and answered exactly once, as its guest does; no instance is
// made that nothing asked for, and none serves that may not; hooks run once; nobody is forgotten.
var Hosts = Property{
	Name:  "a host loses no request, and its workers do what they were asked to",
	Timed: true,
	Requires: []string{
		"proxy", "proxy-policy", "proxy-concurrent", "proxy-pressure", "proxy-hooks", "proxy-worker-expiration", "proxy-interrupt", "proxy-request-expiration",
		"proxy-post-return", "proxy-body", "proxy-error-code", "proxy-missing-response", "proxy-give-back", "proxy-panic", "proxy-abandon", "proxy-hostile-guest",
	},
	Check: func(rt *rapid.T, r *Run) { newHostScript(rt, r, false).play() },
}

// SynchronousHosts is Hosts for guests whose task is one call.
var SynchronousHosts = Property{
	Name:  "a host of synchronous guests gives each one request at a time",
	Timed: true,
	Requires: []string{
		"proxy", "proxy-sync", "proxy-policy", "proxy-hooks", "proxy-worker-expiration", "proxy-error-code", "proxy-missing-response", "proxy-give-back",
		"proxy-panic", "proxy-abandon", "proxy-hostile-guest",
	},
	Check: func(rt *rapid.T, r *Run) { newHostScript(rt, r, true).play() },
}

// hostScript draws what is done to a host.
type hostScript struct {
	*hostModel
	rt       *rapid.T
	declares Declares
	// strict has it ask only for what has one outcome: at most one worker is available to a request.
	strict bool
	varied bool // the policy has answered otherwise than yes
}

func newHostScript(rt *rapid.T, r *Run, synchronous bool) *hostScript {
	m := &hostModel{
		Run: r, synchronous: synchronous, byWorker: map[int]script.HostSettings{},
		does: script.HostSettings{Accept: "yes", Asking: "open", Instantiate: "ok", Start: "ok", Drop: "ok"},
	}
	return &hostScript{hostModel: m, rt: rt, declares: everything}
}

// play draws a script and carries it out.
func (s *hostScript) play() {
	s.open()
	actions := slices.Concat(
		manyOf(8, s.handle), manyOf(6, s.openGate), manyOf(3, s.changePolicy), manyOf(4, s.advance),
		manyOf(2, s.holdAsking), manyOf(3, s.release), manyOf(1, s.holdInstantiate), manyOf(1, s.holdStart), manyOf(1, s.holdDrop),
		manyOf(1, s.failInstantiate), manyOf(1, s.failStart), manyOf(2, s.mend), manyOf(2, s.cancel), manyOf(1, s.copyHandle), manyOf(2, s.dropHandle), manyOf(2, s.starve), manyOf(4, s.late), manyOf(1, s.spin), manyOf(1, s.decline), manyOf(1, s.lose),
	)
	s.rt.Repeat(map[string]func(*rapid.T){"": func(*rapid.T) {}, "step": func(rt *rapid.T) {
		first := rapid.IntRange(0, len(actions)-1).Draw(rt, "action")
		for offset := range actions {
			if actions[(first+offset)%len(actions)]() {
				return
			}
		}
		rt.Skip("nothing is possible")
	}})
	s.end()
}

func manyOf(times int, action func() bool) []func() bool {
	return slices.Repeat([]func() bool{action}, times)
}

// open makes the host. Its limits in time are no whole milliseconds, so that nothing is due when a command ends.
func (s *hostScript) open() {
	settings := &script.HostSettings{}
	limit := func() *script.Duration {
		if one(s.rt, true, false) {
			return nil
		}
		return new(span(one(s.rt, 10, 20, 40)) + span(1)/10)
	}
	if one(s.rt, true, true, false) {
		settings.Idle, settings.Requests, settings.PostReturn, settings.Request = limit(), limit(), limit(), limit()
		if s.synchronous {
			settings.Request = nil
		}
	}
	if !s.declares("proxy-worker-expiration") {
		settings.Idle, settings.Requests, settings.PostReturn = nil, nil, nil
	}
	s.does.Idle, s.does.Requests, s.does.PostReturn, s.does.Request = settings.Idle, settings.Requests, settings.PostReturn, settings.Request
	form := script.CallbackForm
	if s.synchronous {
		form = script.SyncForm
	}
	s.made, s.handles = 1, []int{1}
	s.on(1, script.HostStep{Op: script.NewHost, Form: form, Settings: settings})
}

// program draws what a guest does with a request. Each gate is waited at by one task, so that opening it wakes one.
func (s *hostScript) program() string {
	operation := s.operations + 1
	gates := 0
	var steps []string
	take := func(more ...string) { steps = append(steps, more...) }
	wait := func() {
		gates++
		take(fmt.Sprintf("wait:g%d%c", operation, 'a'+gates-1))
	}
	if s.synchronous {
		if one(s.rt, true, false) {
			wait()
		}
		last := []string{"respond:x", "respond:y", "error:e", "error:f", "", "trap", "host-panic"}
		if !s.strict { // it is not said how such a request fails
			last = append(last, "lie:status", "lie:other", "lie:pointer")
		}
		last = slices.DeleteFunc(last, func(step string) bool { return !s.declares.guest(step) })
		take(one(s.rt, last...))
		return strings.TrimSpace(strings.Join(steps, " "))
	}
	pressed := false
	switch one(s.rt, 0, 1, 2, 3, 4, 5, 6, 7) {
	case 0, 1, 2:
	case 3, 4:
		wait()
	case 5:
		if !s.waits() { // while the policy is held, a task that has control may not get it back
			take("yield")
		}
		if one(s.rt, true, false) {
			wait()
		}
	case 6:
		take("pressure:on")
		wait()
		pressed = true
	case 7:
		wait()
		if one(s.rt, true, false) {
			take("pressure:on")
			wait()
			pressed = true
		}
	}
	if pressed && one(s.rt, true, true, false) {
		take("pressure:off")
		if one(s.rt, true, false) {
			wait()
		}
	}
	answered := true
	switch one(s.rt, 0, 1, 2, 3, 4, 5, 6) {
	case 0, 1, 2:
		answer := []string{"respond:x", "respond:y"}
		if len(steps) == 0 {
			answer = append(answer, "count")
		}
		take(one(s.rt, answer...))
	case 3:
		take("head")
		s.body(take, wait)
	case 4:
		take(one(s.rt, "error:e", "error:f"))
	case 5:
		answered = false
	case 6:
		answered = false
		take(one(s.rt, "trap", "host-panic", "lie:status", "lie:other", "lie:pointer"))
	}
	if answered && one(s.rt, true, false) {
		wait()
		take(one(s.rt, "", "", "trap", "lie:twice", "host-panic"))
	}
	return strings.Join(slices.DeleteFunc(steps, func(step string) bool { return step == "" }), " ")
}

// body draws what is written to a body, and how that ends.
func (s *hostScript) body(take func(...string), wait func()) {
	for part := range one(s.rt, 0, 1, 2, 3) {
		take(fmt.Sprintf("body:%c", 'k'+part))
		if one(s.rt, false, true) {
			wait()
		}
	}
	take(one(s.rt, "end-body", "fail-body", ""))
}

func (s *hostScript) handle() bool {
	if len(s.handles) == 0 || !s.mayHandle() {
		return false
	}
	program := s.program()
	s.on(one(s.rt, s.handles...), script.HostStep{Op: script.Handle, Program: program, Data: hostData(s.operations + 1)})
	return true
}

// mayHandle tells whether the outcome of another request is determined, where it has to be.
func (s *hostScript) mayHandle() bool {
	available, certain := s.available()
	if !s.strict {
		return certain || s.does.Instantiate == "ok"
	}
	held := slices.ContainsFunc(s.workers, func(w *hostWorker) bool { return w.live && w.held })
	starting := slices.ContainsFunc(s.workers, func(w *hostWorker) bool { return w.starting })
	switch {
	case starting && (len(available) > 0 || len(s.queue()) > 0): // it would be for who of several comes to the queue first
		return false
	case !certain || len(available) > 1 || s.pending():
		return false
	case s.does.Drop == "wait":
		return len(available) == 0 || s.policy(available[0]) == "yes"
	default:
		return len(available) == 0 || !held
	}
}

// apart tells whether the policy may change although it may be asked at different times. Where times are limited, a timer may have a
// worker ask it, and a synchronous worker may ask it although a task is in its guest.
func (s *hostScript) apart() bool { return !s.strict || !s.limited() && !s.synchronous }

// swayed tells whether somebody who asks his policy when a handle goes away may do otherwise than one who does not.
func (s *hostScript) swayed() bool {
	return s.strict && s.varied
}

// limited tells whether there are limits in time.
func (s *hostScript) limited() bool {
	return s.does.Idle != nil || s.does.Requests != nil || s.does.PostReturn != nil || s.does.Request != nil
}

// gates lists the gates at which a task waits that will go on.
func (s *hostScript) gates() []string {
	var gates []string
	if s.does.Start == "wait" || s.strict && s.does.Asking == "wait" {
		return nil
	}
	for _, w := range s.workers {
		if !w.live || w.held || s.does.Asking == "wait" && s.does.Requests != nil {
			continue
		}
		if w.inFlight() == 0 && (s.does.Asking == "wait" || s.pending()) {
			continue // it is not said whether post-return work goes before the policy and what that lets in
		}
		for _, t := range w.tasks {
			if t.gate != "" {
				gates = append(gates, t.gate)
			}
		}
	}
	return gates
}

func (s *hostScript) openGate() bool {
	gates := s.gates()
	if len(gates) == 0 {
		return false
	}
	s.on(1, script.HostStep{Op: script.OpenGate, Gate: one(s.rt, gates...)})
	return true
}

func (s *hostScript) embedder(settings script.HostSettings) bool {
	if settings = s.declares.embedder(settings); len(s.handles) == 0 || settings == (script.HostSettings{}) {
		return false
	}
	s.varied = s.varied || settings.Accept != "" && settings.Accept != "yes"
	s.on(s.handles[0], script.HostStep{Op: script.SetHost, Settings: &settings})
	return true
}

func (s *hostScript) drawPolicy() script.HostSettings {
	settings := script.HostSettings{Accept: one(s.rt, "yes", "limits", "limits", "no", "never", "yes")}
	if settings.Accept == "limits" {
		settings.MaxTotal, settings.MaxConcurrent = one(s.rt, 0, 1, 2, 3), one(s.rt, 1, 2, 0)
	}
	return settings
}

func (s *hostScript) changePolicy() bool {
	if s.does.Asking == "wait" || !s.apart() {
		return false
	}
	settings := s.drawPolicy()
	if len(s.workers) > 0 && one(s.rt, false, false, true) {
		settings.Worker = one(s.rt, s.workers...).number
	}
	return s.embedder(settings)
}

func (s *hostScript) advance() bool {
	if s.waits() {
		return false
	}
	s.hostModel.advance(span(one(s.rt, 7, 13, 23, 3)))
	return true
}

func (s *hostScript) holdAsking() bool {
	return !s.waits() && s.apart() && s.embedder(script.HostSettings{Asking: "wait"})
}

func (s *hostScript) holdInstantiate() bool {
	return s.does.Start == "ok" && s.does.Drop != "wait" && s.does.Instantiate != "wait" && s.embedder(script.HostSettings{Instantiate: "wait"})
}

func (s *hostScript) holdStart() bool {
	return !s.waits() && s.does.Instantiate == "ok" && s.embedder(script.HostSettings{Start: "wait"})
}

func (s *hostScript) holdDrop() bool {
	return !s.waits() && s.embedder(script.HostSettings{Drop: "wait"})
}

// release lets one hook go on that is held.
func (s *hostScript) release() bool {
	switch {
	case s.does.Asking == "wait":
		settings := s.drawPolicy()
		settings.Asking = "open"
		return s.embedder(settings)
	case s.does.Start == "wait":
		return s.embedder(script.HostSettings{Start: one(s.rt, "ok", "ok", "error:s", "panic")})
	case s.does.Drop == "wait":
		return s.embedder(script.HostSettings{Drop: "ok"})
	case s.does.Instantiate == "wait":
		return s.embedder(script.HostSettings{Instantiate: s.drawInstantiation()})
	}
	return false
}

// drawInstantiation draws how those end that are held. The causes of several have numbers, which hang on who comes first.
func (s *hostScript) drawInstantiation() string {
	starting := 0
	for _, w := range s.workers {
		if w.starting {
			starting++
		}
	}
	if s.strict && starting > 1 {
		return "ok"
	}
	return one(s.rt, "ok", "ok", "error:x", "panic")
}

func (s *hostScript) failInstantiate() bool {
	return !s.waits() && s.does.Start == "ok" && s.embedder(script.HostSettings{Instantiate: one(s.rt, "error:x", "panic")})
}

func (s *hostScript) failStart() bool {
	return !s.waits() && s.does.Instantiate == "ok" && s.embedder(script.HostSettings{Start: one(s.rt, "error:s", "panic")})
}

// mend has everything go well again.
func (s *hostScript) mend() bool {
	if s.waits() || s.does.Instantiate == "ok" && s.does.Start == "ok" {
		return false
	}
	return s.embedder(script.HostSettings{Instantiate: "ok", Start: "ok"})
}

func (s *hostScript) cancel() bool {
	pending := slices.DeleteFunc(slices.Clone(s.requests), func(r *hostRequest) bool {
		return r.got != nil || r.abandoned || s.strict && r.worker == nil
	})
	if len(pending) == 0 || !s.declares("proxy-abandon") {
		return false
	}
	s.giveUp(one(s.rt, pending...))
	return true
}

func (s *hostScript) copyHandle() bool {
	if len(s.handles) == 0 || len(s.handles) > 2 {
		return false
	}
	s.made++
	other := one(s.rt, s.handles...)
	s.handles = append(s.handles, s.made)
	s.on(s.made, script.HostStep{Op: script.CopyHost, Other: other})
	return true
}

// dropHandle drops a handle: the last one rarely, and only when nobody waits for a worker.
func (s *hostScript) dropHandle() bool {
	switch {
	case len(s.handles) == 0 || s.waits() || s.swayed():
		return false
	case len(s.handles) == 1 && (len(s.queue()) > 0 || one(s.rt, true, true, true, false)):
		return false
	}
	s.on(one(s.rt, s.handles...), script.HostStep{Op: script.DropHost})
	return true
}

// end lets everything come to its end, and asks for nothing more: every task returns, every worker ends.
func (s *hostScript) end() {
	if len(s.handles) > 0 {
		s.embedder(script.HostSettings{Accept: "yes", Asking: "open", Instantiate: "ok", Start: "ok", Drop: "ok"})
	}
	for gates := s.gates(); len(gates) > 0; gates = s.gates() {
		s.on(1, script.HostStep{Op: script.OpenGate, Gate: gates[0]})
	}
	for len(s.handles) > 0 && !s.swayed() {
		s.on(s.handles[0], script.HostStep{Op: script.DropHost})
	}
}
