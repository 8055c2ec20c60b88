package properties_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// limitModel is a concurrency limit: who is in progress, and who waits in which order.
type limitModel struct {
	*run
	limit    int
	progress map[int]int // exchanges in progress, and their operations
	waiting  []int       // operations
	received int         // exchanges so far
}

// admit takes calls in while there is room, and holds what happened against that.
func (m *limitModel) admit(events []script.Event) {
	received := only(events, script.Received)
	want := min(m.limit-len(m.progress), len(m.waiting))
	if len(received) != want {
		m.fatal("%d calls reached the leaf, want %d", len(received), want)
	}
	for _, event := range received {
		m.received++
		if event.Exchange != m.received {
			m.fatal("exchange %d begins, want %d", event.Exchange, m.received)
		}
		m.progress[event.Exchange] = m.waiting[0]
		m.waiting = m.waiting[1:]
	}
}

// ended takes a call out.
func (m *limitModel) ended(events []script.Event, exchange int, how script.Happening) {
	operation := m.progress[exchange]
	if ends := only(events, how); len(ends) != 1 || ends[0].Operation != operation {
		m.fatal("operation %d should have ended as %s", operation, how)
	}
	delete(m.progress, exchange)
	m.admit(events)
}

func (m *limitModel) drawExchange(rt *rapid.T) int {
	if len(m.progress) == 0 {
		rt.Skip("nothing is in progress")
	}
	var exchanges []int
	for exchange := range m.progress {
		exchanges = append(exchanges, exchange)
	}
	slices.Sort(exchanges)
	return rapid.SampledFrom(exchanges).Draw(rt, "exchange")
}

func (m *limitModel) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"invoke": func(*rapid.T) {
			m.waiting = append(m.waiting, m.operations+1)
			_, events := m.invoke("request")
			m.admit(events)
		},
		"answer": func(rt *rapid.T) {
			exchange := m.drawExchange(rt)
			m.ended(m.answer(exchange, script.Outcome{Response: new("ok")}), exchange, script.Response)
		},
		"fail": func(rt *rapid.T) {
			exchange := m.drawExchange(rt)
			m.ended(m.answer(exchange, script.Outcome{Error: "boom"}), exchange, script.Failed)
		},
		"panic": func(rt *rapid.T) {
			exchange := m.drawExchange(rt)
			m.ended(m.answer(exchange, script.Outcome{Panic: true}), exchange, script.Panicked)
		},
		"cancel in progress": func(rt *rapid.T) {
			exchange := m.drawExchange(rt)
			m.ended(m.do(script.Command{Do: script.Cancel, Operation: m.progress[exchange]}), exchange, script.Cancelled)
		},
		"cancel waiting": func(rt *rapid.T) {
			if len(m.waiting) == 0 {
				rt.Skip("nobody waits")
			}
			index := rapid.IntRange(0, len(m.waiting)-1).Draw(rt, "index")
			operation := m.waiting[index]
			m.waiting = slices.Delete(m.waiting, index, index+1)
			events := m.do(script.Command{Do: script.Cancel, Operation: operation})
			if len(only(events, script.Cancelled)) != 1 {
				m.fatal("operation %d should have ended as cancelled", operation)
			}
			m.admit(events)
		},
	}
}

func limitProperty(rt *rapid.T, r *run) {
	m := &limitModel{run: r, limit: rapid.IntRange(1, 4).Draw(rt, "limit"), progress: map[int]int{}}
	r.open(script.Layer{Name: "concurrency-limit", Limit: &m.limit})
	rt.Repeat(m.actions())
	// Whatever happened, the capacity is whole at the end.
	for len(m.progress) > 0 {
		for exchange := range m.progress {
			m.ended(m.answer(exchange, script.Outcome{Response: new("ok")}), exchange, script.Response)
			break
		}
	}
	for range m.limit {
		m.waiting = append(m.waiting, m.operations+1)
		_, events := m.invoke("request")
		m.admit(events)
	}
}

// TestALimitIsNeitherExceededNorLost holds random calls, answers, failures, panics and cancellations against a model of the
// concurrency limit: never beyond it, always up to it, served in order, whole at the end.
func TestALimitIsNeitherExceededNorLost(t *testing.T) {
	onEach(t, limitProperty)
}

// TestALostPermitIsFoundAndShrunk shows that the property can fail: it finds each fault of the limit that keeps a permit, and
// shrinks the script to the fewest steps that show it.
func TestALostPermitIsFoundAndShrunk(t *testing.T) {
	for fault, timeline := range map[string]string{
		"concurrency-limit-keeps-permit-on-cancel": `
open service 1: concurrency-limit(limit=1) > leaf
caller 1 of service 1
#1 caller 1 invoke "request"
cancel #1
caller 2 of service 1
#2 caller 2 invoke "request"`,
		"concurrency-limit-keeps-permit-on-panic": `
open service 1: concurrency-limit(limit=1) > leaf
caller 1 of service 1
#1 caller 1 invoke "request"
answer exchange 1 with a panic
caller 2 of service 1
#2 caller 2 invoke "request"`,
	} {
		t.Run(fault, func(t *testing.T) {
			command := exec.Command(os.Args[0], "-test.run=^TestALimitIsNeitherExceededNorLost$", "-rapid.nofailfile", "-rapid.seed=1")
			command.Env = append(os.Environ(), planted+"="+fault)
			output, err := command.CombinedOutput()
			if err == nil {
				t.Fatalf("no random script found it:\n%s", output)
			}
			_, shrunk, _ := strings.Cut(string(output), "[rapid] failed")
			shrunk, _, _ = strings.Cut(shrunk, "To reproduce")
			for line := range strings.SplitSeq(strings.TrimSpace(timeline), "\n") {
				if !strings.Contains(shrunk, "0s  "+line) {
					t.Errorf("there is no %q in\n%s", line, output)
				}
			}
			if steps := strings.Count(shrunk, "invoke"); steps != 2 {
				t.Errorf("the script has %d calls where two show it:\n%s", steps, output)
			}
		})
	}
}
