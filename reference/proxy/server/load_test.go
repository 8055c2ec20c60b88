package server_test

import (
	"flag"
	"math"
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
	{"start-trap", 1, 500, failure},
	{"spin", 1, 500, failure}, // few, as each takes a processor until it is stopped
}

// timeouts are of the sites whose guests never answer. The one that spins has
// to be stopped, and a processor is taken for as long.
var timeouts = map[string]time.Duration{"never": 20 * time.Millisecond, "spin": 5 * time.Millisecond}

// Every request of a load is answered, and answered right, whatever happens to
// others; and once the servers have shut down, no instance, goroutine or memory
// is left of them.
func TestALoadLeavesNothing(t *testing.T) {
	// The start is after a load, not before the first request: the process compiles
	// the guests, fills its pools and grows its maps once, by how much was ever under
	// way, and what it keeps of that is not left of any request.
	load(t, max(3000, *requests/10))
	goroutines, memory := settled(math.MaxInt)
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
		limits.RequestTimeout = timeouts[c.guest]
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

// calm is for how long the number of goroutines is to stay as it is before it
// counts. Closing a connection takes its goroutines far less.
const calm = 200 * time.Millisecond

// settled is what the process holds once what ends has ended: connections are
// closed beside whoever closes them, so that a count taken at once would have them
// in it. It waits until there are no more than so many goroutines, and their
// number does not change any more; after ten seconds it takes what there is.
func settled(most int) (goroutines int, memory uint64) {
	since := time.Now()
	for end := since.Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if now := goruntime.NumGoroutine(); now != goroutines {
			goroutines, since = now, time.Now()
		}
		if goroutines <= most && time.Since(since) >= calm {
			break
		}
	}
	var stats goruntime.MemStats
	for range 2 { // what finalizers let go of is collected by the next
		goruntime.GC()
	}
	goruntime.ReadMemStats(&stats)
	return goroutines, stats.HeapAlloc
}
