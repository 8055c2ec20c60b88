package main

import (
	"fmt"
	"strings"
	"testing"
)

const output = `goos: linux
BenchmarkOurs-2   	   81716	      30.0 ns/op	     616 B/op	       0 allocs/op
BenchmarkOther-2  	  124308	      10.5 ns/op	       0 B/op	       2 allocs/op
PASS
`

func measure(t *testing.T, outputs ...string) measurements {
	t.Helper()
	m := measurements{}
	for _, output := range outputs {
		if err := m.add(output); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestTheFastestRunAndTheMostAllocationsCount(t *testing.T) {
	m := measure(t, output, strings.NewReplacer("30.0", "20", "2 allocs", "1 allocs").Replace(output))
	if got := m["Ours"]; got.nanoseconds != 20 || got.allocations != 0 {
		t.Errorf("ours: %+v", *got)
	}
	if got := m["Other"]; got.nanoseconds != 10.5 || got.allocations != 2 {
		t.Errorf("other: %+v", *got)
	}
}

func TestATargetIsMetUpToItsValue(t *testing.T) {
	slower := strings.Replace(output, "10.5", "10", 1)
	for name, test := range map[string]struct {
		output string
		want   bool
	}{
		"below":            {output, true},
		"just met":         {slower, true},
		"missed":           {strings.Replace(slower, "30.0", "30.1", 1), false},
		"with allocations": {strings.Replace(output, "0 allocs", "1 allocs", 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			c := comparison{what: "ours / other", ours: "Ours", other: "Other", most: 3, free: true}
			line, met, err := c.judge(measure(t, test.output))
			if err != nil || met != test.want || strings.Contains(line, "MISSED") == test.want {
				t.Errorf("got %q, %v, %v", line, met, err)
			}
		})
	}
}

func TestTargetsOfOneBenchmarkAlone(t *testing.T) {
	for name, test := range map[string]struct {
		c    comparison
		want bool
	}{
		"fast enough":          {comparison{ours: "Ours", under: 30.1}, true},
		"not under the target": {comparison{ours: "Ours", under: 30}, false},
		"beside another":       {comparison{ours: "Ours", beside: "Other", under: 19.6}, true},
		"too much beside it":   {comparison{ours: "Ours", beside: "Other", under: 19.5}, false},
		"few allocations":      {comparison{ours: "Other", allocates: 2}, true},
		"many allocations":     {comparison{ours: "Other", allocates: 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			line, met, err := test.c.judge(measure(t, output))
			if err != nil || met != test.want || strings.Contains(line, "MISSED") == test.want {
				t.Errorf("got %q, %v, %v", line, met, err)
			}
		})
	}
}

func TestAComparisonWithoutATargetIsShown(t *testing.T) {
	line, met, err := comparison{what: "ours / other", ours: "Ours", other: "Other"}.judge(measure(t, output))
	if err != nil || !met || !strings.Contains(line, "2.86") || !strings.HasSuffix(line, "no target") {
		t.Errorf("got %q, %v, %v", line, met, err)
	}
}

func TestWhatABenchmarkMeasuresByItselfIsShown(t *testing.T) {
	const idle = "BenchmarkIdle-2\t1\t  %s B/worker\n"
	c := comparison{what: "memory", ours: "Idle", unit: "B/worker"}
	line, met, err := c.judge(measure(t, fmt.Sprintf(idle, "200"), fmt.Sprintf(idle, "100")))
	if err != nil || !met || !strings.Contains(line, "(100 B/worker)") {
		t.Errorf("got %q, %v, %v", line, met, err)
	}
	if _, met, err := c.judge(measure(t, "BenchmarkIdle-2\t1\t5 ns/op\n")); err == nil || met {
		t.Errorf("without a value: %v, %v", met, err)
	}
}

func TestABenchmarkWithoutAResultIsNoPass(t *testing.T) {
	c := comparison{ours: "Ours", other: "Gone", most: 3}
	if _, met, err := c.judge(measure(t, output)); err == nil || met {
		t.Errorf("got %v, %v", met, err)
	}
}
