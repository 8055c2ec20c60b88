package sequence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// group orders the participants: callers to the left, leaves to the right.
type group int

const (
	callers group = iota
	connections
	contexts
	factories
	servers
	services
	hosts
	workers
	leaves
)

// participant has a lane of its own.
type participant struct {
	group  group
	number int    // of all but leaves
	name   string // of leaves; of connections: their server
}

// String is what stands above the lane.
func (p participant) String() string {
	switch {
	case p.group == leaves && p.name == "leaf":
		return "leaf"
	case p.group == leaves:
		return "leaf " + p.name
	case p == embedder:
		return "embedder"
	default:
		return fmt.Sprintf("%s %d", [...]string{"caller", "connection", "context", "factory", "server", "service", "host", "worker"}[p.group], p.number)
	}
}

// embedder is who uses a host or a server. It has no number in a script, and nobody else may have this one.
var embedder = participant{group: callers, number: -1}

// nobody stands for a participant that cannot be told.
var nobody = participant{}

// kind is how a row is drawn.
type kind string

const (
	message kind = "message" // an arrow: something is asked for
	answer  kind = "answer"  // a dashed arrow: something comes back
	giveUp  kind = "give-up" // a dashed arrow: something is not wanted any more
	note    kind = "note"    // a box on the lane of from
	remark  kind = "remark"  // a line of text over all lanes
	time    kind = "time"    // the script moves virtual time
)

// row is one thing that was done or seen.
type row struct {
	kind     kind
	at       script.Duration
	from, to participant
	text     string
}

// diagram is a trace, read.
type diagram struct {
	participants []participant // from left to right
	below        map[participant]string
	rows         []row

	leafOf    map[int][]string    // by service: the leaves inside
	inFactory map[int][]string    // by factory: the leaves inside
	serviceOf map[int]participant // by caller
	begun     map[int]link        // by operation
	received  map[int]link        // by exchange
}

// link is who asks and who is asked.
type link struct{ from, to participant }

// read turns a trace into a diagram.
func read(steps []script.Step) *diagram {
	d := &diagram{
		below: map[participant]string{}, leafOf: map[int][]string{}, inFactory: map[int][]string{},
		serviceOf: map[int]participant{}, begun: map[int]link{}, received: map[int]link{},
	}
	for _, step := range steps {
		if !whole(step.Command) {
			d.say(step.At, string(step.Command.Do))
			continue
		}
		d.command(step.Command, step.At)
		for _, event := range step.Events {
			d.event(event, d.about(step.Command))
		}
	}
	slices.SortStableFunc(d.participants, func(a, b participant) int { return int(a.group) - int(b.group) })
	return d
}

// whole tells whether the command has what its words need. A report may come from anywhere.
func whole(c script.Command) bool {
	switch c.Do {
	case script.Open:
		return c.Stack != nil || (c.Host != 0 && c.Reuse == 0)
	case script.OpenFactory:
		return c.Stack != nil
	case script.SetLeaf:
		return c.Leaf != nil
	case script.Advance:
		return c.Duration != nil
	default:
		return true
	}
}

// take gives the participant a lane.
func (d *diagram) take(p participant) participant {
	if !slices.Contains(d.participants, p) {
		d.participants = append(d.participants, p)
	}
	return p
}

// add draws what goes from one to another. Where one of them cannot be told, it is a note on the other.
func (d *diagram) add(k kind, at script.Duration, from, to participant, text string) {
	switch {
	case from == nobody && to == nobody:
		d.say(at, text)
		return
	case from == nobody:
		k, from = note, to
	case to == nobody:
		k, to = note, from
	}
	d.rows = append(d.rows, row{k, at, d.take(from), d.take(to), text})
}

// mark draws a note on one lane.
func (d *diagram) mark(at script.Duration, on participant, text string) {
	d.add(note, at, on, on, strings.TrimPrefix(text, on.String()+" "))
}

// say draws a line over all lanes.
func (d *diagram) say(at script.Duration, text string) {
	d.rows = append(d.rows, row{kind: remark, at: at, text: text})
}

func (d *diagram) command(c script.Command, at script.Duration) {
	service := participant{group: services, number: c.Service}
	caller := participant{group: callers, number: c.Caller}
	switch c.Do {
	case script.Open:
		d.take(service)
		if c.Host == 0 {
			d.leafOf[c.Service] = leavesIn(c.Stack)
		}
		d.say(at, c.String())
	case script.OpenFactory:
		d.inFactory[c.Factory] = leavesIn(c.Stack)
		d.take(participant{group: factories, number: c.Factory})
		d.say(at, c.String())
	case script.Create:
		factory := participant{group: factories, number: c.Factory}
		d.leafOf[c.Service] = d.inFactory[c.Factory]
		d.begin(c.Operation, factory, service, at, fmt.Sprintf("#%d create with %q", c.Operation, c.Config))
	case script.NewCaller:
		d.serviceOf[c.Caller] = service
		d.below[d.take(caller)] = "of " + service.String()
	case script.Leave:
		d.mark(at, caller, c.String())
	case script.Ready, script.Poll, script.Shutdown, script.Call, script.Invoke:
		text := strings.Replace(c.String(), fmt.Sprintf(" caller %d", c.Caller), "", 1)
		d.begin(c.Operation, caller, d.serviceOf[c.Caller], at, text)
	case script.Cancel:
		d.add(giveUp, at, d.begun[c.Operation].from, d.begun[c.Operation].to, c.String())
	case script.SetLeaf:
		d.mark(at, participant{group: leaves, name: c.Leaf.Name}, c.String())
	case script.Answer:
		d.add(answer, at, d.received[c.Exchange].to, d.received[c.Exchange].from, strings.TrimPrefix(c.String(), "answer "))
	case script.Advance:
		d.rows = append(d.rows, row{kind: time, at: at, text: c.String()})
	case script.Close:
		d.mark(at, service, "closed")
	case script.OnContext:
		d.mark(at, participant{group: contexts, number: c.Context}, c.Step.String())
	case script.OnHost:
		host := participant{group: hosts, number: c.Host}
		if c.Operation == 0 {
			d.mark(at, host, c.HostStep.String())
			return
		}
		d.begin(c.Operation, embedder, host, at, fmt.Sprintf("#%d %s", c.Operation, c.HostStep))
	case script.OnServer:
		d.server(c, at)
	default:
		d.say(at, c.String())
	}
}

func (d *diagram) server(c script.Command, at script.Duration) {
	server := participant{group: servers, number: c.Server}
	if c.ServerStep == nil || c.ServerStep.Connection == 0 {
		if c.Operation == 0 {
			d.mark(at, server, c.String())
			return
		}
		d.begin(c.Operation, embedder, server, at, strings.Replace(c.String(), " "+server.String(), "", 1))
		return
	}
	connection := participant{group: connections, number: c.ServerStep.Connection, name: server.String()}
	d.below[d.take(connection)] = "to " + server.String()
	text := strings.TrimPrefix(c.String(), server.String()+" ")
	for _, drawn := range []string{" of " + server.String(), " " + server.String(), " " + connection.String()} {
		text = strings.Replace(text, drawn, "", 1)
	}
	if c.Operation == 0 {
		d.add(giveUp, at, connection, server, text)
		return
	}
	d.begin(c.Operation, connection, server, at, text)
}

// begin draws the beginning of an operation.
func (d *diagram) begin(number int, from, to participant, at script.Duration, text string) {
	d.begun[number] = link{from, to}
	d.add(message, at, from, to, text)
}

// about is the service that a command is about; nobody where that cannot be told.
func (d *diagram) about(c script.Command) participant {
	switch {
	case c.Service != 0:
		return participant{group: services, number: c.Service}
	case c.Caller != 0:
		return d.serviceOf[c.Caller]
	case c.Exchange != 0:
		return d.received[c.Exchange].from
	case c.Operation != 0:
		return d.begun[c.Operation].to
	default:
		return nobody
	}
}

func (d *diagram) event(e script.Event, about participant) {
	leaf := participant{group: leaves, name: e.Leaf}
	towardsLeaf := func(k kind, text string) {
		d.add(k, e.At, d.towards(e.Leaf, about), leaf, strings.TrimPrefix(text, leaf.String()+" "))
	}
	begun, known := d.begun[e.Operation]
	switch {
	case e.Event == script.Opened:
		d.mark(e.At, participant{group: services, number: e.Service}, e.String())
	case e.Event == script.Received:
		d.received[e.Exchange] = link{d.towards(e.Leaf, about), leaf}
		towardsLeaf(message, strings.Replace(e.String(), "received ", "", 1))
	case e.Event == script.Asked, e.Event == script.Polled, e.Event == script.LeafShutdown:
		towardsLeaf(message, e.String())
	case e.Event == script.AskedAbandoned:
		towardsLeaf(giveUp, e.String())
	case e.Event == script.Abandoned:
		d.add(giveUp, e.At, d.received[e.Exchange].from, d.received[e.Exchange].to, e.String())
	case e.Event == script.Created:
		d.mark(e.At, leaf, e.String())
	case e.Event == script.ContextAnswer:
		d.mark(e.At, participant{group: contexts, number: e.Context}, e.String())
	case e.Worker != 0:
		d.mark(e.At, participant{group: workers, number: e.Worker}, e.String())
	case known:
		d.add(answer, e.At, begun.to, begun.from, e.String())
	default:
		d.mark(e.At, about, e.String())
	}
}

// towards is the service through which the leaf was reached: the only one that has it inside, or else the one that the command is
// about. Where neither tells, it is nobody: a diagram that guesses is worse than one that leaves it open.
func (d *diagram) towards(leaf string, about participant) participant {
	var candidates []participant
	for number, inside := range d.leafOf {
		if slices.Contains(inside, leaf) {
			candidates = append(candidates, participant{group: services, number: number})
		}
	}
	switch {
	case len(candidates) == 1:
		return candidates[0]
	case slices.Contains(candidates, about):
		return about
	default:
		return nobody
	}
}

// leavesIn lists the leaves of a stack and of the services inside its layers.
func leavesIn(stack *script.Stack) []string {
	if stack == nil {
		return nil
	}
	return append(leavesInLayers(stack.Layers), stack.Leaf)
}

func leavesInLayers(layers []script.Layer) []string {
	var names []string
	for _, layer := range layers {
		names = append(append(names, leavesIn(layer.Service)...), leavesInLayers(layer.Layers)...)
	}
	return names
}
