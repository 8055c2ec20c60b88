package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

// progress shows how far a run is: on a terminal a line that is written over, and in any case a line for each spec that keeps a
// gate shut. What the testee says meanwhile goes through it as well, so that no text runs into another. It is safe for concurrent use.
type progress struct {
	lines  io.Writer // gets a line for each spec that failed
	people io.Writer // gets what the testee says
	screen io.Writer // the terminal; nil if nobody looks

	mu     sync.Mutex
	status string // the line that stands on the terminal, to be written over
}

// newProgress writes failures to lines, and everything else to others.
func newProgress(lines, others io.Writer) *progress {
	p := &progress{lines: lines, people: others}
	if terminal(others) {
		p.screen = others
	}
	return p
}

// eraseLine moves to the beginning of a terminal's line and erases it.
const eraseLine = "\r\x1b[K"

// spec implements conformance.Progress.
func (p *progress) spec(done, all int, spec report.Spec) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show("")
	if !spec.Verdict.Conforms() {
		fmt.Fprintf(p.lines, "%-14s %-48s %s\n", spec.Verdict, spec.Requirement, spec.Text)
	}
	p.show(fmt.Sprintf("%d of %d specs  %s", done, all, spec.Requirement))
}

// Write implements io.Writer for whole lines of the testee: above the line that is written over.
func (p *progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := p.status
	p.show("")
	n, err := p.people.Write(text)
	p.show(status)
	return n, err
}

// end takes the line away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show("")
}

// show puts a line in place of the one that stands on the terminal; an empty one takes it away.
func (p *progress) show(status string) {
	if p.screen == nil {
		return
	}
	if p.status != "" {
		fmt.Fprint(p.screen, eraseLine)
	}
	fmt.Fprint(p.screen, status)
	p.status = status
}
