package inprocess

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// DefaultPatience is how long, on the real clock, an implementation may take to come to rest after one command. A spec
// takes well under a millisecond; only a spin or a lock that is never released gets here.
const DefaultPatience = 5 * time.Second

// Host returns a subject.Host for the adapter. patience bounds each command on the real clock.
func Host(adapter Adapter, patience time.Duration) subject.Host {
	return func() (subject.Subject, error) { return newBubble(adapter, patience), nil }
}

// bubble is the side of a subject that stands outside its synctest bubble. Its channels are made outside, so waiting
// on them is not durable: virtual time stands still between commands.
type bubble struct {
	patience time.Duration
	commands chan script.Command
	replies  chan reply
	ended    chan error // what the bubble left behind
	closing  error      // how letting go went; settled before ended is sent
	broken   bool
	label    string // "synctest bubble N", as stacks name it
}

type reply struct {
	events []script.Event
	err    error
}

func newBubble(adapter Adapter, patience time.Duration) *bubble {
	b := &bubble{patience: patience, commands: make(chan script.Command), replies: make(chan reply, 1), ended: make(chan error, 1)}
	labelled := make(chan string, 1)
	go func() {
		defer func() { b.ended <- leak(recover()) }()
		synctest.Test(new(testing.T), func(*testing.T) {
			labelled <- bubbleLabel()
			b.serve(newRunner(adapter))
		})
	}()
	b.label = <-labelled
	return b
}

// serve runs inside the bubble.
func (b *bubble) serve(r *runner) {
	for command := range b.commands {
		err := r.do(command)
		synctest.Wait()
		b.replies <- reply{r.env.take(), err}
	}
	b.closing = r.end()
	synctest.Wait()
}

// Do implements subject.Subject.
func (b *bubble) Do(command script.Command) ([]script.Event, error) {
	if b.broken {
		return nil, &subject.ScriptError{Command: command, Reason: "the subject did not survive an earlier command"}
	}
	timer := time.NewTimer(b.patience)
	defer timer.Stop()
	b.commands <- command
	select {
	case r := <-b.replies:
		return r.events, r.err
	case <-timer.C:
		b.broken = true
		return nil, &subject.HangError{Command: command, Stacks: b.stacks()}
	}
}

// Close implements subject.Subject.
func (b *bubble) Close() error {
	if b.broken {
		return nil // its goroutines cannot be ended; the hang has been reported
	}
	b.broken = true
	close(b.commands)
	return b.end("end")
}

// end waits for the bubble's end and says what it left behind. what names what is under way, for a hang.
func (b *bubble) end(what script.Verb) error {
	timer := time.NewTimer(b.patience)
	defer timer.Stop()
	select {
	case err := <-b.ended:
		if err == nil {
			return b.closing
		}
		if stacks := b.stacks(); stacks != "" {
			return &subject.LeakError{Stacks: stacks}
		}
		return err
	case <-timer.C:
		return &subject.HangError{Command: script.Command{Do: what}, Stacks: b.stacks()}
	}
}

// leak reads synctest's panic about goroutines that outlive the bubble.
func leak(value any) error {
	switch value := value.(type) {
	case nil:
		return nil
	case error:
		return value
	default:
		return fmt.Errorf("%v", value)
	}
}

var bubblePattern = regexp.MustCompile(`synctest bubble \d+`)

func bubbleLabel() string {
	text := make([]byte, 256)
	return bubblePattern.FindString(string(text[:runtime.Stack(text, false)]))
}

// scaffolding matches the stacks of the bubble's own goroutines, which tell a reader nothing.
var scaffolding = regexp.MustCompile(`(?m)^(internal/synctest\.Run|testing\.testingSynctestTest|testing/synctest\.testingSynctestTest|.*\(\*bubble\)\.serve)\(`)

// stacks returns the stacks of the implementation's goroutines in the bubble.
func (b *bubble) stacks() string {
	text := make([]byte, 1<<20)
	text = text[:runtime.Stack(text, true)]
	var own []string
	for goroutine := range strings.SplitSeq(string(text), "\n\n") {
		head, _, _ := strings.Cut(goroutine, "\n")
		if strings.Contains(head, b.label+"]") && !scaffolding.MatchString(goroutine) {
			own = append(own, goroutine)
		}
	}
	return strings.Join(own, "\n\n")
}
