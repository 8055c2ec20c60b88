package parallel_test

import (
	gocontext "context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/reference/context"
	"github.com/plumbline-spec/plumbline/reference/layer"
	"github.com/plumbline-spec/plumbline/reference/service"
)

var calls = flag.Int("calls", 20_000, "how many `calls` the load makes")

// goroutines is how many make calls at once: enough that each layer has somebody waiting, on any number of processors.
const goroutines = 64

type (
	ctx      = context.Context[struct{}]
	svc      = service.Service[struct{}, string, string]
	pipeline = service.Pipeline[struct{}, string, string]
)

var errFlaky = errors.New("the leaf was told to fail")

// errThrown is what the leaf panics with.
var errThrown = errors.New("the leaf was told to panic")

// bounds are those of a stack.
type bounds struct {
	limit   int
	timeout time.Duration
}

// usual are those of the loads.
var usual = bounds{limit: 4, timeout: time.Millisecond}

// leaf is a service that counts who is inside. Each request says what becomes of it by its first letter.
type leaf struct {
	inside, most, received atomic.Int64
	early                  atomic.Int64  // calls that were told that their time was over before it was
	hold                   chan struct{} // what held calls wait for
	held                   atomic.Int64
}

func (l *leaf) call(c ctx, request string) (string, error) {
	l.received.Add(1)
	now := l.inside.Add(1)
	defer l.inside.Add(-1)
	for most := l.most.Load(); now > most && !l.most.CompareAndSwap(most, now); most = l.most.Load() {
	}
	switch request[0] {
	case 'e':
		return "", errFlaky
	case 'p':
		panic(errThrown)
	case 'w': // until the caller gives up or its time is over
		<-c.Done()
		return "", c.Err()
	case 'h':
		l.held.Add(1)
		<-l.hold
	}
	return request, nil
}

// timed is outside the timeout, whose time begins when the service is ready and so with the call.
func (l *leaf) timed(_ ctx, call func() (string, error)) (string, error) {
	begun := time.Now()
	response, err := call()
	if errors.Is(err, layer.ErrElapsed) && time.Since(begun) < usual.timeout {
		l.early.Add(1)
	}
	return response, err
}

// once repeats a call that failed one time.
type once struct{}

func (once) Copy(request string) (string, bool) { return request, true }

func (once) Retry(_ ctx, attempt *layer.Attempt[string, string]) (time.Duration, bool) {
	return 0, errors.Is(attempt.Err, errFlaky) && attempt.Number < 2
}

// stack is timeout over retry over buffer over a limit.
func stack(t *testing.T, w bounds, l *leaf) *pipeline {
	t.Helper()
	s, err := layer.NewBuilder[struct{}, string, string]().
		MapFuture(l.timed).
		Timeout(w.timeout).
		Retry(func() layer.Policy[struct{}, string, string] { return once{} }).
		Buffer(2 * w.limit).
		ConcurrencyLimit(w.limit).
		ServiceFunc(l.call)
	if err != nil {
		t.Fatal(err)
	}
	p, err := service.NewPipeline(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tally is how calls ended.
type tally struct{ answered, failed, elapsed, cancelled, panicked, other atomic.Int64 }

// load makes calls from many goroutines: most are answered, some fail in each attempt, panic, take too long, or are given up.
func load(p *pipeline, count int) *tally {
	var ended tally
	var next atomic.Int64
	var workers sync.WaitGroup
	for worker := range goroutines {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 0))
			for number := next.Add(1); number <= int64(count); number = next.Add(1) {
				_, err := call(p, random, number)
				ended.note(err)
			}
		})
	}
	workers.Wait()
	return &ended
}

// call makes one call, and returns what it was answered with. A panic that was asked for comes as the error that it was called with.
func call(p *pipeline, random *rand.Rand, number int64) (response string, err error) {
	parent, cancel := gocontext.WithCancel(gocontext.Background())
	defer cancel()
	defer func() {
		if value := recover(); value != nil {
			response, err = "", fmt.Errorf("panicked: %v", value)
			if cause, is := value.(error); is {
				err = cause
			}
		}
	}()
	request := fmt.Sprint("a", number)
	switch random.IntN(64) {
	case 0, 1, 2, 3:
		request = fmt.Sprint("e", number)
	case 4:
		request = fmt.Sprint("w", number)
	case 5:
		request = fmt.Sprint("w", number)
		go cancel()
	case 6:
		request = fmt.Sprint("p", number)
	}
	response, err = p.Call(context.New(parent, struct{}{}), request)
	if err == nil && response != request {
		return "", fmt.Errorf("%s was answered with %s", request, response)
	}
	return response, err
}

func (e *tally) note(err error) {
	switch {
	case errors.Is(err, errThrown):
		e.panicked.Add(1)
	case err == nil:
		e.answered.Add(1)
	case errors.Is(err, errFlaky):
		e.failed.Add(1)
	case errors.Is(err, layer.ErrElapsed):
		e.elapsed.Add(1)
	case errors.Is(err, gocontext.Canceled):
		e.cancelled.Add(1)
	default:
		e.other.Add(1)
	}
}

// broken says which invariant does not hold after a load, or is empty.
func broken(p *pipeline, l *leaf, count int, ended *tally) string {
	total := ended.answered.Load() + ended.failed.Load() + ended.elapsed.Load() + ended.cancelled.Load() + ended.panicked.Load()
	switch {
	case ended.other.Load() > 0:
		return fmt.Sprintf("%d calls ended otherwise than any of them should", ended.other.Load())
	case total != int64(count):
		return fmt.Sprintf("of %d calls %d ended", count, total)
	case l.most.Load() > int64(usual.limit):
		return fmt.Sprintf("%d calls were inside at once, and the limit is %d", l.most.Load(), usual.limit)
	case l.early.Load() > 0:
		return fmt.Sprintf("%d calls were told before it was so that their time was over", l.early.Load())
	case l.received.Load() > 2*int64(count):
		return fmt.Sprintf("%d calls made %d attempts, and each may be repeated once", count, l.received.Load())
	case ended.answered.Load() == 0, ended.failed.Load() == 0, ended.elapsed.Load() == 0, ended.cancelled.Load() == 0, ended.panicked.Load() == 0:
		return "not every outcome has occurred, so not everything was tried"
	}
	return whole(p, l, usual.limit)
}

// whole sees that the capacity is whole: as many calls as the limit get inside together and stay there.
func whole(p *pipeline, l *leaf, limit int) string {
	l.most.Store(0)
	var workers sync.WaitGroup
	for number := range limit {
		workers.Go(func() {
			// A deadline of a millisecond may pass before the call gets inside; then another takes its place.
			for before := l.held.Load(); l.held.Load() < int64(limit); before = l.held.Load() {
				_, err := p.Call(context.New(gocontext.Background(), struct{}{}), fmt.Sprint("h", number))
				if err == nil || l.held.Load() > before {
					return
				}
			}
		})
	}
	workers.Wait()
	close(l.hold)
	if most := l.most.Load(); most != int64(limit) {
		return fmt.Sprintf("after the load %d calls get inside at once, and the limit is %d", most, limit)
	}
	return ""
}

// TestALoadLosesNothing makes calls through a timeout, a retry, a buffer and a limit, and sees that the limit was kept, that each call
// ended once and as it may, none before its time, and that the capacity is whole at the end.
func TestALoadLosesNothing(t *testing.T) {
	l := &leaf{hold: make(chan struct{})}
	p := stack(t, usual, l)
	ended := load(p, *calls)
	if reason := broken(p, l, *calls, ended); reason != "" {
		t.Error(reason)
	}
	t.Logf("%d calls: answered %d, failed %d, elapsed %d, cancelled %d, panicked %d; attempts %d", *calls, ended.answered.Load(),
		ended.failed.Load(), ended.elapsed.Load(), ended.cancelled.Load(), ended.panicked.Load(), l.received.Load())
}

// TestALoadSeesWhatIsWrong shows that the load can fail: where a limit is too wide, and where time is over too soon.
func TestALoadSeesWhatIsWrong(t *testing.T) {
	for want, wrong := range map[string]bounds{
		"were inside at once": {limit: 5, timeout: usual.timeout},
		"before it was so":    {limit: usual.limit, timeout: usual.timeout / 20},
	} {
		l := &leaf{hold: make(chan struct{})}
		p := stack(t, wrong, l)
		ended := load(p, 5000)
		if reason := broken(p, l, 5000, ended); !strings.Contains(reason, want) {
			t.Errorf("with %+v it says %q", wrong, reason)
		}
	}
}
