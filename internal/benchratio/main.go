// Command benchratio measures the reference beside what it is compared with and holds each ratio against its target. It
// is run from the root of the repository, and exits with 1 if a target is missed.
//
// A ratio is that of the fastest runs. Both sides run in turns, many times and briefly, so that what else a machine
// does falls on both, and on few enough runs not to decide. Runs are as brief as the whiles for which a shared machine is at its
// fastest: of runs of 100 ms, ten were too few for each side to have one.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 40, "how often each benchmark is run")
	span := flag.Duration("benchtime", 20*time.Millisecond, "how long each run takes")
	build := flag.String("build", "build", "the directory for what is built")
	flag.Parse()
	met, err := run(*rounds, *span, filepath.Join(*build, "bench"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "the benchmarks could not run:", err)
		os.Exit(2)
	}
	if !met {
		os.Exit(1)
	}
}

func run(rounds int, span time.Duration, build string) (bool, error) {
	binaries, err := compile(build)
	if err != nil {
		return false, err
	}
	measured := measurements{}
	for range rounds {
		for _, c := range comparisons {
			output, err := bench(binaries[c.directory], c, span)
			if err != nil {
				return false, err
			}
			if err := measured.add(output); err != nil {
				return false, err
			}
		}
	}
	met := true
	for _, c := range comparisons {
		line, ok, err := c.judge(measured)
		if err != nil {
			return false, err
		}
		fmt.Println(line)
		met = met && ok
	}
	return met, nil
}
