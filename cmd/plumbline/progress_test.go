package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/plumbline-spec/plumbline/conformance/report"
)

func TestWhatATesteeSaysStandsAboveTheProgress(t *testing.T) {
	var screen bytes.Buffer
	p := &progress{lines: &screen, people: &screen, screen: &screen}
	fmt.Fprintln(p, "testee: I begin")
	p.spec(1, 2, report.Spec{Requirement: "call.ends", Verdict: report.Pass})
	fmt.Fprintln(p, "testee: I go on")
	p.spec(2, 2, report.Spec{Requirement: "call.waits", Verdict: report.Fail, Text: "a call waits"})
	p.end()
	fmt.Fprintln(p, "testee: I end")
	want := "testee: I begin\n" +
		"1 of 2 specs  call.ends" + eraseLine + "testee: I go on\n1 of 2 specs  call.ends" + eraseLine +
		fmt.Sprintf("%-14s %-48s %s\n", "fail", "call.waits", "a call waits") + "2 of 2 specs  call.waits" + eraseLine +
		"testee: I end\n"
	if screen.String() != want {
		t.Errorf("got  %q\nwant %q", screen.String(), want)
	}
}

func TestWhatATesteeSaysInBetweenTearsNoLine(t *testing.T) {
	var screen bytes.Buffer
	p := &progress{lines: &screen, people: &screen, screen: &screen}
	var both sync.WaitGroup
	const times = 200
	both.Go(func() {
		for range times {
			fmt.Fprintln(p, "testee: hello")
		}
	})
	both.Go(func() {
		for done := range times {
			p.spec(done, times, report.Spec{Requirement: "call.ends", Verdict: report.Pass})
		}
	})
	both.Wait()
	p.end()
	for line := range strings.Lines(screen.String()) {
		if whole := line[max(0, strings.LastIndex(line, eraseLine)):]; strings.TrimPrefix(whole, eraseLine) != "testee: hello\n" && whole != eraseLine {
			t.Fatalf("a line is %q", line)
		}
	}
}

func TestNobodyWhoLooksIsShownProgress(t *testing.T) {
	var lines, others bytes.Buffer
	p := newProgress(&lines, &others)
	p.spec(1, 1, report.Spec{Requirement: "call.ends", Verdict: report.Pass})
	fmt.Fprintln(p, "testee: hello")
	p.end()
	if lines.String() != "" || others.String() != "testee: hello\n" {
		t.Errorf("got %q and %q", lines.String(), others.String())
	}
}
