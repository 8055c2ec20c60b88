package inprocess

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Within runs body with a fresh subject of the adapter, inside that subject's own bubble, and returns how the subject ended. It
// is for scripts by the thousand: a command costs no switch between goroutines, and the subject ends with body.
//
// Time in body is virtual. Body must not panic, and must not start another bubble. patience bounds the whole of body on the real
// clock; when it is exceeded, Within returns a subject.HangError while body still hangs.
func Within(adapter Adapter, patience time.Duration, body func(subject.Subject)) error {
	b := &bubble{patience: patience, ended: make(chan error, 1)}
	labelled := make(chan string, 1)
	go func() {
		defer func() { b.ended <- leak(recover()) }()
		synctest.Test(new(testing.T), func(*testing.T) {
			growStack()
			labelled <- bubbleLabel()
			inner := &within{runner: newRunner(adapter)}
			body(inner)
			b.closing = inner.Close()
		})
	}()
	b.label = <-labelled
	return b.end("script")
}

// within is the side of a subject that stands inside its bubble.
type within struct {
	runner  *runner
	closed  bool
	closing error
}

// Do implements subject.Subject.
func (w *within) Do(command script.Command) ([]script.Event, error) {
	if w.closed {
		return nil, &subject.ScriptError{Command: command, Reason: "the subject has ended"}
	}
	err := w.runner.do(command)
	synctest.Wait()
	return w.runner.env.take(), err
}

// Close implements subject.Subject. What the implementation left behind is seen when the bubble ends, and so by Within.
func (w *within) Close() error {
	if !w.closed {
		w.closed = true
		w.closing = w.runner.end()
		synctest.Wait()
	}
	return w.closing
}
