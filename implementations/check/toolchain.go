package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/plumbline-spec/plumbline/conformance/statement"
)

// toolchain is what the implementations of one language need in order to be checked. A further language is a further
// entry of toolchains.
type toolchain struct {
	buildFile string // a folder that has it is a module
	program   string // has to be on the path
	// check runs the implementation's suite, shows what it says, and has it write its report to that file.
	check func(m module, i implementation, report string) error
	// lint returns what is wrong with the code of a module; binaries is a directory for tools.
	lint func(m module, binaries string) error
}

var toolchains = []*toolchain{
	{buildFile: "go.mod", program: "go", check: checkGo, lint: lintGo},
	{buildFile: recipeFile, program: "sh", check: checkTestee, lint: lintTestee},
	{buildFile: cargoFile, program: "cargo", check: checkCargo, lint: lintCargo},
}

func toolchainOf(directory string) *toolchain {
	for _, t := range toolchains {
		if _, err := os.Stat(filepath.Join(directory, t.buildFile)); err == nil {
			return t
		}
	}
	return nil
}

func (t *toolchain) available() error {
	if _, err := exec.LookPath(t.program); err != nil {
		return fmt.Errorf("the toolchain is missing: there is no program %q here", t.program)
	}
	return nil
}

func checkGo(m module, i implementation, report string) error {
	if err := requires(m, i); err != nil {
		return err
	}
	// Without a package argument go test shows what the test prints, passed or not.
	return show(i.directory, "go", append([]string{"test", "-count=1", "-args"}, suiteFlags(report)...)...)
}

// requires tells whether the module pins the version that the statement is about.
func requires(m module, i implementation) error {
	s, err := statement.Load(filepath.Join(i.directory, statementFile))
	if err != nil {
		return err
	}
	pins, err := os.ReadFile(filepath.Join(m.directory, m.toolchain.buildFile))
	if err != nil {
		return err
	}
	if !strings.Contains(string(pins), " v"+s.Version+"\n") {
		return fmt.Errorf("the statement is about version %s, which %s does not require", s.Version, m.toolchain.buildFile)
	}
	return nil
}

func lintGo(m module, binaries string) error {
	staticcheck, err := filepath.Abs(filepath.Join(binaries, "staticcheck"))
	if err != nil {
		return err
	}
	// Built by the main module, so that there is one pin for all.
	if err := show(".", "go", "build", "-o", staticcheck, "honnef.co/go/tools/cmd/staticcheck"); err != nil {
		return err
	}
	unformatted, err := exec.Command("gofmt", "-l", m.directory).Output()
	if err != nil {
		return fmt.Errorf("gofmt: %w", err)
	}
	if len(unformatted) > 0 {
		return fmt.Errorf("run gofmt -w on %s", strings.Join(strings.Fields(string(unformatted)), " "))
	}
	if err := show(m.directory, "go", "vet", "./..."); err != nil {
		return err
	}
	return show(m.directory, staticcheck, "./...")
}

// show runs a program in a directory and passes on what it says.
func show(directory, program string, arguments ...string) error {
	command := exec.Command(program, arguments...)
	command.Dir, command.Stdout, command.Stderr = directory, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(program), arguments[0], err)
	}
	return nil
}
