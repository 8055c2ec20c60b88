package conformance

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	. "github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

var _ = Describe("a server in front of a host", func() {
	It("answers a failure of the host with 500", Requirement("host-server.failure-is-500"), func() {
		Expect(NewServedHost().Handle("trap")).To(HaveStatusCode(500))
	})

	It("goes on after a failure of the host", Requirement("host-server.failure-leaves-server"), func() {
		server := NewServedHost()
		Expect(server.Handle("trap")).To(HaveEnded())

		Expect(server.Handle("respond:second")).To(And(HaveStatusCode(200), BeAnsweredWith("second")))
	})

	It("limits how many requests an instance is given", Requirement("host-server.reuse-is-limited"), func() {
		server := NewServedHost(MaxReuse(2))

		Expect(server.Handle("count")).To(BeAnsweredWith("1"))
		Expect(server.Handle("count")).To(BeAnsweredWith("2"))
		Expect(server.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("limits how many requests an instance has at a time", Requirement("host-server.concurrent-reuse-is-limited"), func() {
		server := NewServedHost(MaxConcurrentReuse(2))

		first, second, third := server.Handle("wait:a"), server.Handle("wait:a"), server.Handle("wait:a")

		Expect(first.EnteredBy()).To(Equal(1))
		Expect(second.EnteredBy()).To(Equal(1))
		Expect(third.EnteredBy()).To(Equal(2))
	})

	It("limits how many requests it has at a time", Requirement("host-server.requests-are-limited"), func() {
		server := NewServedHost(MaxRequests(1))
		server.Handle("wait:a respond:first")
		second := server.Handle("respond:second")
		Expect(second.EnteredBy()).To(BeZero())

		server.OpenGate("a")

		Expect(second).To(BeAnsweredWith("second"))
	})

	It("counts a request until the head of its response", Requirement("host-server.requests-are-limited"), func() {
		server := NewServedHost(MaxRequests(1))
		Expect(server.Handle("head wait:a end-body")).To(HaveOpenBody())

		Expect(server.Handle("respond:second")).To(BeAnsweredWith("second"))
	})

	It("counts a request that fails no longer", Requirement("host-server.requests-are-limited"), func() {
		server := NewServedHost(MaxRequests(1))
		Expect(server.Handle("trap")).To(HaveEnded())

		Expect(server.Handle("respond:second")).To(BeAnsweredWith("second"))
	})

	It("limits how long an instance is idle", Requirement("host-server.idle-time-out"), func() {
		server := NewServedHost(IdleTimeout(100*time.Millisecond), MaxReuse(10))
		Expect(server.Handle("count")).To(BeAnsweredWith("1"))
		server.Advance(99 * time.Millisecond)
		Expect(server.Handle("count")).To(BeAnsweredWith("2"))

		server.Advance(101 * time.Millisecond)

		Expect(server.Handle("count")).To(BeAnsweredWith("1"))
	})

	It("limits how long a request takes", Requirement("host-server.request-time-out"), func() {
		server := NewServedHost(RequestTimeout(100 * time.Millisecond))
		request := server.Handle("wait:a respond:late")

		server.Advance(99 * time.Millisecond)
		Expect(request).To(BePending())

		server.Advance(2 * time.Millisecond)
		Expect(request).To(HaveStatusCode(500))
	})

	It("shuts down when its requests are answered", Requirement("host-server.shutdown-waits"), func() {
		server := NewServedHost(IdleTimeout(100 * time.Millisecond))
		request := server.Handle("wait:a respond:late")
		shutdown := server.Shutdown()
		Expect(shutdown).To(BePending())

		server.OpenGate("a")
		server.Advance(101 * time.Millisecond)

		Expect(request).To(BeAnsweredWith("late"))
		Expect(shutdown).To(BeDone())
	})

	It("shuts down when its workers have ended", Requirement("host-server.shutdown-waits"), func() {
		server := NewServedHost(IdleTimeout(100 * time.Millisecond))
		Expect(server.Handle("respond:early wait:a")).To(BeAnsweredWith("early"))
		shutdown := server.Shutdown()
		Expect(shutdown).To(BePending())

		server.OpenGate("a")
		server.Advance(101 * time.Millisecond)

		Expect(shutdown).To(BeDone())
	})
})
