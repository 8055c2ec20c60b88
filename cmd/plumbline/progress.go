package main

import (
	"fmt"
	"io"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// progress shows how far a run is: on a terminal a line that is written over, and in any case a line for each spec that keeps a
// gate shut.
type progress struct {
	lines   io.Writer // gets a line for each spec that failed
	status  io.Writer // the terminal; nil if nobody looks
	written bool      // there is a line to be written over
}

func newProgress(lines, status io.Writer) *progress {
	p := &progress{lines: lines}
	if terminal(status) {
		p.status = status
	}
	return p
}

// eraseLine moves to the beginning of a terminal's line and erases it.
const eraseLine = "\r\x1b[K"

// spec implements conformance.Progress.
func (p *progress) spec(done, all int, spec report.Spec) {
	p.erase()
	if !spec.Verdict.Conforms() {
		fmt.Fprintf(p.lines, "%-14s %-48s %s\n", spec.Verdict, spec.Requirement, spec.Text)
	}
	if p.status != nil {
		fmt.Fprintf(p.status, "%d of %d specs  %s", done, all, spec.Requirement)
		p.written = true
	}
}

func (p *progress) erase() {
	if p.written {
		fmt.Fprint(p.status, eraseLine)
		p.written = false
	}
}

// end takes the line away.
func (p *progress) end() { p.erase() }
