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

// calm is how often a script is begun again on the machine's clock that has no result because the machine was too busy: the clock says so,
// and not the outcome.
const calm = 5

// calmly makes attempts until the machine was not too busy for one, or calm of them were in vain.
func calmly(attempt func() error) {
	for range 1 + calm {
		if !disturbed(attempt()) {
			return
		}
	}
}

func disturbed(err error) bool {
	_, is := errors.AsType[*subject.DisturbedError](err)
	return is
}

// replay replays a script on an implementation as it is seen by what it declares.
func replay(t *trace.Trace, host subject.Host, s *statement.Statement) (replayed *trace.Result) {
	if live(s) {
		t.Clock = trace.RealClock
	}
	calmly(func() error {
		replayed = properties.Replay(t, properties.Declares(s.Has).Seen(properties.Hosted(host)))
		return replayed.Err()
	})
	return replayed
}
