package remote_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/testee"
	"github.com/plumbline-spec/plumbline/fixtures"
)

// hostile is one tiny misbehaving testee. It behaves until the trigger, the request with the verb invoke, unless it
// misbehaves from the beginning.
type hostile struct {
	does  string
	begin func()                                     // from the beginning; nil: it greets
	reply func(id int, honest []byte, out io.Writer) // in place of the honest reply to the trigger
	want  string                                     // in the error of the spec, or of Start
}

// greet answers hello otherwise than the honest testee.
func greet(reply string) func() {
	return func() {
		_, _ = bufio.NewReader(os.Stdin).ReadBytes('\n')
		fmt.Println(reply)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}
}

var hostiles = map[string]hostile{
	"exits-at-once": {
		does:  "ends before it has said anything",
		begin: func() { fmt.Fprintln(os.Stderr, "no configuration found"); os.Exit(3) },
		want:  "exit status 3",
	},
	"is-silent": {
		does:  "reads and never answers",
		begin: func() { _, _ = io.Copy(io.Discard, os.Stdin) },
		want:  "did not answer \"hello\" within",
	},
	"does-not-read": {
		does:  "neither reads nor answers, and ignores that it should end",
		begin: func() { signal.Ignore(syscall.SIGTERM); select {} },
		want:  "did not answer \"hello\" within",
	},
	"speaks-another-version": {
		does:  "speaks version 99 of the protocol",
		begin: greet(`{"id":1,"hello":{"protocol":99,"implementation":"x","version":"1","clock":"virtual","features":[]}}`),
		want:  "speaks version 99 of the protocol, this runner version 1",
	},
	"has-no-clock": {
		does:  "declares a clock that is none",
		begin: greet(`{"id":1,"hello":{"protocol":1,"implementation":"x","version":"1","clock":"lunar","features":[]}}`),
		want:  `clock is "lunar"`,
	},
	"greets-with-events": {
		does:  "answers the greeting as if it were a command",
		begin: greet(`{"id":1,"events":[]}`),
		want:  "no greeting",
	},
	"prints-a-banner": {
		does:  "writes words for people to its standard output",
		begin: greet("Welcome to MyStack 1.0"),
		want:  "Welcome to MyStack",
	},
	"hangs": {
		does:  "stops answering in the middle of a spec",
		reply: func(int, []byte, io.Writer) { select {} },
		want:  `did not answer "#1 caller 1 invoke`,
	},
	"exits-midway": {
		does:  "ends in the middle of a spec",
		reply: func(int, []byte, io.Writer) { fmt.Fprintln(os.Stderr, "out of memory"); os.Exit(137) },
		want:  "exit status 137",
	},
	"is-killed": {
		does:  "is killed in the middle of a spec",
		reply: func(int, []byte, io.Writer) { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); select {} },
		want:  "signal: killed",
	},
	"closes-its-output": {
		does:  "closes its output and goes on",
		reply: func(int, []byte, io.Writer) { _ = os.Stdout.Close(); select {} },
		want:  "closed its output and goes on",
	},
	"floods": {
		does: "writes without end",
		reply: func(_ int, _ []byte, out io.Writer) {
			for {
				if _, err := fmt.Fprintln(out, `{"id":0}`); err != nil {
					select {}
				}
			}
		},
		want: "answered request 0",
	},
	"sends-half-a-line": {
		does:  "ends in the middle of a line",
		reply: func(_ int, honest []byte, out io.Writer) { _, _ = out.Write(honest[:len(honest)/2]); os.Exit(0) },
		want:  "in the middle of a line",
	},
	"sends-invalid-utf-8": {
		does:  "sends a line that is not UTF-8",
		reply: func(id int, _ []byte, out io.Writer) { fmt.Fprintf(out, "{\"id\":%d,\"error\":\"\xff\xfe\"}\n", id) },
		want:  "not UTF-8",
	},
	"sends-a-line-of-100-MB": {
		does: "sends a line of 100 MB",
		reply: func(_ int, _ []byte, out io.Writer) {
			megabyte := bytes.Repeat([]byte("x"), 1<<20)
			for range 100 {
				_, _ = out.Write(megabyte)
			}
			select {}
		},
		want: "a line of more than 1048576 bytes",
	},
	"sends-no-object": {
		does:  "sends a list where an object should be",
		reply: func(_ int, _ []byte, out io.Writer) { fmt.Fprintln(out, `[]`) },
		want:  "no reply",
	},
	"sends-two-objects": {
		does:  "sends two objects in one line",
		reply: func(id int, _ []byte, out io.Writer) { fmt.Fprintf(out, `{"id":%d}{"id":%d}`+"\n", id, id) },
		want:  "after the object the line goes on",
	},
	"sends-an-unknown-field": {
		does:  "sends a field that the protocol does not have",
		reply: func(id int, _ []byte, out io.Writer) { fmt.Fprintf(out, `{"id":%d,"evnets":[]}`+"\n", id) },
		want:  `unknown field "evnets"`,
	},
	"sends-an-unknown-event": {
		does: "reports an event that the protocol does not have",
		reply: func(id int, _ []byte, out io.Writer) {
			fmt.Fprintf(out, `{"id":%d,"events":[{"event":"exploded","at":0}]}`+"\n", id)
		},
		want: `there is no event "exploded"`,
	},
	"ends-an-unknown-operation": {
		does: "ends an operation that never began",
		reply: func(id int, _ []byte, out io.Writer) {
			fmt.Fprintf(out, `{"id":%d,"events":[{"event":"ready","at":0,"operation":7}]}`+"\n", id)
		},
		want: "operation 7 ends and never began",
	},
	"ends-an-operation-twice": {
		does: "ends an operation twice",
		reply: func(id int, _ []byte, out io.Writer) {
			fmt.Fprintf(out, `{"id":%d,"events":[{"event":"ready","at":0,"operation":1},{"event":"ready","at":0,"operation":1}]}`+"\n", id)
		},
		want: "operation 1 ends twice",
	},
	"abandons-an-unknown-exchange": {
		does: "abandons a call that no leaf received",
		reply: func(id int, _ []byte, out io.Writer) {
			fmt.Fprintf(out, `{"id":%d,"events":[{"event":"abandoned","at":0,"exchange":4}]}`+"\n", id)
		},
		want: "exchange 4 is abandoned and never began",
	},
	"answers-for-an-unknown-context": {
		does: "answers a step on a context that was never made",
		reply: func(id int, _ []byte, out io.Writer) {
			fmt.Fprintf(out, `{"id":%d,"events":[{"event":"context-answer","at":0,"context":7}]}`+"\n", id)
		},
		want: "context 7 answers and does not exist",
	},
	"answers-for-a-context-unasked": {
		does: "answers a step on a context that nobody took",
		reply: func(id int, _ []byte, out io.Writer) {
			fmt.Fprintf(out, `{"id":%d,"events":[{"event":"context-answer","at":0,"context":1}]}`+"\n", id)
		},
		want: "context 1 answers and was not asked",
	},
	"does-not-say-what-time-it-is": {
		does:  "has a real clock, and does not say in its replies where that stands",
		begin: func() { serveHonestly(replacing{`"clock":"virtual"`, `"clock":"real"`}) },
		want:  "does not say what time it is",
	},
	"answers-another-request": {
		does:  "answers a request that is yet to come",
		reply: func(id int, _ []byte, out io.Writer) { fmt.Fprintf(out, `{"id":%d}`+"\n", id+1) },
		want:  "not the latest",
	},
	"answers-twice": {
		does:  "answers one request twice",
		reply: func(_ int, honest []byte, out io.Writer) { _, _ = out.Write(append(honest, honest...)) },
		want:  "again",
	},
}

const misbehaviour = "PLUMBLINE_TEST_MISBEHAVIOUR"

// TestMain makes this test binary the testee, when it is started as one.
func TestMain(m *testing.M) {
	name, is := os.LookupEnv(misbehaviour)
	if !is {
		os.Exit(m.Run())
	}
	h := hostiles[name]
	if h.begin != nil {
		h.begin()
	}
	if h.reply != nil {
		serveHonestly(&tampering{h.reply})
	}
	serveHonestly(os.Stdout)
}

// serveHonestly serves a fixture on standard input and ends the process.
func serveHonestly(out io.Writer) {
	fixture, err := fixtures.Lookup("reserving")
	if err != nil {
		panic(err)
	}
	if err := testee.Serve(os.Stdin, out, fixture.Statement, fixture.Host); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// replacing passes replies on with one text in place of another.
type replacing struct{ old, new string }

func (r replacing) Write(line []byte) (int, error) {
	if _, err := os.Stdout.Write(bytes.ReplaceAll(line, []byte(r.old), []byte(r.new))); err != nil {
		return 0, err
	}
	return len(line), nil
}

// tampering passes replies on until one reports that a leaf received something: the reply to the trigger.
type tampering struct {
	reply func(int, []byte, io.Writer)
}

func (t *tampering) Write(line []byte) (int, error) {
	if !bytes.Contains(line, []byte(`"event":"received"`)) {
		return os.Stdout.Write(line)
	}
	var reply protocol.Reply
	if err := json.Unmarshal(line, &reply); err != nil {
		panic(err)
	}
	t.reply(reply.ID, append([]byte(nil), line...), os.Stdout)
	return len(line), nil
}

// testeeNamed is the command line of a hostile testee; the name "" is an honest one.
func testeeNamed(name string) string {
	return fmt.Sprintf("env %s=%s '%s'", misbehaviour, name, os.Args[0])
}

// patient is short of what a run would use, and long beside what an honest testee needs. A program that ends under the race
// detector takes a second for that.
var patient = remote.Options{Deadline: 3 * time.Second, Grace: 500 * time.Millisecond, People: io.Discard}

// runSpec does what a spec would: a fresh subject, a call, its answer, the end.
func runSpec(host subject.Host) error {
	s, err := host()
	if err != nil {
		return err
	}
	for _, command := range []script.Command{
		{Do: script.Open, Service: 1, Stack: &script.Stack{Leaf: "leaf"}},
		{Do: script.OnContext, Context: 1, Step: &script.ContextStep{Op: script.NewContext}},
		{Do: script.NewCaller, Caller: 1, Service: 1},
		{Do: script.Invoke, Caller: 1, Operation: 1, Request: new("question")},
		{Do: script.Answer, Exchange: 1, Outcome: &script.Outcome{Response: new("answer")}},
	} {
		if _, err := s.Do(command); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

func TestAHostileTesteeIsUnavailable(t *testing.T) {
	for name, h := range hostiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			started, err := remote.Start(testeeNamed(name), patient)
			if err == nil {
				err = runSpec(started.Host())
				if again := runSpec(started.Host()); again == nil {
					t.Error("after that, another spec had a result")
				}
				started.Close()
			}
			var unavailable *subject.UnavailableError
			if !errors.As(err, &unavailable) || !strings.Contains(err.Error(), h.want) {
				t.Errorf("a testee that %s: got %v, want %q", h.does, err, h.want)
			}
			if took := time.Since(begun); took > 30*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestTheLastWordsOfATesteeAreShown(t *testing.T) {
	for name, words := range map[string]string{"exits-at-once": "no configuration found", "exits-midway": "out of memory"} {
		var people strings.Builder
		options := patient
		options.People = &people
		started, err := remote.Start(testeeNamed(name), options)
		if err == nil {
			err = runSpec(started.Host())
			started.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "Its last words:\n"+words) {
			t.Errorf("%s: got %v", name, err)
		}
		if people.String() != "testee: "+words+"\n" {
			t.Errorf("%s: people saw %q", name, people.String())
		}
	}
}

func TestAnHonestTesteeServesSpecAfterSpec(t *testing.T) {
	started, err := remote.Start(testeeNamed(""), patient)
	if err != nil {
		t.Fatal(err)
	}
	defer started.Close()
	for range 3 {
		if err := runSpec(started.Host()); err != nil {
			t.Error(err)
		}
	}
}

func TestAnErrorOfACommandFailsOnlyItsSpec(t *testing.T) {
	started, err := remote.Start(testeeNamed(""), patient)
	if err != nil {
		t.Fatal(err)
	}
	defer started.Close()
	s, err := started.Host()()
	if err != nil {
		t.Fatal(err)
	}
	var refused *remote.RefusedError
	if _, err := s.Do(script.Command{Do: script.NewCaller, Caller: 1, Service: 7}); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
	if err := runSpec(started.Host()); err != nil {
		t.Errorf("the next spec: %v", err)
	}
}

func TestAProgramThatDoesNotExistIsUnavailable(t *testing.T) {
	_, err := remote.Start("/there/is/no/such/testee --flag", patient)
	var unavailable *subject.UnavailableError
	if !errors.As(err, &unavailable) || !strings.Contains(err.Error(), "exit status 127") {
		t.Errorf("got %v", err)
	}
}

// TestAttachWaitsForATestee has the testee listen only after the runner has begun to wait.
func TestAttachWaitsForATestee(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			address := filepath.Join(t.TempDir(), "testee.sock")
			if network == "tcp" {
				reserved, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				address = reserved.Addr().String()
				if err := reserved.Close(); err != nil {
					t.Fatal(err)
				}
			}
			served := make(chan error, 1)
			go func() {
				listener, err := net.Listen(network, address)
				if err != nil {
					served <- err
					return
				}
				defer listener.Close()
				connection, err := listener.Accept()
				if err != nil {
					served <- err
					return
				}
				defer connection.Close()
				fixture, err := fixtures.Lookup("reserving")
				if err != nil {
					served <- err
					return
				}
				served <- testee.Serve(connection, connection, fixture.Statement, fixture.Host)
			}()
			attached, err := remote.Attach(address, 10*time.Second, patient)
			if err != nil {
				t.Fatal(err)
			}
			if err := runSpec(attached.Host()); err != nil {
				t.Error(err)
			}
			attached.Close()
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAttachGivesUpWhenItsPatienceEnds(t *testing.T) {
	_, err := remote.Attach(filepath.Join(t.TempDir(), "nobody.sock"), time.Millisecond, patient)
	var unavailable *subject.UnavailableError
	if !errors.As(err, &unavailable) {
		t.Errorf("got %v", err)
	}
}

// TestALeakIsReportedAtTheEnd shows that what a subject leaves behind reaches the runner through the pipe.
func TestALeakIsReportedAtTheEnd(t *testing.T) {
	toTestee, fromRunner := io.Pipe()
	toRunner, fromTestee := io.Pipe()
	defer fromRunner.Close()
	fixture, err := fixtures.Lookup("hostile-leak")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = testee.Serve(toTestee, fromTestee, fixture.Statement, fixture.Host)
	}()
	reader := bufio.NewReader(toRunner)
	ask := func(line string) string {
		if _, err := io.WriteString(fromRunner, line+"\n"); err != nil {
			t.Fatal(err)
		}
		reply, err := reader.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	ask(`{"id":1,"do":"begin"}`)
	ask(`{"id":2,"do":"open","service":1,"stack":{"layers":[{"layer":"load-shed"},{"layer":"concurrency-limit","limit":1}],"leaf":"leaf"}}`)
	ask(`{"id":3,"do":"caller","caller":1,"service":1}`)
	ask(`{"id":4,"do":"invoke","operation":1,"caller":1,"request":"question"}`)
	if reply := ask(`{"id":5,"do":"end"}`); !strings.Contains(reply, "left work running") {
		t.Errorf("got %s", reply)
	}
}
