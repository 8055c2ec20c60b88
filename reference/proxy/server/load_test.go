package server_test

import (
	"flag"
	"math/rand/v2"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/reference/proxy/server"
)

var requests = flag.Int("requests", 3000, "how many requests TestALoadLeavesNothing makes")

const clients = 32

// crowd is the sites that a load goes to, and what they answer: a tenth of the
// requests to guests that fail, each in another way.
var crowd = []struct {
	guest  string
	share  int // of a hundred requests
	status int
	text   string
}{
	{"hello", 90, 200, "hello"},
	{"trap", 2, 500, failure},
	{"never", 2, 500, failure},
	{"error-code", 2, 500, failure},
	{"no-response", 2, 500, failure},
	{"start-trap", 2, 500, failure},
}

// Every request of a load is answered, and answered right, whatever happens to
// others; and once the servers have shut down, no instance, goroutine or memory
// is left of them.
func TestALoadLeavesNothing(t *testing.T) {
	load(t, max(3000, *requests/10)) // what a process allocates once depends on how much was ever under way
	goroutines, memory := settled(0)
	load(t, *requests)
	nowGoroutines, nowMemory := settled(goroutines)
	if nowGoroutines > goroutines {
		stacks := make([]byte, 1<<20)
		t.Errorf("there are %d goroutines, and were %d:\n%s", nowGoroutines, goroutines, stacks[:goruntime.Stack(stacks, true)])
	}
	if nowMemory > memory+memory/10 {
		t.Errorf("%d bytes are in use, and %d were", nowMemory, memory)
	}
	t.Logf("%d requests; %d bytes in use before, %d after", *requests, memory, nowMemory)
}

func load(t *testing.T, requests int) {
	t.Helper()
	sites := make([]*site, len(crowd))
	for i, c := range crowd {
		limits := server.Defaults()
		if c.guest == "never" {
			limits.RequestTimeout = 20 * time.Millisecond
		}
		sites[i] = open(t, c.guest, limits)
	}
	var left, right atomic.Int64
	left.Store(int64(requests))
	var callers sync.WaitGroup
	for range clients {
		callers.Go(func() {
			for left.Add(-1) >= 0 {
				i := draw()
				status, text, err := sites[i].get()
				if c := crowd[i]; status != c.status || text != c.text || err != nil {
					t.Errorf("%s answered %d %q, %v", c.guest, status, text, err)
					continue
				}
				right.Add(1)
			}
		})
	}
	callers.Wait()
	for _, s := range sites {
		s.close()
	}
	if right.Load() != int64(requests) {
		t.Errorf("%d of %d requests were answered right", right.Load(), requests)
	}
}

func draw() int {
	n := rand.IntN(100)
	for i, c := range crowd {
		if n -= c.share; n < 0 {
			return i
		}
	}
	panic("the shares of the crowd are less than a hundred")
}

// settled is what the process holds once what ends has ended: connections are
// closed beside whoever closes them.
func settled(goroutines int) (now int, memory uint64) {
	for end := time.Now().Add(10 * time.Second); goroutines > 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		if now = goruntime.NumGoroutine(); now <= goroutines {
			break
		}
	}
	if goroutines == 0 {
		now = goruntime.NumGoroutine()
	}
	var stats goruntime.MemStats
	for range 2 { // what finalizers let go of is collected by the next
		goruntime.GC()
	}
	goruntime.ReadMemStats(&stats)
	return now, stats.HeapAlloc
}
