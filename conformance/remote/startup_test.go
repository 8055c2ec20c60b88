package remote_test

import (
	"io"
	"testing"
	"time"

	"github.com/plumbline-spec/plumbline/conformance/remote"
)

// slowly is a testee that takes its time before its first reply, and before each other one.
const slowly = `sh -c 'sleep 0.3; read line; echo "{\"id\":1,\"hello\":{\"protocol\":1,\"implementation\":\"slow\",\"version\":\"1.0.0\",\"clock\":\"virtual\",\"features\":[]}}"
read line; sleep 20'`

func TestATesteeMayTakeLongerToStartThanToAnswer(t *testing.T) {
	const deadline = 100 * time.Millisecond
	if testee, err := remote.Start(slowly, remote.Options{Deadline: deadline, Grace: time.Millisecond, People: io.Discard}); err == nil {
		testee.Close()
		t.Error("without a time to start it was waited for")
	}
	testee, err := remote.Start(slowly, remote.Options{Deadline: deadline, Startup: time.Minute, Grace: time.Millisecond, People: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer testee.Close()
	begun := time.Now()
	if _, err := testee.Host()(); err == nil || time.Since(begun) > 10*time.Second {
		t.Errorf("a reply that does not come was waited for, for %v: %v", time.Since(begun), err)
	}
}
