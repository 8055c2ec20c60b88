package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// compile builds the test binary of every package that is compared, so that no run waits for a compiler.
func compile(build string) (map[string]string, error) {
	build, err := filepath.Abs(build)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(build, 0o755); err != nil {
		return nil, err
	}
	binaries := map[string]string{}
	for _, c := range comparisons {
		if binaries[c.directory] != "" {
			continue
		}
		binary := filepath.Join(build, strings.ReplaceAll(c.directory, "/", "-")+".test")
		command := exec.Command("go", "test", "-c", "-o", binary, ".")
		command.Dir, command.Stdout, command.Stderr = c.directory, os.Stdout, os.Stderr
		if err := command.Run(); err != nil {
			return nil, fmt.Errorf("build the benchmarks of %s: %w", c.directory, err)
		}
		binaries[c.directory] = binary
	}
	return binaries, nil
}

// bench runs both benchmarks of a comparison once, one right after the other.
func bench(binary string, c comparison, span time.Duration) (string, error) {
	command := exec.Command(binary, "-test.run=^$", "-test.bench=^Benchmark("+c.ours+"|"+c.other+"|"+c.beside+")$", "-test.benchtime="+span.String())
	command.Dir, command.Stderr = c.directory, os.Stderr
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("benchmark %s: %w\n%s", c.what, err, output)
	}
	return string(output), nil
}

// measurement is the fastest run of one benchmark, the most that any run allocated, and the least of what it measures by itself.
type measurement struct {
	nanoseconds float64
	allocations int
	own         map[string]float64 // by unit
}

// measurements are by the benchmark's name, without prefix and number of processors.
type measurements map[string]*measurement

var linePattern = regexp.MustCompile(`(?m)^Benchmark(\w+?)(?:-\d+)?\s+\d+\s+(.*)$`)

// add takes in the output of one run.
func (m measurements) add(output string) error {
	for _, line := range linePattern.FindAllStringSubmatch(output, -1) {
		best, again := m[line[1]]
		if !again {
			best = &measurement{nanoseconds: math.Inf(1), own: map[string]float64{}}
			m[line[1]] = best
		}
		fields := strings.Fields(line[2])
		for index := 0; index+1 < len(fields); index += 2 {
			value, err := strconv.ParseFloat(fields[index], 64)
			if err != nil {
				return err
			}
			best.take(value, fields[index+1])
		}
	}
	return nil
}

// take takes in one value of a run.
func (m *measurement) take(value float64, unit string) {
	switch unit {
	case "ns/op":
		m.nanoseconds = min(m.nanoseconds, value)
	case "allocs/op":
		m.allocations = max(m.allocations, int(value))
	default:
		if before, is := m.own[unit]; !is || value < before {
			m.own[unit] = value
		}
	}
}
