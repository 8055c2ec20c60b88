package trace_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// FuzzRead reads whatever there is. What is read can be shown and written, and is then the same.
func FuzzRead(f *testing.F) {
	f.Add(`{"trace":1,"implementation":{"name":"a"},"steps":[]}`)
	f.Add(`{"trace":1,"requirement":"a.b","implementation":{"name":"a","version":"1"},"failure":"x","steps":[
{"command":{"do":"open","service":1,"stack":{"layers":[{"layer":"timeout","timeout":100}],"leaf":"leaf"}},"expected":[{"event":"opened","at":0,"service":1}]},
{"command":{"do":"invoke","operation":1,"caller":1,"request":"q"},"expected":[{"event":"received","at":0,"leaf":"leaf","exchange":1,"request":"q"}],"observed":[]},
{"command":{"do":"advance","duration":101},"error":"gone"}],"end":"left work"}`)
	f.Add(`{"trace":2}`)
	f.Fuzz(func(t *testing.T, text string) {
		read, err := trace.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		_ = read.String()
		var written, rewritten bytes.Buffer
		if _, err := read.WriteTo(&written); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := trace.Read(bytes.NewReader(written.Bytes()))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, written.Bytes())
		}
		if _, err := again.WriteTo(&rewritten); err != nil || rewritten.String() != written.String() {
			t.Errorf("%v\n%s\nbecame\n%s", err, written.Bytes(), rewritten.Bytes())
		}
	})
}
