package protocol_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/protocol"
)

// FuzzDecode reads whatever there is as a request and as a reply. What is read can be shown and written, and is then the same.
func FuzzDecode(f *testing.F) {
	for _, line := range []string{
		`{"id":1,"do":"hello","protocol":1,"scale":50}`,
		`{"id":3,"do":"open","service":1,"stack":{"layers":[{"layer":"timeout","timeout":100}],"leaf":"leaf"}}`,
		`{"id":4,"do":"answer","exchange":1,"outcome":{"error":"a<b"},"after":1.5}`,
		`{"id":5,"do":"context","context":1,"step":{"take":"insert","type":"text","value":"a"}}`,
		`{"id":1,"hello":{"protocol":1,"implementation":"mystack","version":"1.4.0","clock":"virtual","features":["timeout"]}}`,
		`{"id":6,"events":[{"event":"abandoned","at":100,"exchange":1},{"event":"failed","at":100,"operation":1,"kinds":["elapsed"]}]}`,
		`{"id":7,"error":"no"} {}`, `{}`, ``, "\xff",
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if request, err := protocol.DecodeRequest(line); err == nil {
			_ = request.String()
			same(t, request, protocol.DecodeRequest)
		}
		if reply, err := protocol.DecodeReply(line); err == nil {
			for _, event := range reply.Events {
				_ = event.String()
			}
			same(t, reply, protocol.DecodeReply)
		}
	})
}

// same writes a message, reads that, and writes it again.
func same[M any](t *testing.T, message M, decode func([]byte) (M, error)) {
	t.Helper()
	written, err := json.Marshal(message)
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	again, err := decode(written)
	if err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, written)
	}
	if rewritten, err := json.Marshal(again); err != nil || !bytes.Equal(written, rewritten) {
		t.Errorf("%v\n%s\nbecame\n%s", err, written, rewritten)
	}
}
