package script_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

func milliseconds(n int) script.Duration { return script.Duration(time.Duration(n) * time.Millisecond) }

func TestTimelineIsAligned(t *testing.T) {
	trace := script.Trace{
		{Command: script.Command{Do: script.NewCaller, Caller: 1, Service: 1}},
		{
			Command: script.Command{Do: script.Invoke, Caller: 1, Operation: 1, Request: new("a")},
			Events:  []script.Event{{Event: script.Received, Leaf: "leaf", Exchange: 1, Request: "a"}},
		},
		{
			Command: script.Command{Do: script.Advance, Duration: new(milliseconds(1500))},
			Events: []script.Event{
				{Event: script.Abandoned, Exchange: 1, At: milliseconds(1000)},
				{Event: script.Failed, Operation: 1, Kinds: []string{"outer", "elapsed"}, At: milliseconds(1000)},
			},
		},
		{Command: script.Command{Do: script.Leave, Caller: 1}, At: milliseconds(1500)},
	}
	want := `  0s  caller 1 of service 1
  0s  #1 caller 1 invoke "a"  leaf received exchange 1 "a"
  0s  advance 1.5s
  1s                          exchange 1 abandoned
  1s                          #1 failed: outer < elapsed
1.5s  caller 1 leaves
`
	if got := trace.Timeline(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestStepsOnAServerAreTold(t *testing.T) {
	steps := []script.ContextStep{{Op: script.Insert, Type: script.Text, Value: new("peer")}, {Op: script.Count}}
	for want, step := range map[string]script.ServerStep{
		`server 1 listens for service 2 in context 3`: {Op: script.Listen, Service: 2, Context: 3},
		`#7 server 1 connect connection 4 with streams then insert text "peer" then count then fails: boom`: {
			Op: script.Connect, Connection: 4, Streams: true, Steps: steps, Error: "boom",
		},
		`#7 connection 4 of server 1 requests "r"`: {Op: script.Request, Connection: 4},
		`server 1 disconnect connection 4`:         {Op: script.Disconnect, Connection: 4},
		`server 1 fail-accept`:                     {Op: script.FailAccept},
		`#7 server 1 shutdown`:                     {Op: script.StopServer},
	} {
		command := script.Command{Do: script.OnServer, Server: 1, Operation: 7, Request: new("r"), ServerStep: &step}
		if got := command.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestATraceSurvivesJSON(t *testing.T) {
	limit, per := 0, milliseconds(100)
	trace := script.Trace{{
		At: script.Duration(1500 * time.Microsecond),
		Command: script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Leaf: "leaf", Layers: []script.Layer{
			{Name: "rate-limit", Limit: &limit, Per: &per},
			{Name: "retry", Policy: &script.Policy{Retries: 2, Backoff: &script.Backoff{Min: per, Max: per, Jitter: 0.5}}},
		}}},
		Events: []script.Event{{Event: script.Refused, Service: 1, Parameter: "limit"}},
	}}
	text, err := json.Marshal(trace)
	if err != nil {
		t.Fatal(err)
	}
	var back script.Trace
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(trace, back) {
		t.Errorf("%+v came back as %+v", trace, back)
	}
}

func TestADurationComesBackExactlyUpToItsMilliseconds(t *testing.T) {
	const years = script.Duration(150 * 365 * 24 * time.Hour)
	for duration, text := range map[script.Duration]string{
		0:                             `0`,
		1:                             `0.000001`,
		-script.Duration(time.Second): `-1000`,
		script.Duration(1_500_001):    `1.500001`,
		years - milliseconds(1):       `4730399999999`,
		milliseconds(1) - years:       `-4730399999999`,
	} {
		written, err := json.Marshal(duration)
		if err != nil || string(written) != text {
			t.Errorf("%d was written as %s (%v)", duration, written, err)
		}
		var back script.Duration
		if err := json.Unmarshal([]byte(text), &back); err != nil || back != duration {
			t.Errorf("%s was read as %d (%v)", text, back, err)
		}
	}
}

func TestADurationOutOfRangeIsRefused(t *testing.T) {
	for _, text := range []string{`1e300`, `"1s"`, `-1e300`} {
		var d script.Duration
		if err := json.Unmarshal([]byte(text), &d); err == nil {
			t.Errorf("%s was read as %v", text, d)
		}
	}
}

func TestFunctionsOfTheVocabulary(t *testing.T) {
	for _, text := range []string{"append:a", "fail:x", "wrap:x", "recover:r", "accept", "reject:x", "reject-if:R:x", "panic", "call:2"} {
		function, err := script.ParseFunction(text)
		if err != nil || function.String() != text {
			t.Errorf("%s was read as %v (%v)", text, function, err)
		}
	}
	for _, text := range []string{"", "append", "append:", "reject-if:R", "panic:now", "teleport:a"} {
		if function, err := script.ParseFunction(text); err == nil {
			t.Errorf("%q was read as %v", text, function)
		}
	}
}
