// Command check holds every real implementation below implementations/ against its statement, and prints a table with a
// line for each. With -lint it lints their code instead; with -differences it compares them with the reference by random scripts and
// holds them against the properties that apply (see properties/comparison). It is run from the root of the repository.
//
// A folder there with a build file (go.mod, Cargo.toml) is one module, and each statement.yaml in it is one implementation. In Go
// its check is the test beside it; in Rust it is a testee, the program of the package beside it. A testee that needs no build has a
// check.yaml in place of the build file; recipe says what it holds. The reference is part of the main module and checked by the
// main job.
//
// The seconds in the table are with building. The first implementation of a Cargo workspace bears those of the whole of it, and of its tests:
// they are run once.
//
// What the programs say that it runs is shown where a result is not as stated, or with -v. With -only it checks the implementations in that
// folder and no others, and does not look at the README's table; with -repeat it runs the suite of each so many times, and fails if a
// verdict differs; with -update-statements it writes the failures that are seen into the deviations that the statements declare, and what
// these declare into implementations/index.
//
// It exits with 1 if a verdict does not match its statement or the README's table of results or the index, and with 2 if there is an implementation without a verdict: a
// missing toolchain is no pass.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/plumbline-spec/plumbline/implementations/index"
	"github.com/plumbline-spec/plumbline/properties/comparison"
)

func main() {
	var o options
	flag.BoolVar(&o.lint, "lint", false, "lint the implementations' code instead of checking them")
	flag.BoolVar(&o.differences, "differences", false, "compare the implementations with the reference by random scripts instead of checking them")
	flag.IntVar(&o.compare.Scripts, "scripts", 100, "how many `scripts` of each kind are drawn to compare")
	flag.IntVar(&o.compare.Checks, "checks", 20, "how many scripts each property that applies is held against besides")
	flag.IntVar(&o.compare.Seed, "seed", 0, "another `number` has other scripts drawn to compare, and the same number the same")
	flag.StringVar(&o.compare.Traces, "traces", "build/traces", "the `directory` to which differences that nothing explains are written, shrunk; empty for none")
	flag.BoolVar(&o.update, "update-statements", false, "write the failures that are seen into the deviations that the statements declare")
	flag.BoolVar(&o.verbose, "v", false, "show what the programs say that are run")
	flag.StringVar(&o.only, "only", "", "check the implementations in this `folder` below the directory, or below one of its folders: tower, rust, rust/tower")
	flag.IntVar(&o.repeat, "repeat", 1, "run each suite so many `times`; the verdicts have to be the same each time")
	flag.StringVar(&o.root, "implementations", "implementations", "the `directory` with a folder for each implementation")
	flag.StringVar(&o.build, "build", "build", "the `directory` for what is built and written")
	testing.Init() // rapid asks whether tests are to be short
	flag.Parse()
	code, err := run(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "implementations could not be checked:", err)
		os.Exit(noVerdict)
	}
	os.Exit(code)
}

type options struct {
	root, build, only string
	repeat            int
	lint, verbose     bool
	update            bool
	differences       bool
	compare           comparison.Options
}

// The exit codes other than 0.
const (
	mismatch  = 1 // a verdict, and not the declared one
	noVerdict = 2 // no verdict
)

// readme is the page with the table of results.
const readme = "README.md"

func run(o options) (int, error) {
	modules, err := discover(o.root)
	if err != nil {
		return 0, err
	}
	if o.lint {
		return lint(modules, o.build), nil
	}
	h := how{repeat: o.repeat, update: o.update}
	if h.build, err = filepath.Abs(o.build); err != nil {
		return 0, err
	}
	for _, folder := range []string{"bin", "implementations"} {
		if err := os.MkdirAll(filepath.Join(h.build, folder), 0o755); err != nil {
			return 0, err
		}
	}
	if o.differences {
		return differences(h, modules, o)
	}
	var results []result
	for _, m := range modules {
		for _, i := range m.implementations {
			if i.within(o.only) {
				results = append(results, checkAloud(h, m, i, o.verbose))
			}
		}
	}
	if len(results) == 0 {
		return 0, fmt.Errorf("there is no implementation in a folder %q", o.only)
	}
	fmt.Println()
	printTable(os.Stdout, results)
	code := exitCode(results)
	if o.update {
		if err := index.Write("."); err != nil {
			return 0, err
		}
	}
	if o.only != "" {
		return code, nil
	}
	page, err := os.ReadFile(readme)
	if err != nil {
		return 0, err
	}
	if err := index.Check("."); err != nil {
		fmt.Println(err)
		code = max(code, mismatch)
	}
	for _, line := range stale(string(page), results) {
		fmt.Printf("%s is out of date, it does not have: %s\n", readme, line)
		code = max(code, mismatch)
	}
	return code, nil
}

// checkAloud checks one implementation and says how that went, at length if it is not as stated.
func checkAloud(h how, m module, i implementation, verbose bool) result {
	fmt.Printf("%s: ", i.name)
	var said bytes.Buffer
	out := io.Writer(&said)
	if verbose {
		fmt.Println()
		out = os.Stdout
	}
	r := h.check(m, i, out)
	switch {
	case r.matches():
		fmt.Printf("as stated, %.1f s\n", r.took.Seconds())
	case r.report == nil:
		fmt.Printf("no verdict\n%s%v\n", said.Bytes(), r.err)
	default:
		fmt.Printf("not as stated\n%s", said.Bytes())
		if r.err != nil {
			fmt.Println(r.err)
		}
	}
	return r
}
