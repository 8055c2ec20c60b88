package conformance

import (
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// Replay replays a trace against the testee. An error means that there is no testee; what became of one that died on the way is in the
// result.
func Replay(t Testee, recorded *trace.Trace) (*trace.Result, error) {
	c, end, err := reach(t)
	if err != nil {
		return nil, err
	}
	defer end()
	subject, err := c.host()
	if err != nil {
		return nil, err
	}
	return trace.Replay(subject, recorded), nil
}
