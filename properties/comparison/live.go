package comparison

import (
	"errors"

	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/subject"
	"github.com/plumbline-spec/plumbline/conformance/trace"
	"github.com/plumbline-spec/plumbline/properties"
)

// live tells whether the implementation is on the machine's clock.
func live(s *statement.Statement) bool { return s.Clock == statement.Real }

// on is as much as there is time for: on the machine's clock a replay takes seconds, so a fifth of the scripts, and nothing is shrunk.
func (o Options) on(s *statement.Statement) Options {
	if live(s) {
		o.Scripts = (o.Scripts + 4) / 5
		o.AsDrawn = true
	}
	return o
}

// compared is an implementation that is compared, or held against properties.
type compared struct {
	host      subject.Host
	statement *statement.Statement
	slower    func() bool // Options.Slower
}

// calm is how often a script is begun again on the machine's clock that has no result because the machine was too busy, before it is begun
// again where that clock is slower. The clock says how busy it was, and not the outcome.
const calm = 5

// calmly makes attempts until the machine was not too busy for one. After 1+calm of them in vain it goes on where the clock is slower, and
// gives up where it cannot be.
func (c compared) calmly(attempt func() error) {
	for {
		for range 1 + calm {
			if !disturbed(attempt()) {
				return
			}
		}
		if c.slower == nil || !c.slower() {
			return
		}
	}
}

func disturbed(err error) bool {
	_, is := errors.AsType[*subject.DisturbedError](err)
	return is
}

// replay replays a script on the implementation as it is seen by what it declares.
func (c compared) replay(t *trace.Trace) (replayed *trace.Result) {
	if live(c.statement) {
		t.Clock = trace.RealClock
	}
	c.calmly(func() error {
		replayed = properties.Replay(t, properties.Declares(c.statement.Has).Seen(properties.Hosted(c.host)))
		return replayed.Err()
	})
	return replayed
}
