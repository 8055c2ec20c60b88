package sequence_test

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/report/sequence"
	"github.com/plumbline-spec/plumbline/conformance/script"
)

func draw(t *testing.T, steps ...script.Step) string {
	t.Helper()
	svg, err := sequence.SVG(steps)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal([]byte(svg), new(struct {
		XMLName xml.Name `xml:"svg"`
	})); err != nil {
		t.Errorf("%v in %s", err, svg)
	}
	return string(svg)
}

func text(s string) *string { return &s }

func open(service int, leaf string, layers ...script.Layer) script.Step {
	return script.Step{Command: script.Command{Do: script.Open, Service: service, Stack: &script.Stack{Layers: layers, Leaf: leaf}}}
}

func caller(number, service int) script.Step {
	return script.Step{Command: script.Command{Do: script.NewCaller, Service: service, Caller: number}}
}

func invoke(operation, caller int, events ...script.Event) script.Step {
	return script.Step{Command: script.Command{Do: script.Invoke, Caller: caller, Operation: operation, Request: text("request")}, Events: events}
}

var (
	head  = regexp.MustCompile(`<line class="life" x1="(\d+)".*?<text [^>]*>([^<]*)</text>`)
	arrow = regexp.MustCompile(`<g class="([a-z-]+)">(?:<title>[^<]*</title>)?(?:<text class="at"[^>]*>([^<]*)</text>)?<line x1="(\d+)"[^>]*x2="(\d+)".*?<text class="halo"[^>]*>([^<]*)<`)
	box   = regexp.MustCompile(`<g class="(note|remark)">.*?<rect[^>]*/><text [^>]*>([^<]*)<`)
)

// lanes lists the names above the lanes, from left to right, and by place.
func lanes(svg string) ([]string, map[string]string) {
	var names []string
	at := map[string]string{}
	for _, match := range head.FindAllStringSubmatch(svg, -1) {
		names, at[match[1]] = append(names, match[2]), match[2]
	}
	return names, at
}

// arrows lists the arrows in words.
func arrows(svg string) []string {
	_, at := lanes(svg)
	var all []string
	for _, match := range arrow.FindAllStringSubmatch(svg, -1) {
		if match[1] != "time" {
			all = append(all, fmt.Sprintf("%s: %s to %s: %s", match[1], at[match[3]], at[match[4]], strings.ReplaceAll(match[5], "&#34;", `"`)))
		}
	}
	return all
}

func boxes(svg string) []string {
	var all []string
	for _, match := range box.FindAllStringSubmatch(svg, -1) {
		all = append(all, match[1]+": "+strings.ReplaceAll(match[2], "&#34;", `"`))
	}
	return all
}

func TestACallGoesFromItsCallerToTheLeafAndBack(t *testing.T) {
	later := script.Duration(5 * time.Millisecond)
	svg := draw(t, open(1, "leaf"), caller(1, 1),
		invoke(1, 1, script.Event{Event: script.Asked, Leaf: "leaf"}, script.Event{Event: script.Received, Exchange: 1, Leaf: "leaf", Request: "request"}),
		script.Step{Command: script.Command{Do: script.Advance, Duration: &later}},
		script.Step{At: later, Command: script.Command{Do: script.Answer, Exchange: 1, Outcome: &script.Outcome{Response: text("ok")}},
			Events: []script.Event{{Event: script.Response, At: later, Operation: 1, Text: "ok"}}})
	if got, _ := lanes(svg); !slices.Equal(got, []string{"caller 1", "service 1", "leaf"}) {
		t.Errorf("the lanes are %q", got)
	}
	if got, want := arrows(svg), []string{
		`message: caller 1 to service 1: #1 invoke "request"`,
		`message: service 1 to leaf: asked whether ready`,
		`message: service 1 to leaf: exchange 1 "request"`,
		`answer: leaf to service 1: exchange 1 with "ok"`,
		`answer: service 1 to caller 1: #1 response "ok"`,
	}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !strings.Contains(svg, ">0s<") || strings.Count(svg, ">5ms<") != 1 {
		t.Errorf("each instant stands once: %s", svg)
	}
}

func TestWhatIsGivenUpIsDrawnOtherwise(t *testing.T) {
	svg := draw(t, open(1, "leaf"), caller(1, 1), invoke(1, 1, script.Event{Event: script.Received, Exchange: 1, Leaf: "leaf", Request: "request"}),
		script.Step{Command: script.Command{Do: script.Cancel, Operation: 1}, Events: []script.Event{
			{Event: script.Abandoned, Exchange: 1}, {Event: script.Cancelled, Operation: 1}}})
	if got, want := arrows(svg)[2:], []string{
		"give-up: caller 1 to service 1: cancel #1", "give-up: service 1 to leaf: exchange 1 abandoned", "answer: service 1 to caller 1: #1 cancelled",
	}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestTheServiceAboveALeafIsNotGuessed(t *testing.T) {
	received := script.Event{Event: script.Received, Exchange: 1, Leaf: "shared", Request: "request"}
	advance := script.Duration(1)
	svg := draw(t, open(1, "shared"), open(2, "shared"), caller(1, 2), invoke(1, 1, received),
		script.Step{Command: script.Command{Do: script.Advance, Duration: &advance}, Events: []script.Event{{Event: script.Received, Exchange: 2, Leaf: "shared", Request: "late"}}})
	if got := arrows(svg); !slices.Contains(got, `message: service 2 to leaf shared: exchange 1 "request"`) || len(got) != 2 {
		t.Errorf("the arrows are %q", got)
	}
	if got := boxes(svg); !slices.Contains(got, `note: exchange 2 "late"`) {
		t.Errorf("the boxes are %q", got)
	}
}

func TestALeafInsideALayerIsReached(t *testing.T) {
	second := script.Layer{Name: "service-and-then", Service: &script.Stack{Leaf: "second"}}
	svg := draw(t, open(1, "leaf", second), caller(1, 1), invoke(1, 1, script.Event{Event: script.Received, Exchange: 1, Leaf: "second", Request: "request"}))
	if got := arrows(svg); !slices.Contains(got, `message: service 1 to leaf second: exchange 1 "request"`) {
		t.Errorf("the arrows are %q", got)
	}
}

func TestAHostHasItsEmbedderAndItsWorkers(t *testing.T) {
	handle := script.Command{Do: script.OnHost, Host: 1, Operation: 1, HostStep: &script.HostStep{Op: script.Handle, Program: "respond:a"}}
	svg := draw(t,
		script.Step{Command: script.Command{Do: script.OnHost, Host: 1, HostStep: &script.HostStep{Op: script.NewHost}}},
		script.Step{Command: handle, Events: []script.Event{
			{Event: script.Instantiated, HostDetail: script.HostDetail{Worker: 1}}, {Event: script.Response, Operation: 1, Text: "a"}}})
	if got, _ := lanes(svg); !slices.Equal(got, []string{"embedder", "host 1", "worker 1"}) {
		t.Errorf("the lanes are %q", got)
	}
	if got := arrows(svg); !slices.Equal(got, []string{`message: embedder to host 1: #1 handle "respond:a"`, `answer: host 1 to embedder: #1 response "a"`}) {
		t.Errorf("the arrows are %q", got)
	}
	if got := boxes(svg); !slices.Contains(got, "note: instantiated") {
		t.Errorf("the boxes are %q", got)
	}
}

func TestAServerHasItsConnections(t *testing.T) {
	step := func(operation int, request *string, step script.ServerStep, events ...script.Event) script.Step {
		return script.Step{Command: script.Command{Do: script.OnServer, Server: 1, Operation: operation, Request: request, ServerStep: &step}, Events: events}
	}
	svg := draw(t, open(1, "leaf"),
		step(0, nil, script.ServerStep{Op: script.Listen, Service: 1}),
		step(1, nil, script.ServerStep{Op: script.Connect, Connection: 1}, script.Event{Event: script.Done, Operation: 1}),
		step(2, text("request"), script.ServerStep{Op: script.Request, Connection: 1}, script.Event{Event: script.Received, Exchange: 1, Leaf: "leaf", Request: "request"}),
		step(0, nil, script.ServerStep{Op: script.Disconnect, Connection: 1}),
		step(3, nil, script.ServerStep{Op: script.StopServer}))
	if got, _ := lanes(svg); !slices.Equal(got, []string{"embedder", "connection 1", "server 1", "service 1", "leaf"}) {
		t.Errorf("the lanes are %q", got)
	}
	if got, want := arrows(svg), []string{
		"message: connection 1 to server 1: #1 connect",
		"answer: server 1 to connection 1: #1 done",
		`message: connection 1 to server 1: #2 requests "request"`,
		`message: service 1 to leaf: exchange 1 "request"`,
		"give-up: connection 1 to server 1: disconnect",
		"message: embedder to server 1: #3 shutdown",
	}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestEveryCommandIsDrawnHoweverLittleItSays holds the diagram against reports that nobody's suite has written.
func TestEveryCommandIsDrawnHoweverLittleItSays(t *testing.T) {
	for _, verb := range []script.Verb{
		script.Open, script.OpenFactory, script.Create, script.NewCaller, script.Leave, script.Ready, script.Call, script.Invoke, script.Poll,
		script.Shutdown, script.Cancel, script.SetLeaf, script.Answer, script.Advance, script.Close, script.OnContext, script.OnHost, script.OnServer, "teleport", "",
	} {
		for _, command := range []script.Command{{Do: verb}, {Do: verb, Reuse: 1, Host: 1, Operation: 1, Caller: 1}} {
			for _, event := range []script.Happening{script.Opened, script.Received, script.Asked, script.Abandoned, script.Created, script.Response,
				script.Refused, script.ContextAnswer, script.Waiting, "vanished"} {
				if svg := draw(t, script.Step{Command: command, Events: []script.Event{{Event: event}}}); !strings.Contains(svg, "<g ") {
					t.Errorf("%q with %q draws nothing", verb, event)
				}
			}
		}
	}
	draw(t)
}

func TestALongTextIsCutInSightAndWholeInItsTitle(t *testing.T) {
	long := strings.Repeat("long ", 40)
	svg := draw(t, open(1, "leaf"), caller(1, 1), script.Step{Command: script.Command{Do: script.Invoke, Caller: 1, Operation: 1, Request: &long}})
	if !strings.Contains(svg, "…</text>") || !strings.Contains(svg, "<title>#1 invoke &#34;"+long) {
		t.Error(svg)
	}
	var width int
	if _, err := fmt.Sscanf(regexp.MustCompile(`width="\d+"`).FindString(svg), "width=\"%d\"", &width); err != nil || width > 700 {
		t.Errorf("it is %d wide (%v)", width, err)
	}
}
