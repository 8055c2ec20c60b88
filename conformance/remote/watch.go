package remote

import (
	"time"

	"github.com/plumbline-spec/plumbline/conformance/script"
	"github.com/plumbline-spec/plumbline/conformance/subject"
)

// allowed is how far a testee's clock may be ahead of the script or behind it. A timer that is as late again still fires within the
// granule, and what was looked at too early or too late is told apart from what happened too late or too early.
const allowed = script.LiveGranule / 2

// atFirst is the same until a script first moves time: the shortest wait of any spec is 100 ms, and has to be longer.
const atFirst = 100*script.Duration(time.Millisecond) - script.LiveGranule

// Where the machine was too busy for the scale, it is worth another attempt at one that is larger by Slowing, at most Slowings times. At the
// default scale a testee may be held up for 20 real milliseconds, and at the largest for half a second.
const (
	Slowing  = 5
	Slowings = 2
)

// watch holds the clock of a testee, which goes on while commands are carried out, against the script's, which does not.
type watch struct {
	script script.Duration
	timed  bool            // something in the script takes time
	moved  bool            // the script has moved time
	ahead  script.Duration // the most so far
}

// read notes the testee's time after a command. Where nothing takes time, it does not matter.
func (w *watch) read(command script.Command, at script.Duration) error {
	w.timed = w.timed || command.HasDuration()
	if command.Do == script.Advance {
		w.script += *command.Duration
		w.moved = true
	}
	ahead := at - w.script
	w.ahead = max(w.ahead, ahead)
	limit := atFirst
	if w.moved {
		limit = allowed
	}
	switch {
	case ahead < -allowed:
		return &subject.DisturbedError{Ahead: ahead, Allowed: allowed}
	case w.timed && w.ahead > limit:
		return &subject.DisturbedError{Ahead: w.ahead, Allowed: limit}
	default:
		return nil
	}
}
