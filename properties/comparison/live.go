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

func disturbed(err error) bool {
	_, is := errors.AsType[*subject.DisturbedError](err)
	return is
}

// calmly replays a script on an implementation as it is seen by what it declares.
func calmly(t *trace.Trace, host subject.Host, s *statement.Statement) *trace.Result {
	if live(s) {
		t.Clock = trace.RealClock
	}
	for begun := 0; ; begun++ {
		replayed := properties.Replay(t, properties.Declares(s.Has).Seen(properties.Hosted(host)))
		if last := len(replayed.Steps) - 1; begun == calm || last < 0 || !disturbed(replayed.Steps[last].Err) {
			return replayed
		}
	}
}
