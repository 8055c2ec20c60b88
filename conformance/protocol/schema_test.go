package protocol_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
)

// schemas compiles the two directions of the schema.
func schemas(t *testing.T) (request, reply *jsonschema.Schema) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(protocol.Schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("protocol.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compile := func(name string) *jsonschema.Schema {
		schema, err := compiler.Compile("protocol.schema.json#/$defs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return schema
	}
	return compile("request"), compile("reply")
}

func validate(schema *jsonschema.Schema, line string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// TestEveryMessageOfEverySpecIsValid runs the whole suite through a pipe and holds each line against the schema.
func TestEveryMessageOfEverySpecIsValid(t *testing.T) {
	directory := t.TempDir()
	build := func(name string, arguments ...string) string {
		binary := filepath.Join(directory, name)
		command := exec.Command("go", append(arguments[:len(arguments)-1:len(arguments)-1], "-o", binary, arguments[len(arguments)-1])...)
		command.Dir = "../.."
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		return binary
	}
	suite := build("suite.test", "test", "-c", "./fixtures")
	testee := build("testee", "build", "./fixtures/testee")
	request, reply := schemas(t)
	for _, fixture := range []string{"reserving", "advisory"} {
		transcript := filepath.Join(directory, fixture+".txt")
		run := exec.Command(suite, "-test.run=^TestConformance$", "-testee="+testee+" -fixture="+fixture, "-transcript="+transcript)
		run.Dir = "../../fixtures"
		if output, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		text, err := os.ReadFile(transcript)
		if err != nil {
			t.Fatal(err)
		}
		lines := 0
		for scanner := bufio.NewScanner(bytes.NewReader(text)); scanner.Scan(); lines++ {
			direction, message := scanner.Text()[:2], scanner.Text()[2:]
			schema := map[string]*jsonschema.Schema{"> ": request, "< ": reply}[direction]
			if err := validate(schema, message); err != nil {
				t.Fatalf("%s\n%v", scanner.Text(), err)
			}
		}
		if lines < 1000 {
			t.Errorf("the run of %s had only %d messages", fixture, lines)
		}
	}
}

// TestTheSchemaRefuses shows that the schema can fail: each of these is almost a message.
func TestTheSchemaRefuses(t *testing.T) {
	request, reply := schemas(t)
	for _, line := range []string{
		`{"do":"begin"}`,
		`{"id":1,"do":"beginn"}`,
		`{"id":1,"do":"invoke","operation":1,"caller":1}`,
		`{"id":1,"do":"answer","exchange":1,"outcome":{"response":"a","error":"b"}}`,
		`{"id":1,"do":"open","service":1,"stack":{"leaf":"leaf","layers":[{"limit":1}]}}`,
		`{"id":1,"do":"open","service":1,"stack":{"leaf":"leaf","layers":[{"layer":"map","function":"teleport:x"}]}}`,
		`{"id":1,"do":"host","host":1}`,
		`{"id":1,"do":"host","host":1,"operation":1,"hostStep":{"op":"handle","program":"respond:a  trap"}}`,
		`{"id":1,"do":"host","host":1,"hostStep":{"op":"set","settings":{"accept":"maybe"}}}`,
	} {
		if validate(request, line) == nil {
			t.Errorf("as a request it accepts %s", line)
		}
	}
	for _, line := range []string{
		`{"events":[]}`,
		`{"id":1,"events":[{"event":"ready","operation":1}]}`,
		`{"id":1,"events":[{"event":"redy","at":0,"operation":1}]}`,
		`{"id":1,"events":[{"event":"failed","at":0,"operation":1,"kinds":[]}]}`,
		`{"id":1,"events":[{"event":"received","at":0,"leaf":"leaf"}]}`,
		`{"id":1,"events":[{"event":"status","at":0,"worker":1,"status":"asleep"}]}`,
		`{"id":1,"events":[{"event":"accepted","at":0,"operation":1}]}`,
		`{"id":1,"hello":{"protocol":2,"implementation":"x","version":"1","clock":"virtual","features":[]}}`,
	} {
		if validate(reply, line) == nil {
			t.Errorf("as a reply it accepts %s", line)
		}
	}
}
