package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// cargoFile is the build file of a workspace, and of each package in it.
const cargoFile = "Cargo.toml"

// checkCargo checks a package of a Cargo workspace that is a testee: its program is called after its folder. The development profile
// does: the whole suite takes less time than an optimised build.
func checkCargo(m module, i implementation, report string) error {
	if err := requiresCargo(i); err != nil {
		return err
	}
	// What all testees stand on is tested first: a testee that reports falsely proves nothing.
	if err := show(m.directory, "cargo", "test", "--quiet", "--locked", "--workspace"); err != nil {
		return err
	}
	program := filepath.Base(i.directory) + "-testee"
	if err := show(m.directory, "cargo", "build", "--quiet", "--locked", "--bin", program, "--target-dir", "target"); err != nil {
		return err
	}
	testee, err := filepath.Abs(filepath.Join(m.directory, "target", "debug", program))
	if err != nil {
		return err
	}
	declared, err := filepath.Abs(filepath.Join(i.directory, statementFile))
	if err != nil {
		return err
	}
	// In the suite's folder and without a package argument, go test shows what the test prints, passed or not.
	return show("conformance", "go", append([]string{"test", "-count=1", "-args", "-testee=" + vocabulary.ShellQuote(testee), "-statement=" + declared}, suiteFlags(report)...)...)
}

// requiresCargo tells whether the package pins the version that the statement is about.
func requiresCargo(i implementation) error {
	s, err := statement.Load(filepath.Join(i.directory, statementFile))
	if err != nil {
		return err
	}
	manifest := filepath.Join(i.directory, cargoFile)
	pins, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	if !strings.Contains(string(pins), `"=`+s.Version+`"`) {
		return fmt.Errorf("the statement is about version %s, which %s does not pin", s.Version, manifest)
	}
	return nil
}

func lintCargo(m module, _ string) error {
	if err := show(m.directory, "cargo", "fmt", "--all", "--check"); err != nil {
		return err
	}
	return show(m.directory, "cargo", "clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings")
}
