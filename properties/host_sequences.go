package properties

import (
	"fmt"
	"slices"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// starve has requests queued for workers that then decline, while no instance is made: somebody is started for the queue. What
// becomes of that is drawn: there is no instance, or there is one at last, perhaps when others have served the queue.
func (s *hostScript) starve() bool {
	available, certain := s.available()
	if !s.declares("proxy-policy") || s.waits() || !s.apart() || !certain || len(available) == 0 || s.strict && len(available) > 1 || s.does.Instantiate != "ok" || s.does.Start != "ok" || len(s.handles) == 0 {
		return false
	}
	if one(s.rt, true, false) {
		s.on(s.handles[0], script.HostStep{Op: script.Handle, Program: fmt.Sprintf("wait:g%da respond:x", s.operations+1), Data: hostData(s.operations + 1)})
	}
	if available, certain = s.available(); !certain || len(available) == 0 {
		return true
	}
	s.embedder(script.HostSettings{Asking: "wait", Instantiate: "wait"})
	for range one(s.rt, 1, 2, 3) { // the second only where who comes first to the queue may be left open
		s.handle()
	}
	s.embedder(script.HostSettings{Asking: "open", Accept: one(s.rt, "no", "no", "no", "never", "yes")})
	if one(s.rt, true, false) {
		s.embedder(script.HostSettings{Accept: "yes"})
		s.openGate()
		if one(s.rt, true, false) { // who was started may have nothing left to do, and is still on its way
			s.embedder(script.HostSettings{Accept: one(s.rt, "no", "never")})
			s.handle()
		}
	}
	s.embedder(script.HostSettings{Instantiate: s.drawInstantiation()})
	if s.does.Idle != nil && one(s.rt, true, false) {
		s.hostModel.advance(*s.does.Idle + span(7) - span(1)/10)
	}
	return true
}

// late has the only worker, which is idle, be over its time when its policy answers.
func (s *hostScript) late() bool {
	available, certain := s.available()
	if s.waits() || s.strict || s.does.Idle == nil || !certain || len(available) != 1 || s.does.Instantiate != "ok" || s.does.Start != "ok" || len(s.handles) == 0 {
		return false
	}
	w := available[0]
	alive := 0
	for _, other := range s.workers {
		if other.live {
			alive++
		}
	}
	if alive != 1 || w.status != script.IdleStatus {
		return false
	}
	s.embedder(script.HostSettings{Asking: "wait"})
	s.handle()
	s.hostModel.advance(*s.does.Idle + span(7) - span(1)/10)
	settings := script.HostSettings{Asking: "open", Accept: one(s.rt, "yes", "no")}
	does := s.policy(w)
	if own, differs := s.byWorker[w.number]; differs && own.Accept != settings.Accept {
		settings.Accept = does
	}
	r := s.requests[len(s.requests)-1]
	if settings.Accept != "yes" {
		w.expired, w.expiry = true, s.now
	}
	s.embedder(settings)
	if settings.Accept == "yes" && r.worker != w {
		s.Fail("#%d is not served by worker %d, which was to accept it in the turn in which its time was over", r.operation, w.number)
	}
	return true
}

// spin has a worker that does nothing else be given a guest that keeps control, until its time is over. How much later than then it
// ends differs, which the comparison would take for a difference.
func (s *hostScript) spin() bool {
	available, certain := s.available()
	switch {
	case s.synchronous || s.strict || s.waits() || !certain || s.does.Requests == nil || s.does.Request != nil || len(s.handles) == 0:
		return false
	case s.does.Instantiate != "ok" || s.does.Start != "ok" || s.does.Accept != "yes":
		return false
	case slices.ContainsFunc(available, func(w *hostWorker) bool { return len(w.tasks) > 0 || s.policy(w) != "yes" }):
		return false
	}
	s.on(s.handles[0], script.HostStep{Op: script.Handle, Program: "spin", Data: hostData(s.operations + 1)})
	s.hostModel.advance(*s.does.Requests + span(7) - span(1)/10)
	return true
}

// decline has the only worker, which is idle, decline a request while drop hooks are held.
func (s *hostScript) decline() bool {
	available, certain := s.available()
	if s.waits() || s.strict || !certain || len(available) != 1 || s.does.Instantiate != "ok" || s.does.Start != "ok" || len(s.handles) == 0 {
		return false
	}
	w := available[0]
	if _, own := s.byWorker[w.number]; own || w.status != script.IdleStatus || slices.ContainsFunc(s.workers, func(other *hostWorker) bool { return other != w && other.live }) {
		return false
	}
	s.embedder(script.HostSettings{Drop: "wait", Asking: "wait"})
	s.on(s.handles[0], script.HostStep{Op: script.Handle, Program: "respond:x", Data: hostData(s.operations + 1)})
	s.embedder(script.HostSettings{Asking: "open", Accept: "never"})
	if r := s.requests[len(s.requests)-1]; r.got == nil {
		s.Fail("#%d waits until the drop hook of worker %d has returned, which has declined it", r.operation, w.number)
	}
	s.embedder(script.HostSettings{Drop: "ok", Accept: "yes"})
	return true
}

// lose has the only worker that is available end by a task that goes on, while drop hooks are held, and hands in another request.
func (s *hostScript) lose() bool {
	available, certain := s.available()
	switch {
	case !s.declares("proxy-hooks") || s.waits() || !certain || len(available) != 1 || s.pending() || len(s.handles) == 0:
		return false
	case s.does.Instantiate != "ok" || s.does.Start != "ok" || s.does.Accept != "yes" || s.policy(available[0]) != "yes":
		return false
	}
	gate := fmt.Sprintf("g%da", s.operations+1)
	end := " trap"
	if !s.synchronous && one(s.rt, true, false) {
		end = " yield trap"
	}
	s.on(s.handles[0], script.HostStep{Op: script.Handle, Program: "wait:" + gate + end, Data: hostData(s.operations + 1)})
	s.embedder(script.HostSettings{Drop: "wait"})
	s.on(1, script.HostStep{Op: script.OpenGate, Gate: gate})
	if s.mayHandle() {
		s.on(s.handles[0], script.HostStep{Op: script.Handle, Program: "respond:x", Data: hostData(s.operations + 1)})
	}
	s.embedder(script.HostSettings{Drop: "ok"})
	return true
}
