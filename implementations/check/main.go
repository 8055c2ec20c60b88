// Command check holds every real implementation below implementations/ against its statement, and prints a table with a
// line for each. With -lint it lints their code instead. It is run from the root of the repository.
//
// A folder there with a build file (go.mod, Cargo.toml) is one module, and each statement.yaml in it is one implementation. In Go
// its check is the test beside it; in Rust it is a testee, the program of the package beside it. A testee that needs no build has a
// check.yaml in place of the build file; recipe says what it holds. The reference is part of the main module and checked by the
// main job.
//
// With -update-statements it writes the failures that are seen into the deviations that the statements declare, and what these
// declare into implementations/index.
//
// It exits with 1 if a verdict does not match its statement or the README's table of results or the index, and with 2 if there is an implementation without a verdict: a
// missing toolchain is no pass.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/plumbline-spec/plumbline/implementations/index"
)

func main() {
	lintOnly := flag.Bool("lint", false, "lint the implementations' code instead of checking them")
	root := flag.String("implementations", "implementations", "the directory with a folder for each implementation")
	build := flag.String("build", "build", "the directory for what is built and written")
	flag.BoolVar(&updateStatements, "update-statements", false, "write the failures that are seen into the deviations that the statements declare")
	flag.StringVar(&only, "only", "", "check only the implementations whose folder contains this `text`; the README's table is then not looked at")
	flag.Parse()
	code, err := run(*root, *build, *lintOnly)
	if err != nil {
		fmt.Fprintln(os.Stderr, "implementations could not be checked:", err)
		os.Exit(noVerdict)
	}
	os.Exit(code)
}

var (
	updateStatements bool
	only             string
)

// suiteFlags are the flags of the suite that every implementation's check has, for people to read and for this program.
func suiteFlags(report string) []string {
	flags := []string{"-ginkgo.no-color", "-ginkgo.succinct", "-report=" + report, "-junit=" + strings.TrimSuffix(report, ".json") + ".xml"}
	if updateStatements {
		flags = append(flags, "-update-statement")
	}
	return flags
}

// The exit codes other than 0.
const (
	mismatch  = 1 // a verdict, and not the declared one
	noVerdict = 2 // no verdict
)

// readme is the page with the table of results.
const readme = "README.md"

func run(root, build string, lintOnly bool) (int, error) {
	modules, err := discover(root)
	if err != nil {
		return 0, err
	}
	if lintOnly {
		return lint(modules, build), nil
	}
	reports, err := filepath.Abs(filepath.Join(build, "implementations"))
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(reports, 0o755); err != nil {
		return 0, err
	}
	var results []result
	for _, m := range modules {
		for _, i := range m.implementations {
			if !strings.Contains(i.name, only) {
				continue
			}
			fmt.Printf("\n=== %s\n", i.name)
			results = append(results, check(m, i, filepath.Join(reports, i.reportName())))
		}
	}
	fmt.Println()
	printTable(os.Stdout, results)
	code := exitCode(results)
	if updateStatements {
		if err := index.Write("."); err != nil {
			return 0, err
		}
	}
	if only != "" {
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
