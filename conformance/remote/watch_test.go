package remote_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/remote"
	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// scripted is a testee, as a shell script, with a real clock that answers each request after the greeting at the next of the times.
func scripted(times ...int) string {
	text := `read line; echo '{"id":1,"hello":{"protocol":1,"implementation":"x","version":"1","clock":"real","features":[]}}'; read line; echo '{"id":2}'; `
	for index, at := range times {
		text += fmt.Sprintf(`read line; echo '{"id":%d,"at":%d}'; `, index+3, at)
	}
	return `sh -c "` + escaped(text) + `cat >/dev/null"`
}

func escaped(text string) string {
	var out []rune
	for _, r := range text {
		if r == '"' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

var (
	openTimed = script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{
		Layers: []script.Layer{{Name: "timeout", Timeout: new(script.Duration(100 * time.Millisecond))}}, Leaf: "leaf",
	}}
	openPlain = script.Command{Do: script.Open, Service: 1, Stack: &script.Stack{Leaf: "leaf"}}
	newCaller = script.Command{Do: script.NewCaller, Caller: 1, Service: 1}
	advance   = script.Command{Do: script.Advance, Duration: new(script.Duration(100 * time.Millisecond))}
)

func TestAClockThatIsDisturbedLeavesNoResult(t *testing.T) {
	for name, test := range map[string]struct {
		commands  []script.Command
		times     []int
		disturbed bool // by the last command
	}{
		"in time":                        {[]script.Command{openTimed, newCaller, advance, newCaller}, []int{1, 2, 101, 103}, false},
		"late before time moves":         {[]script.Command{openTimed, newCaller}, []int{1, 79}, false},
		"later than any wait":            {[]script.Command{openTimed, newCaller}, []int{1, 81}, true},
		"late where nothing takes time":  {[]script.Command{openPlain, newCaller}, []int{1, 5000}, false},
		"late when time moves":           {[]script.Command{openTimed, advance}, []int{1, 111}, true},
		"late before time moves at last": {[]script.Command{openTimed, newCaller, advance}, []int{1, 12, 100}, true},
		"late after time has moved":      {[]script.Command{openTimed, advance, newCaller}, []int{1, 101, 111}, true},
		"time moved by too little":       {[]script.Command{openTimed, advance}, []int{1, 89}, true},
	} {
		t.Run(name, func(t *testing.T) {
			started, err := remote.Start(scripted(test.times...), remote.Options{Deadline: 3 * time.Second, Grace: time.Second, People: io.Discard})
			if err != nil {
				t.Fatal(err)
			}
			defer started.Close()
			s, err := started.Host()()
			if err != nil {
				t.Fatal(err)
			}
			for index, command := range test.commands {
				_, err = s.Do(command)
				if last := index == len(test.commands)-1; !last && err != nil {
					t.Fatal(err)
				}
			}
			var disturbed *subject.DisturbedError
			if is := errors.As(err, &disturbed); is != test.disturbed || (err != nil && !is) {
				t.Errorf("got %v", err)
			}
		})
	}
}
