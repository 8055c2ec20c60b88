package conformance

import (
	"errors"

	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/trace"
)

// ErrVirtualTime says that a trace was made in virtual time and moves it, so that it says nothing about a testee on the machine's clock,
// where time goes on between its commands.
var ErrVirtualTime = errors.New("the trace moves virtual time, and this testee is on the machine's clock: not applicable")

// Replay replays a trace against the testee. On the machine's clock, the instants of a trace that was made in virtual time are not compared, and
// one that moves time is [ErrVirtualTime]. Any other error means that there is no testee; what became of one that died on the way is in the
// result.
func Replay(t Testee, recorded *trace.Trace) (*trace.Result, error) {
	c, end, err := reach(t)
	if err != nil {
		return nil, err
	}
	defer end()
	if c.environment.Clock == statement.Real && recorded.Clock != trace.RealClock {
		if recorded.MovesTime() {
			return nil, ErrVirtualTime
		}
		live := *recorded
		live.Clock = trace.RealClock
		recorded = &live
	}
	subject, err := c.host()
	if err != nil {
		return nil, err
	}
	return trace.Replay(subject, recorded), nil
}
