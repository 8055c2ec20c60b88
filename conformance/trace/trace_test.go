package trace_test

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plumbline-spec/plumbline/conformance/inprocess"
	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/fixtures/breakable"
	"github.com/plumbline-spec/plumbline/implementations/reference"
)

const lostPermit = "concurrency-limit-keeps-permit-on-cancel"

func subjectOf(t *testing.T, adapter inprocess.Adapter) subject.Subject {
	t.Helper()
	s, err := inprocess.Host(adapter, inprocess.DefaultPatience)()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// observe runs commands and makes a trace of what came of them.
func observe(t *testing.T, adapter inprocess.Adapter, commands ...script.Command) *trace.Trace {
	t.Helper()
	s := subjectOf(t, adapter)
	var steps script.Trace
	for _, command := range commands {
		events, err := s.Do(command)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, script.Step{Command: command, Events: events})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	observed := trace.New(steps)
	observed.Implementation = trace.Implementation{Name: "breakable"}
	return observed
}

// cancelled is the script that shows a lost permit.
func cancelled() []script.Command {
	return []script.Command{
		{Do: script.Open, Service: 1, Stack: &script.Stack{Layers: []script.Layer{{Name: "concurrency-limit", Limit: new(1)}}, Leaf: "leaf"}},
		{Do: script.NewCaller, Caller: 1, Service: 1},
		{Do: script.Invoke, Caller: 1, Operation: 1, Request: new("first")},
		{Do: script.Cancel, Operation: 1},
		{Do: script.NewCaller, Caller: 2, Service: 1},
		{Do: script.Invoke, Caller: 2, Operation: 2, Request: new("second")},
	}
}

func failure(t *testing.T) *trace.Trace {
	t.Helper()
	tr := observe(t, breakable.New(breakable.Reserving, lostPermit), cancelled()...)
	tr.Requirement = "concurrency-limit.frees-permit-on-cancel"
	tr.Failure = "the second call never reaches the leaf"
	if err := trace.Expect(subjectOf(t, reference.Adapter{}), tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

func written(t *testing.T, tr *trace.Trace) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := tr.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestATraceSaysWhatWasExpectedAndWhatWasSeen(t *testing.T) {
	want := `requirement     concurrency-limit.frees-permit-on-cancel
observed on     breakable
what is wrong   the second call never reaches the leaf
  0s  open service 1: concurrency-limit(limit=1) > leaf  service 1 opened
  0s  caller 1 of service 1
  0s  #1 caller 1 invoke "first"                         leaf asked whether ready
  0s                                                     leaf received exchange 1 "first"
  0s  cancel #1                                          exchange 1 abandoned
  0s                                                     #1 cancelled
  0s  caller 2 of service 1
- 0s  #2 caller 2 invoke "second"                        leaf received exchange 2 "second"
`
	if got := failure(t).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestATraceThatIsWrittenIsReadAgain(t *testing.T) {
	tr := failure(t)
	text := written(t, tr)
	back, err := trace.Read(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(back, tr) {
		t.Errorf("%+v came back as %+v", tr, back)
	}
}

// TestWhatIsWrittenIsValid holds a written trace against the schema, and shows that the schema can refuse one.
func TestWhatIsWrittenIsValid(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	for name, text := range map[string]string{"protocol.schema.json": protocol.Schema, "trace.schema.json": trace.Schema} {
		document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil {
			err = compiler.AddResource(name, document)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("trace.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		return schema.Validate(value)
	}
	tr := failure(t)
	tr.Compares, tr.Clock = trace.Asking, trace.RealClock
	text := written(t, tr)
	if err := validate(text); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
	for _, change := range [][2]string{
		{`"trace": 1`, `"trace": 2`}, {`"do":"cancel"`, `"do":"cancle"`}, {`"event":"opened"`, `"event":"openned"`},
		{`"command": {`, `"command": {"id":1,`}, {`"expected"`, `"expectd"`},
		{`"asked-abandoned"`, `"received"`}, {`"clock": "real"`, `"clock": "virtual"`},
	} {
		if !strings.Contains(text, change[0]) || validate(strings.Replace(text, change[0], change[1], 1)) == nil {
			t.Errorf("with %s for %s it is accepted", change[1], change[0])
		}
	}
}

func TestAReaderSaysWhereATraceIsWrong(t *testing.T) {
	const head = "{\n  \"trace\": 1,\n  \"implementation\": {\"name\": \"x\"},\n  \"steps\": ["
	for text, want := range map[string]string{
		``:                    "line 1, column 1: unexpected EOF",
		`[]`:                  "line 1, column 1: [ stands where",
		`{"trace": 2}`:        "line 1, column 2: this is version 2",
		`{"trace": 1}`:        `line 1, column 1: "implementation" is missing`,
		"{\n  \"traces\": 1}": `line 2, column 3: a trace has no field "traces"`,
		head + "]":            "unexpected EOF",
		head + "]} {":         "line 4, column 16: something follows",
		head + "\n{}]}":       `line 5, column 1: the step has no "command"`,
		head + "\n{\"command\": {\"do\": \"advance\"}}]}":                                                   "line 5, column 2: the command \"advance\" has no \"duration\"",
		head + "\n{\"command\": {\"do\": \"leave\", \"calller\": 1}}]}":                                     `line 5, column 13: json: unknown field "calller"`,
		head + "\n{\"command\": {\"do\": \"leave\", \"caller\": 1},\n\"expected\": [{\"event\": \"x\"}]}]}": `line 6, column 14: there is no event "x"`,
		head + "\n{\"command\": {\"do\": \"leave\", \"caller\": 1},\n\"expected\": null}]}":                 "line 6, column 13: null stands where",
		head + "\n{\"command\": {\"do\": \"leave\"},\n\"command\": {\"do\": \"leave\"}}]}":                  `line 6, column 1: "command" comes twice`,
		"{\n  \"failure\": \"\xff\"}":                "line 2, column 15: the trace is not UTF-8",
		`{"clock": "virtual"}`:                       `line 1, column 2: the clock is "virtual", and left out or "real"`,
		"{\"compares\": [\"asked\",\n\"received\"]}": `line 2, column 1: "received" is no event that a trace may ask to have compared`,
	} {
		_, err := trace.Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("of %q it says %v, want %q", text, err, want)
		}
		var syntax *trace.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("of %q it says %T", text, err)
		}
	}
}

func TestAReplayTellsWhetherTheFailureIsThere(t *testing.T) {
	tr := failure(t)
	again := trace.Replay(subjectOf(t, breakable.New(breakable.Reserving, lostPermit)), tr)
	if again.Verdict() != trace.Differs || !again.AsObserved() {
		t.Errorf("with the fault it is %s\n%s", again.Verdict(), again.Timeline())
	}
	for name, adapter := range map[string]inprocess.Adapter{"reference": reference.Adapter{}, "breakable": breakable.New(breakable.Reserving, "")} {
		if fixed := trace.Replay(subjectOf(t, adapter), tr); fixed.Verdict() != trace.AsExpected || fixed.AsObserved() {
			t.Errorf("on %s it is %s\n%s", name, fixed.Verdict(), fixed.Timeline())
		}
	}
	other := trace.Replay(subjectOf(t, breakable.New(breakable.Reserving, "concurrency-limit-wakes-nobody")), tr)
	if other.Verdict() != trace.AsExpected {
		t.Errorf("with a fault that the script does not meet it is %s\n%s", other.Verdict(), other.Timeline())
	}
}

func TestAReplayThroughThePipeTellsTheSame(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "testee")
	if output, err := exec.Command("go", "build", "-o", binary, "../../fixtures/testee").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for fixture, want := range map[string]trace.Verdict{lostPermit: trace.Differs, "reserving": trace.AsExpected} {
		testee, err := remote.Start(binary+" -fixture="+fixture, remote.Options{Deadline: remote.DefaultDeadline, People: t.Output()})
		if err != nil {
			t.Fatal(err)
		}
		s, err := testee.Host()()
		if err != nil {
			t.Fatal(err)
		}
		result := trace.Replay(s, failure(t))
		if result.Verdict() != want {
			t.Errorf("%s is %s, want %s\n%s", fixture, result.Verdict(), want, result.Timeline())
		}
		testee.Close()
	}
}

func TestADeadTesteeIsNoVerdict(t *testing.T) {
	const greeting = `{"id":1,"hello":{"protocol":1,"implementation":"x","version":"1","clock":"virtual","features":[]}}`
	testee, err := remote.Start(`sh -c 'read hello; echo "$0"; read begin; echo "$1"; read open; exit 1' '`+greeting+`' '{"id":2}'`,
		remote.Options{Deadline: remote.DefaultDeadline, Grace: time.Millisecond, People: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	defer testee.Close()
	s, err := testee.Host()()
	if err != nil {
		t.Fatal(err)
	}
	if result := trace.Replay(s, failure(t)); result.Verdict() != trace.CouldNotRun {
		t.Errorf("it is %s\n%s", result.Verdict(), result.Timeline())
	}
}

// reordered answers like a right implementation that lets two calls go in the other order.
type reordered struct{ replies [][]script.Event }

func (r *reordered) Do(script.Command) ([]script.Event, error) {
	events := r.replies[0]
	r.replies = r.replies[1:]
	return events, nil
}

func (r *reordered) Close() error { return nil }

func TestTheOrderOfOneInstantDoesNotMatter(t *testing.T) {
	received := func(exchange int, request string) script.Event {
		return script.Event{Event: script.Received, Leaf: "leaf", Exchange: exchange, Request: request}
	}
	ended := func(operation int, text string) script.Event {
		return script.Event{Event: script.Response, Operation: operation, Text: text}
	}
	steps := []trace.Step{
		{Command: script.Command{Do: script.Advance, Duration: new(script.Duration(0))}, Expected: []script.Event{received(1, "a"), received(2, "b")}},
		{
			Command:  script.Command{Do: script.Answer, Exchange: 1, Outcome: &script.Outcome{Response: new("A")}},
			Expected: []script.Event{ended(1, "A")},
		},
	}
	tr := &trace.Trace{Version: trace.Version, Steps: steps}
	result := trace.Replay(&reordered{[][]script.Event{{received(1, "b"), received(2, "a")}, {ended(1, "A")}}}, tr)
	if result.Verdict() != trace.AsExpected {
		t.Errorf("it is %s\n%s", result.Verdict(), result.Timeline())
	}
	if got := result.Steps[1].Command.Exchange; got != 2 {
		t.Errorf("the answer goes to exchange %d, and the call that the trace means is 2", got)
	}
	result = trace.Replay(&reordered{[][]script.Event{{received(1, "b"), received(2, "c")}}}, tr)
	if result.Verdict() != trace.Differs || !strings.Contains(result.Timeline(), "makes no sense here") {
		t.Errorf("it is %s\n%s", result.Verdict(), result.Timeline())
	}
}

// TestAskingCountsWhereATraceSaysSo replays one step in which a leaf is asked, on subjects that ask more, less and others.
func TestAskingCountsWhereATraceSaysSo(t *testing.T) {
	asked := func(leaf string) script.Event { return script.Event{Event: script.Asked, Leaf: leaf} }
	step := trace.Step{Command: script.Command{Do: script.Advance, Duration: new(script.Duration(0))}, Expected: []script.Event{asked("a")}}
	plain := trace.Trace{Version: trace.Version, Implementation: trace.Implementation{Name: "x"}, Steps: []trace.Step{step}}
	asking := plain
	asking.Compares = []script.Happening{script.Asked}
	for name, c := range map[string]struct {
		events []script.Event
		want   trace.Verdict
	}{
		"as often":   {[]script.Event{asked("a")}, trace.AsExpected},
		"more often": {[]script.Event{asked("a"), asked("a")}, trace.AsExpected},
		"never":      {nil, trace.Differs},
		"another":    {[]script.Event{asked("a"), asked("b")}, trace.Differs},
	} {
		if got := trace.Replay(&reordered{[][]script.Event{c.events}}, &asking).Verdict(); got != c.want {
			t.Errorf("one that asks %s is %s", name, got)
		}
		if got := trace.Replay(&reordered{[][]script.Event{c.events}}, &plain).Verdict(); got != trace.AsExpected {
			t.Errorf("one that asks %s is %s, and the trace is not about that", name, got)
		}
	}
	back, err := trace.Read(strings.NewReader(written(t, &asking)))
	if err != nil || !reflect.DeepEqual(back.Compares, asking.Compares) {
		t.Errorf("what it compares came back as %v (%v)", back.Compares, err)
	}
}

func TestInstantsDoNotCountOnTheMachinesClock(t *testing.T) {
	after := func(instant script.Duration) []script.Event {
		return []script.Event{{Event: script.IsReady, Operation: 1, At: instant}}
	}
	step := trace.Step{Command: script.Command{Do: script.Advance, Duration: new(script.Duration(0))}, Expected: after(0)}
	virtual := trace.Trace{Version: trace.Version, Implementation: trace.Implementation{Name: "x"}, Steps: []trace.Step{step}}
	machine := virtual
	machine.Clock = trace.RealClock
	for _, c := range []struct {
		name   string
		trace  trace.Trace
		events []script.Event
		want   trace.Verdict
	}{
		{"late on the machine's clock", machine, after(script.LiveGranule), trace.AsExpected},
		{"late in virtual time", virtual, after(script.LiveGranule), trace.Differs},
		{"absent on the machine's clock", machine, nil, trace.Differs},
	} {
		if got := trace.Replay(&reordered{[][]script.Event{c.events}}, &c.trace).Verdict(); got != c.want {
			t.Errorf("what comes %s is %s, want %s", c.name, got, c.want)
		}
	}
	back, err := trace.Read(strings.NewReader(written(t, &machine)))
	if err != nil || back.Clock != trace.RealClock {
		t.Errorf("the clock came back as %q (%v)", back.Clock, err)
	}
}

// hurried is a subject whose machine is too busy for its clock.
type hurried struct{ subject.Subject }

func (hurried) Do(script.Command) ([]script.Event, error) {
	return nil, &subject.DisturbedError{Ahead: 2, Allowed: 1}
}

func (hurried) Close() error { return nil }

func TestABusyMachineIsNoVerdict(t *testing.T) {
	if got := trace.Replay(hurried{}, failure(t)).Verdict(); got != trace.CouldNotRun {
		t.Errorf("it is %s", got)
	}
}

func TestWhatHappensTwiceIsExpectedTwice(t *testing.T) {
	polled := script.Event{Event: script.Polled, Leaf: "a"}
	step := trace.Step{Command: script.Command{Do: script.Advance, Duration: new(script.Duration(0))}, Expected: []script.Event{polled, polled}}
	tr := &trace.Trace{Version: trace.Version, Implementation: trace.Implementation{Name: "x"}, Steps: []trace.Step{step}}
	for times, want := range []trace.Verdict{trace.Differs, trace.Differs, trace.AsExpected, trace.Differs} {
		if got := trace.Replay(&reordered{[][]script.Event{slices.Repeat([]script.Event{polled}, times)}}, tr).Verdict(); got != want {
			t.Errorf("%d times is %s, want %s", times, got, want)
		}
	}
}
