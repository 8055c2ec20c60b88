package comparison_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/testee"
	"github.com/plumbline-spec/plumbline/fixtures"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

// holdUp names the variable that makes this test binary a testee, and says for how long each subject is held up once, in real time.
const holdUp = "PLUMBLINE_HOLD_UP"

func TestMain(m *testing.M) {
	held, is := os.LookupEnv(holdUp)
	if !is {
		os.Exit(m.Run())
	}
	if err := serveHeldUp(held); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveHeldUp serves a fixture that says it is on the machine's clock, and that this is ahead of each script by what the testee was held up.
func serveHeldUp(text string) error {
	held, err := time.ParseDuration(text)
	if err != nil {
		return err
	}
	fixture, err := fixtures.Lookup("reserving")
	if err != nil {
		return err
	}
	requests, ask := io.Pipe()
	answers, answer := io.Pipe()
	go testee.Serve(requests, answer, fixture.Statement, fixture.Host)
	replies := bufio.NewReader(answers)
	var scale float64
	var at script.Duration
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		request, err := protocol.DecodeRequest(lines.Bytes())
		if err != nil {
			return err
		}
		if _, err := ask.Write(append(lines.Bytes(), '\n')); err != nil {
			return err
		}
		line, err := replies.ReadBytes('\n')
		if err != nil {
			return err
		}
		reply, err := protocol.DecodeReply(line)
		if err != nil {
			return err
		}
		switch request.Do {
		case protocol.Hello:
			scale = request.Scale
			reply.Hello.Clock = protocol.Real
		case protocol.Begin:
			at = script.Duration(float64(held) / scale)
		case protocol.End:
		default:
			if request.Do == script.Advance {
				at += *request.Duration
			}
			reply.At = &at
		}
		if err := json.NewEncoder(os.Stdout).Encode(reply); err != nil {
			return err
		}
	}
	return nil
}

// whileHeldUp compares a testee that is held up for so long by the machine.
func whileHeldUp(t *testing.T, by time.Duration) (row comparison.Row, told string, err error) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "statement.yaml")
	if err := os.WriteFile(file, []byte("implementation: held up\nversion: 1.0.0\nfeatures: [timeout, keep-alive, reserving]\nclock: real\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var people strings.Builder
	row, err = comparison.Testee(fmt.Sprintf("env %s=%s '%s'", holdUp, by, binary), file, comparison.Options{Scripts: 10, Checks: 2}, &people)
	return row, people.String(), err
}

func TestWhereTheMachineIsTooBusyTheClockGetsSlower(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		by    time.Duration
		scale float64
		times int
	}{{0, 0, 0}, {90 * time.Millisecond, 10, 1}, {450 * time.Millisecond, 50, 2}} {
		row, told, err := whileHeldUp(t, c.by)
		if err != nil {
			t.Errorf("held up by %v it is not compared: %v", c.by, err)
			continue
		}
		compared, held := comparison.Sum(row.Kinds), comparison.Sum(row.Held)
		if compared.Equal < 4 || held.Equal < 2 || row.Unexplained() {
			t.Errorf("held up by %v it is compared by %+v, and held by %+v", c.by, compared, held)
		}
		if row.Scale != c.scale || strings.Count(told, "the machine is too busy") != c.times {
			t.Errorf("held up by %v it was compared at a scale of %v, and people were told:\n%s", c.by, row.Scale, told)
		}
	}
}

func TestAMachineThatIsFarTooBusyLeavesNoComparison(t *testing.T) {
	t.Parallel()
	_, _, err := whileHeldUp(t, 5*time.Second)
	if _, is := errors.AsType[*subject.DisturbedError](err); !is {
		t.Errorf("held up by 5 s, it says %v", err)
	}
}
