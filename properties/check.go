package properties

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// Property is something that holds for every script of a kind.
type Property struct {
	Name     string   // a sentence
	Requires []string // the features without which it says nothing
	// Check draws a script, carries it out, and panics with a Failure where the property does not hold. It draws only what the Run
	// declares, as far as it is not among Requires.
	Check func(*rapid.T, *Run)
	// Timed says that the property is about the instants of events, which are not the same twice on the machine's clock.
	Timed bool
	// OneCallerWillDo says that Check does without a second caller of a service where the Run has one only.
	OneCallerWillDo bool

	declares  Declares // nil: everything
	oneCaller bool
}

// For is the property for an implementation that declares those features: what is not declared is not drawn.
func (p Property) For(declares Declares) Property {
	p.declares = declares
	return p
}

// Applies tells whether an implementation that declares those features can be held against the property.
func (p Property) Applies(declares func(feature string) bool) bool {
	return !slices.ContainsFunc(p.Requires, func(feature string) bool { return !declares(feature) })
}

// Driver runs body with a fresh subject, and returns how that subject ended.
type Driver func(body func(subject.Subject)) error

// patience is how long one random script may take on the real clock: it takes well under a millisecond.
const patience = 5 * time.Second

// InProcess drives a Go value.
func InProcess(adapter inprocess.Adapter) Driver {
	return func(body func(subject.Subject)) error { return inprocess.Within(adapter, patience, body) }
}

// Hosted drives whatever makes subjects: a testee behind a pipe, say.
func Hosted(host subject.Host) Driver {
	return func(body func(subject.Subject)) error {
		s, err := host()
		if err != nil {
			return err
		}
		once := &closedOnce{Subject: s}
		body(once)
		return once.Close()
	}
}

// closedOnce is a subject that may be closed again: by body, and by whoever has made it.
type closedOnce struct {
	subject.Subject
	closed bool
	err    error
}

// Close implements subject.Subject.
func (c *closedOnce) Close() error {
	if !c.closed {
		c.closed, c.err = true, c.Subject.Close()
	}
	return c.err
}

// Once checks the property with one script, drawn from rt. It returns nil where the property holds. Some services have one handle, which
// goes to one caller: where one will do, another script is drawn for that.
func (p Property) Once(rt *rapid.T, drive Driver) *Failure {
	failure := p.once(rt, drive)
	if failure != nil && failure.Unsupported() && p.OneCallerWillDo && !p.oneCaller {
		p.oneCaller = true
		return p.once(rt, drive)
	}
	return failure
}

func (p Property) once(rt *rapid.T, drive Driver) *Failure {
	var failure *Failure
	var other any
	var run *Run
	err := drive(func(s subject.Subject) {
		run = &Run{subject: s, declares: p.declares, oneCaller: p.oneCaller, trace: make(script.Trace, 0, 64)}
		if run.declares == nil {
			run.declares = everything
		}
		failure, other = guarded(func() { p.Check(rt, run) })
	})
	if other != nil {
		// rapid tells its own panics from failures by where they come from, so each goes on from a line of its own.
		if strings.HasPrefix(fmt.Sprintf("%T", other), "rapid.") {
			panic(other)
		}
		panic(other)
	}
	if failure == nil && err != nil {
		failure = &Failure{Message: "the subject did not end cleanly: " + firstLine(err.Error()), End: firstLine(err.Error())}
		if run != nil {
			failure.Trace = run.trace
		}
	}
	return failure
}

// guarded keeps panics inside the bubble in which they were raised.
func guarded(body func()) (failure *Failure, other any) {
	defer func() {
		value := recover()
		switch value := value.(type) {
		case nil:
		case *Failure:
			failure = value
		case error:
			other = fmt.Errorf("%w\n%s", value, debug.Stack())
		default:
			other = value
		}
	}()
	body()
	return nil, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
