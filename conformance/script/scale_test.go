package script_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
)

// TestEveryDurationOfACommandIsScaled fills every field of a command, and so notices a duration that is added later.
func TestEveryDurationOfACommandIsScaled(t *testing.T) {
	var command script.Command
	durations := fill(reflect.ValueOf(&command).Elem(), 0)
	before := text(t, command)

	scaled := text(t, command.Scaled(4))

	if durations < 10 {
		t.Errorf("a command has only %d durations", durations)
	}
	if got := bytes.Count(scaled, []byte(":28")); got != durations {
		t.Errorf("%d of %d durations were scaled:\n%s", got, durations, scaled)
	}
	if again := text(t, command); !bytes.Equal(before, again) {
		t.Errorf("the command itself has changed to\n%s", again)
	}
	if back := text(t, command.Scaled(4).Scaled(0.25)); !bytes.Equal(before, back) {
		t.Errorf("scaled there and back it is\n%s\nand was\n%s", back, before)
	}
}

func text(t *testing.T, command script.Command) []byte {
	t.Helper()
	text, err := json.Marshal(command)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// fill sets every field, durations to 7 ms, and returns how many durations there are.
func fill(value reflect.Value, depth int) int {
	switch {
	case value.Type() == reflect.TypeFor[script.Duration]():
		value.SetInt(int64(7 * time.Millisecond))
		return 1
	case depth > 12:
		return 0
	}
	durations := 0
	switch value.Kind() {
	case reflect.Struct:
		for index := range value.NumField() {
			durations += fill(value.Field(index), depth+1)
		}
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		durations = fill(value.Elem(), depth+1)
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		durations = fill(value.Index(0), depth+1)
	case reflect.String:
		value.SetString("text")
	case reflect.Int:
		value.SetInt(1)
	case reflect.Float64:
		value.SetFloat(1)
	case reflect.Bool:
		value.SetBool(true)
	default:
		panic(fmt.Sprintf("a command has a %v", value.Kind()))
	}
	return durations
}
