package vocabulary

import (
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// HostSetting is one thing that an embedder does.
type HostSetting func(*script.HostSettings)

func collect(settings []HostSetting) *script.HostSettings {
	if len(settings) == 0 {
		return nil
	}
	all := new(script.HostSettings)
	for _, set := range settings {
		set(all)
	}
	return all
}

// The answers of a policy.
const (
	Yes   = "yes"
	No    = "no"
	Never = "never"
)

// Policy has the policy answer so.
func Policy(answer string) HostSetting {
	return func(s *script.HostSettings) { s.Accept = answer }
}

// AtMost has the policy limit requests in flight in one instance; 0 for no limit.
func AtMost(concurrent int) HostSetting {
	return func(s *script.HostSettings) { s.Accept, s.MaxConcurrent = "limits", concurrent }
}

// AtMostInAll has the policy limit how many requests one instance is given.
func AtMostInAll(total int) HostSetting {
	return func(s *script.HostSettings) { s.Accept, s.MaxTotal = "limits", total }
}

// ForWorker has the other settings of the policy be those of one worker.
func ForWorker(number int) HostSetting {
	return func(s *script.HostSettings) { s.Worker = number }
}

// PolicyHeld has the policy not answer until PolicyReleased.
func PolicyHeld(s *script.HostSettings) { s.Asking = "wait" }

// PolicyReleased has the policy answer, also where it was asked while it was held.
func PolicyReleased(s *script.HostSettings) { s.Asking = "open" }

// Instantiation has the making of instances go so: "ok", "wait" or "panic".
func Instantiation(how string) HostSetting {
	return func(s *script.HostSettings) { s.Instantiate = how }
}

// InstantiationFails has the making of instances fail with an error of that kind.
func InstantiationFails(kind string) HostSetting { return Instantiation("error:" + kind) }

// StartHook has the request-start hook go so: "ok", "wait" or "panic".
func StartHook(how string) HostSetting {
	return func(s *script.HostSettings) { s.Start = how }
}

// DropHookHeld has the drop hook not return until DropHookReleased.
func DropHookHeld(s *script.HostSettings) { s.Drop = "wait" }

// DropHookReleased has the drop hook return.
func DropHookReleased(s *script.HostSettings) { s.Drop = "ok" }

// IdleFor limits how long a worker may be idle.
func IdleFor(limit time.Duration) HostSetting {
	return func(s *script.HostSettings) { s.Idle = duration(limit) }
}

// RequestsFor limits how long a worker may have requests in flight since it accepted the latest of them.
func RequestsFor(limit time.Duration) HostSetting {
	return func(s *script.HostSettings) { s.Requests = duration(limit) }
}

// PostReturnFor limits how long a worker may do post-return work.
func PostReturnFor(limit time.Duration) HostSetting {
	return func(s *script.HostSettings) { s.PostReturn = duration(limit) }
}

// AnswerWithin limits how long a request may go without an answer.
func AnswerWithin(limit time.Duration) HostSetting {
	return func(s *script.HostSettings) { s.Request = duration(limit) }
}

func duration(d time.Duration) *script.Duration {
	virtual := script.Duration(d)
	return &virtual
}

// ServerLimit is one limit of a server. What is not limited takes the server's default.
type ServerLimit func(*script.Serve)

// MaxReuse limits how many requests one instance is given.
func MaxReuse(limit int) ServerLimit { return func(s *script.Serve) { s.MaxReuse = limit } }

// MaxConcurrentReuse limits how many requests one instance is given at a time.
func MaxConcurrentReuse(limit int) ServerLimit {
	return func(s *script.Serve) { s.MaxConcurrentReuse = limit }
}

// MaxRequests limits how many requests are in the server at a time.
func MaxRequests(limit int) ServerLimit { return func(s *script.Serve) { s.MaxRequests = limit } }

// IdleTimeout limits how long an instance is idle.
func IdleTimeout(limit time.Duration) ServerLimit {
	return func(s *script.Serve) { s.IdleTimeout = duration(limit) }
}

// RequestTimeout limits how long a request takes.
func RequestTimeout(limit time.Duration) ServerLimit {
	return func(s *script.Serve) { s.RequestTimeout = duration(limit) }
}
