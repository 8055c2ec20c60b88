package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/statement"
	"github.com/plumbline-spec/plumbline/conformance/vocabulary"
)

// cargoFile is the build file of a workspace, and of each package in it.
const cargoFile = "Cargo.toml"

// prepareCargo builds a package of a Cargo workspace that is a testee. Its program is called after its folder, as is a second one of the
// package, whose statement is in a folder of its own below. The development profile does: the whole suite takes less time than an
// optimised build.
func prepareCargo(m module, i implementation, binaries string, out io.Writer) (*suite, error) {
	if err := requiresCargo(m, i); err != nil {
		return nil, err
	}
	// What all testees stand on is tested first: a testee that reports falsely proves nothing.
	if !*m.tested {
		if err := show(out, m.directory, "cargo", "test", "--quiet", "--locked", "--workspace"); err != nil {
			return nil, err
		}
		*m.tested = true
	}
	below, err := filepath.Rel(m.directory, i.directory)
	if err != nil {
		return nil, err
	}
	program := strings.ReplaceAll(filepath.ToSlash(below), "/", "-") + "-testee"
	if err := show(out, m.directory, "cargo", "build", "--quiet", "--locked", "--bin", program, "--target-dir", "target"); err != nil {
		return nil, err
	}
	testee, err := filepath.Abs(filepath.Join(m.directory, "target", "debug", program))
	if err != nil {
		return nil, err
	}
	declared, err := filepath.Abs(filepath.Join(i.directory, statementFile))
	if err != nil {
		return nil, err
	}
	return testeeSuite(vocabulary.ShellQuote(testee), declared)
}

// requiresCargo tells whether the package pins the version that the statement is about.
func requiresCargo(m module, i implementation) error {
	s, err := statement.Load(filepath.Join(i.directory, statementFile))
	if err != nil {
		return err
	}
	manifest := filepath.Join(i.directory, cargoFile)
	if _, err := os.Stat(manifest); err != nil && filepath.Dir(i.directory) != m.directory {
		manifest = filepath.Join(filepath.Dir(i.directory), cargoFile)
	}
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
	if err := show(os.Stdout, m.directory, "cargo", "fmt", "--all", "--check"); err != nil {
		return err
	}
	return show(os.Stdout, m.directory, "cargo", "clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings")
}
